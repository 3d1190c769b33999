"""A real server on a free port of this machine, over a copy of the bundled corpus."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from api.app import create_app
from api.server import server_config
from qa.settings import Settings
from tests.data_folder import lay_review, prepared

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
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
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
    settings = Settings(corpus_dir=lay_review(folder / "corpus"), data_dir=prepared(folder / "data"))
    for url in serve(settings):
        until_ready(url)
        yield Served(url, folder / "corpus", settings)


@pytest.fixture(scope="session")
def client(served: Served) -> Iterator[httpx2.Client]:
    """A client of the server."""
    with httpx2.Client(base_url=served.url, timeout=60) as made:
        yield made


KEY = "a-key-of-this-test-only"
HOMING = "# 归巢\n\n间充质干细胞沿趋化因子浓度梯度到达病灶。\n"
SAFETY = "# 安全\n\n没有发生严重不良事件。\n"
UNFINISHED = ("queued", "running")


def small_corpus(folder: Path) -> Settings:
    """Return settings of a server over two short texts."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "homing.md").write_text(HOMING, encoding="utf-8")
    (corpus / "safety.md").write_text(SAFETY, encoding="utf-8")
    return Settings(corpus_dir=corpus, data_dir=prepared(folder / "data"), admin_key=KEY)


def until_ready(url: str) -> None:
    until = time.monotonic() + 240
    while (response := httpx2.get(f"{url}/readyz", timeout=240)).status_code != 200:
        assert time.monotonic() < until, response.text
        time.sleep(0.2)


@pytest.fixture(scope="session")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a small corpus, with an admin key."""
    settings = small_corpus(tmp_path_factory.mktemp("keyed"))
    for url in serve(settings):
        until_ready(url)
        yield Served(url, settings.corpus_dir, settings)


@pytest.fixture(scope="session")
def admin(keyed: Served) -> Iterator[httpx2.Client]:
    """A client that has the key."""
    with httpx2.Client(base_url=keyed.url, timeout=60, headers={"authorization": f"Bearer {KEY}"}) as made:
        yield made


def ended(admin: httpx2.Client, task: dict[str, Any]) -> dict[str, Any]:
    """Return a task when it has ended."""
    until = time.monotonic() + 240
    while task["state"] in UNFINISHED:
        assert time.monotonic() < until, task
        time.sleep(0.1)
        task = admin.get(task["url"]).json()
    return task
