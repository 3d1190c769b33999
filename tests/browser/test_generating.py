"""Answers that a language model writes, on the page: from a recorded endpoint, through the real application."""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import anyio.to_thread
import pytest
from playwright.sync_api import Browser, Page, expect

from api import asking
from index.models.embedding import Embedder
from qa.bootstrap import wired
from tests.browser.conftest import OpenPage, opener
from tests.browser.serving import Served, prepare, serving
from tests.browser.test_accessibility import check
from tests.browser.test_searching import CHINESE, ask
from tests.recorded_endpoint import RecordedEndpoint, recorded_endpoint

ENGLISH = "Can exosomes cross the blood-brain barrier?"  # the passage that the recording cites comes first
BUTTON = "Let the language model write"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[RecordedEndpoint]:
    """An endpoint that plays recorded answers."""
    with recorded_endpoint() as made:
        yield made


@pytest.fixture(scope="module")
def generating(embedder: Embedder, endpoint: RecordedEndpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the bundled corpus, of which the recordings speak, that has a language model."""
    further = {"llm_base_url": endpoint.url, "llm_model": "vesicles", "llm_unsupported": "mark"}
    settings = prepare(tmp_path_factory.mktemp("writing"), extra=False, **further)
    wired(settings, embedder).rebuild()
    with serving(settings) as made:
        yield made


@pytest.fixture
def open_writer(browser: Browser, generating: Served) -> Iterator[OpenPage]:
    """Open a page of that server, as watched as the others."""
    yield from opener(browser, generating.url)


def test_a_generated_answer_is_written_as_it_is_checked(open_writer: OpenPage) -> None:
    """It says that it is generated, each sentence leads to its evidence, and one that isn't borne out says so."""
    page = open_writer(f"/?ui=en&q={quote(ENGLISH)}")
    page.get_by_role("button", name=BUTTON).click()
    box = page.get_by_role("region", name="Generated answer")
    expect(page.get_by_role("status")).to_have_text("The answer is written")
    expect(box).to_contain_text("Extracellular vesicles can cross")
    expect(box).to_contain_text("Written by a language model")
    expect(box.locator(".unsupported")).to_have_text("not supported by the text")
    expect(box).not_to_have_attribute("aria-busy", "true")
    box.locator(".number").first.click()
    expect(page.locator("#mark")).to_contain_text("血脑屏障")
    page.get_by_role("link", name="Back to the results").click()
    expect(page.get_by_role("searchbox")).to_have_value(ENGLISH)


def test_while_it_is_written_the_page_says_so(
    open_writer: OpenPage, generating: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first sentence shows before the last is there; a new question ends the writing."""
    hold = threading.Event()
    events = asking.told

    async def slow(*given: Any, **further: Any) -> Any:
        async for event in events(*given, **further):
            yield event
            if type(event).__name__ == "Written":
                await anyio.to_thread.run_sync(hold.wait)

    monkeypatch.setattr(asking, "told", slow)
    page = open_writer(f"/?ui=en&q={quote(ENGLISH)}")
    page.get_by_role("button", name=BUTTON).click()
    box = page.get_by_role("region", name="Generated answer")
    expect(box).to_contain_text("Extracellular vesicles")
    expect(box).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("status")).to_have_text("Writing…")
    ask(page, CHINESE)
    expect(page.locator(".answer")).to_contain_text("2025 年 6 月")
    hold.set()
    expect(box).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("model", ["markup", "nothing"])
def test_what_a_model_writes_is_text(
    open_writer: OpenPage, endpoint: RecordedEndpoint, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """Markup never becomes elements; where nothing usable comes, sentences of the corpus and the reason do."""
    monkeypatch.setattr(endpoint, "plays", model)
    page = open_writer(f"/?ui=en&q={quote(ENGLISH)}")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("status")).to_have_text("The answer is written")
    box = page.locator(".generated")
    assert box.locator("script, b, ul").count() == 0
    if model == "nothing":
        expect(box.locator(".notice")).to_be_visible()
        expect(box).not_to_contain_text("Written by a language model")
        expect(box).to_contain_text("血脑屏障")


def test_it_is_served_whole_without_javascript(open_writer: OpenPage) -> None:
    """By the same form."""
    page = open_writer(f"/?ui=en&q={quote(ENGLISH)}", java_script_enabled=False)
    page.get_by_role("button", name=BUTTON).click()
    answer = page.get_by_role("region", name="Generated answer")
    expect(answer).to_contain_text("Extracellular vesicles")
    expect(answer).to_contain_text("Written by a language model")
    anchor = answer.locator(".number").first.get_attribute("href")
    expect(page.locator(f"mark{anchor}")).to_contain_text("血脑屏障")


def test_without_a_model_nothing_is_offered(open_page: OpenPage) -> None:
    """The default."""
    expect(open_page(f"/?ui=en&q={quote(ENGLISH)}").get_by_role("button", name=BUTTON)).to_have_count(0)


def test_axe_finds_nothing_in_a_generated_answer(browser: Browser, generating: Served) -> None:
    """With a sentence that isn't borne out."""
    context = browser.new_context(base_url=generating.url, bypass_csp=True, locale="en-GB", reduced_motion="reduce")
    page: Page = context.new_page()
    page.goto(f"/?ui=en&q={quote(ENGLISH)}")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("status")).to_have_text("The answer is written")
    check(page)
    context.close()
