"""What tests share: the real model, a built index of the bundled corpus, and no network beyond this machine."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from index.models.default_model import ensure_default_model
from index.models.embedding import Embedder
from index.models.loading import load_embedder
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
from tests.data_folder import VAR, keep, lay_review, prepared


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def decoded_model() -> None:
    """Decode the default model before any test, so that those that link to it find it in a new clone too."""
    ensure_default_model(VAR)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The default model, decoded once into the working tree's data folder."""
    made = load_embedder("default", VAR)
    keep(made)
    return made


@pytest.fixture(scope="session")
def service(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A service over the bundled review, built once."""
    folder = tmp_path_factory.mktemp("service")
    made = wired(Settings(corpus_dir=lay_review(folder / "corpus"), data_dir=prepared(folder / "data")), embedder)
    made.rebuild()
    return made
