"""Citations on the page: the menu in five formats, a quote with its source, and readers' feedback."""

import json
from urllib.parse import quote

import httpx2
import pytest
from playwright.sync_api import expect

from qa.settings import Settings
from tests.browser.conftest import OpenPage
from tests.browser.serving import Served
from tests.browser.test_searching import CHINESE, ENGLISH

FORMATS = {
    "GB/T 7714-2025": "[J/OL]. World Journal of Stem Cells",
    "BibTeX": "@article{",
    "RIS": "TY  - JOUR",
    "CSL-JSON": '"DOI": "10.4252/wjsc.v17.i8.107717"',
    "Quote with its source (plain text)": "血脑屏障",
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_citation_is_copied_in_each_format(open_page: OpenPage, name: str) -> None:
    """What is copied is what the address gives, and holds the quote that is marked; the status line says so."""
    page = open_page(f"/?ui=en&q={quote(ENGLISH)}", permissions=["clipboard-read", "clipboard-write"])
    quoted = page.locator("#c1").text_content() or ""
    page.locator("#p1").get_by_text("Copy citation").click()
    with page.expect_response("**/cite/**") as answer:
        page.locator("#p1").get_by_role("button", name=name).click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == answer.value.text() and FORMATS[name] in copied and quoted in copied
    page.keyboard.press("Escape")
    expect(page.locator("#p1 .menu")).not_to_have_attribute("open", "")


def test_the_cited_quote_is_copied_in_its_document(open_page: OpenPage) -> None:
    """Under the sentence that is marked, and a click elsewhere closes the menu."""
    page = open_page(f"/?ui=zh&q={quote(CHINESE)}", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".actions > a.button").first.click()
    quoted = page.locator("#mark").text_content() or ""
    page.get_by_text("复制引用").click()
    page.get_by_role("button", name="引文与出处").click()
    expect(page.get_by_role("status")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert quoted in copied and "10.4252/wjsc.v17.i8.107717" in copied
    page.locator(".head h2").click()
    expect(page.locator(".menu")).not_to_have_attribute("open", "")


def test_citations_are_plain_addresses_without_javascript(open_page: OpenPage) -> None:
    """The menu is a form that leads to the citation."""
    page = open_page(f"/?ui=en&q={quote(ENGLISH)}", java_script_enabled=False)
    page.locator("#p1").get_by_text("Copy citation").click()
    page.locator("#p1").get_by_role("button", name="GB/T").click()
    assert "/cite/" in page.url and "107717" in page.content()


def test_a_citation_that_fails_is_said(open_page: OpenPage) -> None:
    """The passage may be gone; nothing is copied then."""
    page = open_page(f"/?ui=en&q={quote(ENGLISH)}")
    page.locator("#p1 .menu form").evaluate("(form) => { form.action = '/cite/gone'; }")
    page.locator("#p1").get_by_text("Copy citation").click()
    page.locator("#p1").get_by_role("button", name="RIS").click()
    expect(page.get_by_role("status")).to_contain_text("can’t be reached")


@pytest.mark.parametrize("scripted", [True, False], ids=["module", "no JavaScript"])
def test_feedback_is_written_without_the_question(open_page: OpenPage, served: Served, scripted: bool) -> None:
    """One line: verdict, passage, document, generation, time; the reader is thanked."""
    page = open_page(f"/?ui=en&q={quote(ENGLISH)}", java_script_enabled=scripted)
    passage = page.locator("#p2 [name=passage]").get_attribute("value")
    page.locator("#p2").get_by_role("button", name="Wrong passage").click()
    expect(page.get_by_role("status") if scripted else page.get_by_role("main")).to_contain_text("Thank you")
    if scripted:  # a second thought takes the tick of the first away
        pressed = page.locator("#p2 .feedback .done")
        expect(pressed).to_have_text("Wrong passage")
        page.locator("#p2").get_by_role("button", name="Right passage").click()
        expect(pressed).to_have_text("Right passage")
        page.locator("#p2").get_by_role("button", name="Wrong passage").click()
        expect(pressed).to_have_text("Wrong passage")
    file = served.settings.feedback_file
    assert file
    line = json.loads(file.read_text(encoding="utf-8").splitlines()[-1])
    assert (line["verdict"], line["passage"]) == ("wrong", passage)
    assert set(line) == {"time", "verdict", "passage", "document", "generation"}
    if not scripted:
        page.get_by_role("link", name="Back to the results").click()
        expect(page.locator("#q")).to_have_value(ENGLISH)


def test_feedback_is_off_unless_a_file_is_named(
    open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default there are no buttons and no such address."""
    assert Settings().feedback_file is None
    monkeypatch.setattr(served.runtime, "settings", served.settings.model_copy(update={"feedback_file": None}))
    page = open_page(f"/?ui=en&q={quote(ENGLISH)}")
    expect(page.locator(".feedback")).to_have_count(0)
    assert httpx2.post(f"{served.url}/feedback", data={"verdict": "right", "passage": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        ({"verdict": "right", "passage": "gone"}, {}),
        ({"verdict": "great"}, {}),
        ({"verdict": "right"}, {"origin": "https://example.org"}),
        ({"verdict": "right"}, {"sec-fetch-site": "cross-site"}),
    ],
)
def test_other_feedback_is_refused(served: Served, data: dict[str, str], headers: dict[str, str]) -> None:
    """Unknown passages and verdicts, and pages of other sites, write nothing."""
    file = served.settings.feedback_file
    assert file
    before = file.read_bytes() if file.exists() else b""
    passage = next(iter(served.runtime.serving.generation.rows))
    response = httpx2.post(f"{served.url}/feedback", data={"passage": passage, **data}, headers=headers)
    assert response.status_code == 404
    assert (file.read_bytes() if file.exists() else b"") == before


def test_questions_stand_in_feedback_only_where_they_may_be_logged(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """MSCQA_LOG_QUESTIONS decides."""
    monkeypatch.setattr(served.runtime, "settings", served.settings.model_copy(update={"log_questions": True}))
    passage = next(iter(served.runtime.serving.generation.rows))
    data = {"passage": passage, "verdict": "right", "q": CHINESE}
    assert httpx2.post(f"{served.url}/feedback", data=data).status_code == 200
    file = served.settings.feedback_file
    assert file and json.loads(file.read_text(encoding="utf-8").splitlines()[-1])["question"] == CHINESE
