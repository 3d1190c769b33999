"""The search page in a real browser: asking, with and without JavaScript."""

from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

ENGLISH = "Can exosomes cross the blood–brain barrier?"
CHINESE = "渐冻症的三期临床试验有什么结果？"


def test_a_question_is_answered_without_a_reload(open_page: OpenPage) -> None:
    """The answer's sentence, its citation and the address come; the focus stays in the box; the count is announced."""
    page = open_page("/?ui=en")
    page.evaluate("window.kept = true")
    page.get_by_role("searchbox").fill(ENGLISH)
    page.keyboard.press("Enter")
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("血脑屏障")
    expect(answer.get_by_role("link", name="Evidence [1]")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Passages found: 5")
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.evaluate("window.kept") and f"q={quote('Can')}" in page.url


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    """The form, the results, the document and the way back are plain pages."""
    page = open_page("/?ui=zh", java_script_enabled=False)
    page.locator("input[type=search]").fill(CHINESE)
    page.keyboard.press("Enter")
    expect(page.locator("article").first).to_contain_text("亚组")
    page.locator("article a.button").first.click()
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("link", name="返回结果").click()
    expect(page.locator("input[type=search]")).to_have_value(CHINESE)
