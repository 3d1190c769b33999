"""The real application on a free port, over a corpus that tries the page: used by the browser tests and the screenshots."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from api.app import create_app
from api.process.runtime import Runtime
from qa.settings import Settings
from tests.data_folder import lay_review, prepared

ROOT = Path(__file__).parents[2]
ADMIN_KEY = "a-key-of-the-browser-tests-0123456789"
EXTRA_CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Served:
    """A running server: its address, its corpus folder, its settings and the application itself."""

    url: str
    corpus: Path
    settings: Settings
    app: Any

    @property
    def admin(self) -> dict[str, str]:
        """Headers of those who run the service."""
        return {"Authorization": f"Bearer {ADMIN_KEY}"}

    @property
    def runtime(self) -> Runtime:
        """What the application holds."""
        runtime: Runtime = self.app.state.runtime
        return runtime


def prepare(folder: Path, *, extra: bool = True, **further: Any) -> Settings:
    """Return settings for a server in ``folder``: the bundled review, with the texts that try the page if ``extra``."""
    corpus = folder / "corpus"
    lay_review(corpus)
    if extra:
        shutil.copytree(EXTRA_CORPUS, corpus, dirs_exist_ok=True)
    given: dict[str, Any] = {"admin_key": ADMIN_KEY, "requests_per_minute": 0, "watch": False, **further}
    return Settings(corpus_dir=corpus, data_dir=prepared(folder / "data"), **given)


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Serve until the block ends; waits until questions are answered."""
    app = create_app(settings)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        until = time.monotonic() + 300
        while httpx2.get(f"{url}/readyz").status_code != 200:
            assert time.monotonic() < until, httpx2.get(f"{url}/readyz").text
            time.sleep(0.1)
        yield Served(url, settings.corpus_dir, settings, app)
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
