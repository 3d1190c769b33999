"""A real server on a free port of this machine, over a copy of the bundled corpus."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import uvicorn

from api.app import create_app
from api.server import server_config
from qa.settings import BUNDLED_CORPUS, Settings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    corpus: Path
    settings: Settings


def serve(settings: Settings) -> Iterator[str]:
    """Serve an application until the test is done."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(server_config(lambda: create_app(settings)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose index is built."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(BUNDLED_CORPUS, folder / "corpus")
    data = folder / "data"
    data.mkdir()
    (ROOT / "var" / "models").mkdir(parents=True, exist_ok=True)
    (data / "models").symlink_to(ROOT / "var" / "models")
    settings = Settings(corpus_dir=folder / "corpus", data_dir=data)
    for url in serve(settings):
        until = time.monotonic() + 180
        while httpx2.get(f"{url}/readyz").status_code != 200:
            assert time.monotonic() < until, httpx2.get(f"{url}/readyz").text
            time.sleep(0.2)
        yield Served(url, folder / "corpus", settings)


@pytest.fixture(scope="session")
def client(served: Served) -> Iterator[httpx2.Client]:
    """A client of the server."""
    with httpx2.Client(base_url=served.url, timeout=60) as made:
        yield made
