"""One server and one browser for all browser tests, and a page that lets nothing foreign or broken pass."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from api import asking
from api.process.runtime import Runtime
from index.models.embedding import Embedder
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
from tests.browser.chromium import browsing, find_chromium
from tests.browser.serving import Served, prepare, serving

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of the server."""
    folder = tmp_path_factory.mktemp("page")
    return prepare(folder, feedback_file=folder / "feedback.jsonl")


@pytest.fixture(scope="session")
def builder(settings: Settings, embedder: Embedder) -> Service:
    """What builds the server's index, here, with the model at hand; the server picks up what it publishes."""
    made = wired(settings, embedder)
    made.rebuild()
    return made


@pytest.fixture(scope="session")
def served(settings: Settings, builder: Service) -> Iterator[Served]:
    """A server over the bundled corpus and the texts that try the page."""
    with serving(settings) as made:
        yield made


@dataclass
class Gate:
    """Holds questions back: those whose text is in ``closed`` are answered once ``open`` is set."""

    closed: set[str]
    open: threading.Event


@pytest.fixture
def gate(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A gate before the engine of the running server."""
    made = Gate(set(), threading.Event())
    asked = asking.asked

    async def held(runtime: Runtime, question: str, *further: Any, **named: Any) -> Any:
        if question in made.closed:
            await anyio.to_thread.run_sync(made.open.wait)
        return await asked(runtime, question, *further, **named)

    monkeypatch.setattr(asking, "asked", held)
    yield made
    made.open.set()


@pytest.fixture(scope="module")  # not longer: it runs an event loop in this thread, and other tests run their own
def browser() -> Iterator[Browser]:
    """Headless Chromium; where it is missing the tests are skipped, and fail under CI=true."""
    executable = find_chromium()
    if executable is None:
        message = "no Chromium: run tests/browser/install-chromium.sh"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with browsing(executable) as made:
        yield made


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[OpenPage]:
    """Open an address of the server."""
    yield from opener(browser, served.url)


def opener(browser: Browser, url: str) -> Iterator[OpenPage]:
    """Yield a function that opens an address of a server in a context of its own.

    At the end no page may have asked another host for anything, thrown, or written an error (violations of the content
    security policy are written there) to its console.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def check(message: ConsoleMessage) -> None:
        # A status of 4xx or 5xx is written there too, and is what some tests ask for.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            wrong.append(f"console: {message.text}")

    def loopback_only(route: Route) -> None:
        address = route.request.url
        if urlsplit(address).hostname == "127.0.0.1" or address.startswith("data:"):
            route.fallback()
        else:
            wrong.append(f"asked another host: {address}")
            route.abort()

    def open_(path: str = "/?ui=en", **options: Any) -> Page:
        init = options.pop("init", None)
        options.setdefault("locale", "en-GB")
        context = browser.new_context(base_url=url, reduced_motion="reduce", **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.route("**/*", loopback_only)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"thrown: {error}"))
        page.on("console", check)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []
