"""Every state of the search page, each made in the real application."""

import dataclasses
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from api.page.labels import EXAMPLES
from qa.service import Service
from tests.api.processes import until
from tests.browser.conftest import Gate, OpenPage
from tests.browser.serving import Served
from tests.browser.test_searching import CHINESE, ENGLISH, ask


def test_idle_shows_examples_in_both_languages_and_the_corpus(open_page: OpenPage) -> None:
    """Half are Chinese and half English, each a link that asks; the box has the focus."""
    page = open_page("/?ui=en")
    links = page.locator(".examples a")
    assert links.all_inner_texts() == [text for _, text in EXAMPLES]
    assert [language for language, _ in EXAMPLES].count("zh") == len(EXAMPLES) / 2
    expect(page.locator(".corpus-line")).to_contain_text("Documents: 3, passages: ")
    expect(page.locator(".corpus-line")).to_contain_text("Index 0000")
    expect(page.get_by_role("searchbox")).to_be_focused()
    links.nth(1).click()
    expect(page.get_by_role("region", name="Answer")).to_be_visible()


def test_loading_says_so_after_a_moment_and_moves_nothing(open_page: OpenPage, gate: Gate) -> None:
    """The old results stay where they are, the button works, and the state is over with the answer."""
    page = open_page(f"/?ui=en&q={CHINESE}")
    before = page.locator(".answer").bounding_box()
    gate.closed.add(ENGLISH)
    ask(page, ENGLISH)
    expect(page.get_by_role("status")).to_have_text("Searching…")
    expect(page.get_by_role("main")).to_have_attribute("aria-busy", "true")
    assert page.locator(".answer").bounding_box() == before
    expect(page.get_by_role("button", name="Ask")).to_be_enabled()
    gate.open.set()
    expect(page.get_by_role("status")).to_have_text("Passages found: 5")
    expect(page.get_by_role("main")).not_to_have_attribute("aria-busy", "true")


def test_a_fast_answer_is_not_announced_as_loading(open_page: OpenPage, gate: Gate) -> None:
    """Before 300 ms nothing is said: the timer of a request that ended is gone."""
    page = open_page("/?ui=en", init="window.timers = new Set(); const set = setTimeout, clear = clearTimeout;"
                     "window.setTimeout = (f, ms) => { const id = set(f, ms); timers.add(id); return id; };"
                     "window.clearTimeout = (id) => { timers.delete(id); clear(id); };")  # fmt: skip
    ask(page, ENGLISH)
    expect(page.get_by_role("status")).to_have_text("Passages found: 5")
    assert page.evaluate("timers.size") == 0


@pytest.mark.parametrize(
    ("question", "title"),
    [("How do I bake sourdough bread?", "The corpus does not answer"), ("怎样烤酸面包？", "语料库没有回答这个问题")],
)
def test_what_the_corpus_does_not_answer_is_said(open_page: OpenPage, question: str, title: str) -> None:
    """In the asker's language, with tips, status 200, and the nearest passages folded as no evidence."""
    page = open_page("/?ui=en")
    with page.expect_response("**/*part=results*") as answer:
        ask(page, question)
    assert answer.value.status == 200
    expect(page.locator("[data-state=none] h2")).to_contain_text(title)
    expect(page.locator(".tips li")).to_have_count(3)
    expect(page.get_by_role("status")).to_contain_text("does not answer")
    near = page.get_by_text("Nearest passages (not direct evidence)")
    expect(page.locator("#p1")).to_be_hidden()
    near.click()
    expect(page.locator("#p1 mark").first).to_be_visible()
    # What is no evidence must not look like it: as weak as other marks, and without a number that no answer has.
    look = "(mark) => [getComputedStyle(mark).borderBottomStyle, getComputedStyle(mark, '::before').content]"
    assert page.locator("#p1 mark").first.evaluate(look) == ["dashed", "none"]


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("帕金森病做脑起搏器效果怎么样？", "没有查到“脑起搏器”"),
        ("Does Neuralink help in Parkinson’s disease and ALS?", "“Neuralink” can’t be found"),
    ],
)
def test_a_name_that_no_text_has_is_said(open_page: OpenPage, question: str, missing: str) -> None:
    """Before the tips, in the asker's language."""
    page = open_page("/?ui=en")
    ask(page, question)
    expect(page.locator("[data-state=none] .answer p").first).to_contain_text(missing)


def test_a_refusal_names_a_code_that_is_one_letter_away(open_page: OpenPage) -> None:
    """A code that is one letter away from one that is there is named, and not answered for."""
    page = open_page("/?ui=en")
    ask(page, "does BNDF from exosomes reduce neurone apoptosis in AD")
    expect(page.locator("[data-state=none] .answer p").first).to_contain_text("“BNDF” can’t be found in the corpus.")


