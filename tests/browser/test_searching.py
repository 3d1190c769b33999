"""The search page in a real browser: asking, with and without JavaScript, and going back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Gate, OpenPage

ENGLISH = "Can exosomes cross the blood–brain barrier?"
CHINESE = "渐冻症的三期临床试验有什么结果？"


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter."""
    page.get_by_role("searchbox").fill(question)
    page.keyboard.press("Enter")


def test_a_question_is_answered_without_a_reload(open_page: OpenPage) -> None:
    """The answer's sentence, its citation and the address come; the focus stays in the box; the count is announced."""
    page = open_page("/?ui=en")
    page.evaluate("window.kept = true")
    ask(page, ENGLISH)
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("血脑屏障")
    expect(answer.get_by_role("link", name="Evidence [1]")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Passages found: 5")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page).to_have_title(f"{ENGLISH} · mscqa")
    assert page.evaluate("window.kept") and "q=Can+exosomes" in page.url


def test_a_number_leads_to_its_evidence(open_page: OpenPage) -> None:
    """Each number of the answer is the anchor of a marked sentence, the same to the character, and nothing is reloaded."""
    page = open_page("/?ui=en")
    ask(page, ENGLISH)
    numbers = page.locator(".answer .number")
    expect(numbers.first).to_be_visible()
    sentence = page.locator(".sentence > p:first-child").first.evaluate("(p) => p.firstChild.data")
    number = numbers.first.get_attribute("href") or ""
    numbers.first.click()
    assert page.url.endswith(number)
    mark = page.locator(f"mark{number}")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == sentence
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    """The form, the results, the document, the next evidence and the way back are plain pages."""
    page = open_page("/?ui=zh", java_script_enabled=False)
    page.locator("input[type=search]").fill(CHINESE)
    page.keyboard.press("Enter")
    expect(page.locator("article").first).to_contain_text("亚组")
    expect(page.get_by_text("复制链接").first).to_be_hidden()
    page.get_by_role("link", name="在原文中查看").first.click()
    expect(page.locator("#mark")).to_be_in_viewport()
    page.get_by_role("link", name="下一处").click()
    expect(page.get_by_text("证据 2 / ")).to_be_visible()
    page.get_by_role("link", name="返回结果").click()
    expect(page.locator("input[type=search]")).to_have_value(CHINESE)


def test_back_and_forward_bring_back_box_and_results(open_page: OpenPage) -> None:
    """Each question is one step; asking the same one again is none; the language link keeps the question."""
    page = open_page("/?ui=en")
    ask(page, ENGLISH)
    expect(page.locator("main")).to_contain_text("外泌体")
    steps = page.evaluate("history.length")
    ask(page, ENGLISH)
    assert page.evaluate("history.length") == steps
    ask(page, CHINESE)
    expect(page.locator(".answer")).to_contain_text("2025 年 6 月")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value(ENGLISH)
    expect(page.locator(".answer")).to_contain_text("血脑屏障")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.get_by_role("heading", name="You might ask")).to_be_visible()
    page.go_forward()
    expect(page.locator(".answer")).to_contain_text("血脑屏障")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("searchbox")).to_have_value(ENGLISH)


@pytest.mark.parametrize("init", ["", "AbortController.prototype.abort = function () {}"], ids=["aborted", "not aborted"])
def test_a_late_answer_to_an_old_question_is_dropped(open_page: OpenPage, gate: Gate, init: str) -> None:
    """The new question's answer stays, even where the old request could not be aborted."""
    gate.closed.add(ENGLISH)
    page = open_page("/?ui=en", init=init)
    ask(page, ENGLISH)
    expect(page.get_by_role("status")).to_have_text("Searching…")
    ask(page, CHINESE)
    expect(page.locator(".answer")).to_contain_text("2025 年 6 月")
    if init:
        with page.expect_event("requestfinished", lambda request: "exosomes" in request.url):
            gate.open.set()
    gate.open.set()
    page.wait_for_timeout(300)
    expect(page.locator(".answer")).to_contain_text("2025 年 6 月")
    assert "血脑屏障" not in (page.locator(".answer").text_content() or "")
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")


def test_the_page_speaks_the_browsers_language(open_page: OpenPage) -> None:
    """Without a choice in the address: the first of the two that the browser prefers, and English for all others."""
    for locale, language in (("zh-TW", "zh-CN"), ("en-US", "en"), ("de-DE", "en")):
        expect(open_page("/", locale=locale).locator("html")).to_have_attribute("lang", language)


def test_terms_that_were_expanded_can_be_left_out(open_page: OpenPage) -> None:
    """The page names them, asks without them, and shows the way back."""
    page = open_page(f"/?ui=en&q={ENGLISH}")
    page.get_by_text("Also searched").click()
    expect(page.locator(".terms")).to_contain_text("外泌体")
    page.get_by_role("link", name="Search only my own words").click()
    expect(page.locator(".terms summary")).to_have_text("Searching only your own words")
    assert "exact=1" in page.url
    page.get_by_role("link", name="Search synonyms and translations again").click()
    expect(page.locator(".terms")).to_contain_text("Also searched")


@pytest.mark.parametrize(("ui", "question", "met"), [("en", ENGLISH, "exosomes → 外泌体"), ("zh", CHINESE, "结果 → 结果")])
def test_why_a_passage_came_can_be_opened(open_page: OpenPage, ui: str, question: str, met: str) -> None:
    """Each signal has a bar with a name, what met are whole terms, and it is said that no bar is a probability."""
    page = open_page(f"/?ui={ui}&q={question}")
    why = page.locator("#p1 .why")
    expect(why.locator("summary")).to_contain_text("Relevance" if ui == "en" else "相关度")
    why.locator("summary").click()
    bars = why.locator("meter")
    assert [bar.get_attribute("aria-label") for bar in bars.all()] == why.locator("dt").all_inner_texts()
    assert all(0 <= float(bar.get_attribute("value") or -1) <= 1 for bar in bars.all())
    expect(why.get_by_text(met)).to_be_visible()
    for words in page.locator(".why li").all_text_contents():
        assert len(words.split(" → ")[1]) > 1
    expect(why.locator(".note")).to_contain_text("no probabilities" if ui == "en" else "不是概率")


def test_more_passages_can_be_shown(open_page: OpenPage) -> None:
    """Up to twenty, by an address."""
    page = open_page(f"/?ui=zh&q={CHINESE}")
    page.get_by_role("link", name="更多段落").click()
    expect(page.locator(".cards > li")).to_have_count(10)
    page.goto(f"/?ui=zh&limit=999&q={CHINESE}")
    expect(page.locator(".cards > li")).to_have_count(20)