def test_an_answer_that_may_be_none_is_marked(open_page: OpenPage) -> None:
    """Before its sentences, and only there."""
    page = open_page("/?ui=zh")
    ask(page, "郑州哪家医院能做干细胞治疗，怎么挂号？")
    expect(page.locator("[data-state=results] .answer .notice")).to_contain_text("把握不大")
    ask(page, "外泌体能穿过血脑屏障吗？")
    expect(page.locator("#p1")).to_contain_text("血脑屏障")
    expect(page.locator(".answer .notice")).to_have_count(0)


@pytest.mark.parametrize(
    ("question", "message"),
    [("", "Please type a question."), ("？！", "There are no words"), ("干" * 501, "501 characters, at most 500")],
    ids=["empty", "no words", "too long"],
)
@pytest.mark.parametrize("scripted", [True, False], ids=["module", "no JavaScript"])
def test_a_bad_question_gets_a_message_at_the_box(open_page: OpenPage, question: str, message: str, scripted: bool) -> None:
    """Status 422, the box is marked and described by the message, keeps its text and the focus."""
    page = open_page("/?ui=en", java_script_enabled=scripted)
    box = page.locator("#q")
    if scripted:
        box.evaluate("(box) => box.removeAttribute('maxlength')")
        box.fill(question)
        with page.expect_response("**/*part=results*") as answer:
            page.keyboard.press("Enter")
        status = answer.value.status
    else:
        response = page.goto(f"/?ui=en&q={question}")
        status = response.status if response else 0
    assert status == 422
    expect(page.get_by_role("alert")).to_contain_text(message)
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(page.get_by_role("alert").inner_text())
    expect(box).to_be_focused()
    expect(box).to_have_value(question)


def test_a_busy_service_says_when_to_try_again(open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seconds are those of Retry-After; the question is kept; trying again works."""
    page = open_page("/?ui=en")
    with monkeypatch.context() as patch:
        patch.setattr(served.runtime.admission, "_free", 0)
        patch.setattr(served.runtime.admission, "_most", 0)
        with page.expect_response("**/*part=results*") as answer:
            ask(page, ENGLISH)
        assert answer.value.status == 503
        seconds = answer.value.headers["retry-after"]
        expect(page.get_by_role("alert")).to_contain_text(f"Please try again in {seconds} seconds.")
        expect(page.get_by_role("status")).to_contain_text("busy")
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("region", name="Answer")).to_be_visible()


def test_a_refusal_that_is_no_page_is_told_in_words(open_page: OpenPage) -> None:
    """A guard or a proxy before the page answers 429 in its own format."""
    page = open_page("/?ui=en")
    refusal: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "7"}, "content_type": "application/problem+json"}
    page.route("**/*part=results*", lambda route: route.fulfill(body="{}", **refusal))
    ask(page, ENGLISH)
    expect(page.get_by_role("alert")).to_contain_text("Please try again in 7 seconds.")
    expect(page.get_by_role("searchbox")).to_have_value(ENGLISH)


def test_an_index_that_is_being_built_is_said(open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """On every page, with status 503 where something was asked; the examples wait too."""
    with monkeypatch.context() as patch:
        patch.setattr(served.runtime.upkeep, "service", None)
        page = open_page(f"/?ui=zh&q={CHINESE}")
        expect(page.get_by_role("alert")).to_contain_text("索引正在构建")
        assert (response := page.goto("/documents?ui=zh")) and response.status == 503
        expect(page.get_by_role("alert")).to_contain_text("索引正在构建")
        page.goto("/?ui=zh")
        expect(page.locator(".notices")).to_contain_text("索引正在构建")
    page.goto(f"/?ui=zh&q={CHINESE}")
    expect(page.locator(".answer")).to_be_visible()


@pytest.mark.parametrize("path", [f"/?ui=zh&q={CHINESE}", "/documents?ui=zh"], ids=["a question", "the corpus"])
@pytest.mark.parametrize("scripted", [True, False], ids=["module", "no JavaScript"])
def test_what_waits_for_the_first_index_comes_by_itself(
    open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch, scripted: bool, path: str
) -> None:
    """Nobody has to press anything; with the module what is being typed stays."""
    with monkeypatch.context() as patch:
        patch.setattr(served.runtime.upkeep, "service", None)
        page = open_page(path, java_script_enabled=scripted)
        expect(page.get_by_role("alert")).to_contain_text("本页会自动重试。")
        expect(page.locator("#unready")).to_have_count(0)  # said once
        assert page.locator("meta[http-equiv]").count() == (0 if scripted else 1)
        if scripted and "q=" in path:
            page.get_by_role("searchbox").fill("还没有问完的")
    expect(page.locator(".answer, .documents")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("meta[http-equiv]")).to_have_count(0)
    if scripted and "q=" in path:
        expect(page.get_by_role("searchbox")).to_have_value("还没有问完的")


def test_a_page_on_which_somebody_may_type_is_not_loaded_anew(
    open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The empty page says that the index is being built, without a refresh; the module takes the notice away in time."""
    with monkeypatch.context() as patch:
        patch.setattr(served.runtime.upkeep, "service", None)
        page = open_page("/?ui=en")
        page.get_by_role("searchbox").fill("half a question")
        expect(page.locator("#unready")).to_be_visible()
        assert "http-equiv" not in httpx2.get(f"{served.url}/?ui=en").text
    expect(page.locator("#unready")).to_have_count(0, timeout=20_000)
    expect(page.get_by_role("region", name="Notices")).to_be_hidden()
    expect(page.locator(".corpus-line")).to_contain_text("Index 0000")
    expect(page.get_by_role("searchbox")).to_have_value("half a question")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_an_index_that_cannot_be_built_is_not_called_being_built(
    open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason can be opened, on the page that was asked for and on the empty one."""
    monkeypatch.setattr(served.runtime.upkeep, "service", None)
    monkeypatch.setattr(served.runtime.upkeep, "trouble", "notes.md: the file is not UTF-8")
    page = open_page(f"/?ui=en&q={ENGLISH}")
    expect(page.get_by_role("alert")).to_contain_text("The index could not be built.")
    page.get_by_text("The reason").click()
    expect(page.get_by_text("notes.md: the file is not UTF-8")).to_be_visible()
    page.goto("/?ui=en")
    expect(page.locator("#unready")).to_contain_text("The index could not be built.")


def test_a_degraded_index_is_told_quietly(open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page goes on to answer; the reasons can be opened."""
    service = served.runtime.upkeep.service
    assert service is not None
    generation = dataclasses.replace(service.generation, problems=("generation 000009: dense.faiss is damaged",))
    damaged = dataclasses.replace(service.serving, generation=generation)
    with monkeypatch.context() as patch:
        patch.setattr(service, "_serving", damaged)
        page = open_page(f"/?ui=en&q={ENGLISH}")
        expect(page.get_by_role("region", name="Answer")).to_be_visible()
        page.get_by_text("The newest index can’t be used").click()
        expect(page.locator(".notices")).to_contain_text("dense.faiss is damaged")


def test_a_lost_connection_keeps_the_question(open_page: OpenPage) -> None:
    """Old results are removed; trying again brings the answer."""
    page = open_page(f"/?ui=en&q={CHINESE}")
    page.context.set_offline(True)
    ask(page, ENGLISH)
    expect(page.get_by_role("alert")).to_contain_text("can’t be reached")
    expect(page.locator(".answer")).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_have_value(ENGLISH)
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".answer")).to_contain_text("血脑屏障")


def test_after_twenty_seconds_the_page_gives_up(open_page: OpenPage, gate: Gate) -> None:
    """The clock of the page is moved; the question is kept, the request is over."""
    gate.closed.add(ENGLISH)
    page = open_page("/?ui=en")
    page.clock.install()
    ask(page, ENGLISH)
    page.clock.run_for(19_000)
    expect(page.get_by_role("status")).to_have_text("Searching…")
    page.clock.run_for(2_000)
    expect(page.get_by_role("alert")).to_contain_text("20 seconds")
    expect(page.get_by_role("searchbox")).to_have_value(ENGLISH)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_new_generation_is_told_while_the_page_is_open(open_page: OpenPage, served: Served, builder: Service) -> None:
    """After an edit was published: a quiet notice with a link that reloads; an answer of the new one needs no notice."""
    page = open_page(f"/?ui=en&q={ENGLISH}")
    other = open_page("/?ui=en")
    expect(page.locator("#renewed")).to_be_hidden()
    path = served.corpus / "english-notes.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nThe violet kettle was calibrated on Tuesday.\n", encoding="utf-8")
    published = builder.rebuild().generation
    until(lambda: httpx2.get(f"{served.url}/api/v1/index").json()["generation"] == published, "the new generation")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#renewed")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("renewed since this page was opened")
    page.get_by_role("link", name="Reload").click()
    expect(page.locator(".answer")).to_contain_text("血脑屏障")
    expect(page.locator("#renewed")).to_be_hidden()
    ask(other, "When was the violet kettle calibrated?")
    expect(other.locator("#p1")).to_contain_text("violet kettle")
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    other.wait_for_timeout(300)
    expect(other.locator("#renewed")).to_be_hidden()
