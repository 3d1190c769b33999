"""The page that checks a text: verdicts, what differs, exports, and that nothing of it is kept."""

import csv
import io
import logging

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.serving import Served

TRUE = "获得美国食品药品监督管理局（FDA）批准的 ALS 药物只有三种。"
FALSE = "The FDA has approved seven ALS drugs."
UNSAID = "The Eiffel Tower was painted red in 1887."
DRAFT = f"{TRUE}\n\n{FALSE}\n\n{UNSAID}\n\nHow many are there?"


def test_each_sentence_gets_its_verdict_without_javascript(open_page: OpenPage) -> None:
    """The differing words stand beside those of the corpus, and a link leads to the marked sentence."""
    page = open_page("/verify?ui=en", java_script_enabled=False)
    page.get_by_label("Paste a text").fill(DRAFT)
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#verdicts")).to_be_visible()
    headings = page.locator(".checked h4").all_inner_texts()
    assert headings == ["1 Supported", "2 Contradicted", "3 Not supported", "4 A question: not checked"]
    cells = page.locator(".checked.is-contradicted tbody tr").first.locator("td").all_inner_texts()
    assert cells == ["1 seven", "三", "another number"]
    assert page.locator(".checked.is-contradicted mark").all_inner_texts() == ["seven", "三"]
    assert page.get_by_label("Paste a text").input_value() == DRAFT
    page.locator(".checked.is-contradicted").get_by_role("link", name="Show in the document").click()
    expect(page.locator("#mark")).to_contain_text("只有三种")


def test_the_other_language_keeps_the_text(open_page: OpenPage) -> None:
    """It is in no address, so that the switch sends it again."""
    page = open_page("/verify?ui=en")
    page.get_by_label("Paste a text").fill(FALSE)
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".checked h4")).to_have_text("1 与原文矛盾")
    assert FALSE not in page.url and page.locator("#text").input_value() == FALSE


def test_what_cannot_be_checked_is_told(open_page: OpenPage, served: Served) -> None:
    """The words stay in the box."""
    page = open_page("/verify?ui=en")
    page.get_by_label("Paste a text").fill("How many are there?")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_have_text("The text states nothing that could be checked.")
    assert page.locator("#text").input_value() == "How many are there?"
    for text, words in (
        ("", "Please paste"),
        ("外" * 5001, "too long: 5001"),
        ("A sentence is here. " * 41, "sentences: 41"),
    ):
        answer = httpx2.post(f"{served.url}/verify?ui=en", data={"text": text}, timeout=60)
        assert answer.status_code == 422 and words in answer.text


def test_verdicts_are_exported(served: Served) -> None:
    """As Markdown and as a table that no spreadsheet reckons with."""
    text = f"{FALSE}\n\n- =1+1 approved drugs"
    whole = httpx2.post(f"{served.url}/verify?ui=en", data={"text": text, "format": "csv"}, timeout=60)
    assert whole.headers["content-type"] == "text/csv; charset=utf-8"
    assert whole.headers["content-disposition"] == 'attachment; filename="check.csv"'
    head, first, second = csv.reader(io.StringIO(whole.text.removeprefix("\ufeff")))
    assert head[:3] == ["Number", "Sentence", "Verdict"] and first[1:3] == [FALSE, "Contradicted"]
    assert "三种" in first[3] and first[6].startswith("msc-neurodegenerative-review:")
    assert first[7].startswith("another number: seven / 三")
    assert second[1] == "'=1+1 approved drugs"
    marked = httpx2.post(f"{served.url}/verify?ui=en", data={"text": text, "format": "markdown"}, timeout=60).text
    assert f"1. **Contradicted** {FALSE}" in marked and "another number: seven / 三" in marked


def test_a_checked_text_is_neither_logged_nor_kept(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the log, not in the data folder, not in a cache of the browser."""
    caplog.set_level(logging.DEBUG)
    answer = httpx2.post(f"{served.url}/verify?ui=zh", data={"text": "一句绝密的话：外泌体QX7731。"}, timeout=60)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert "QX7731" not in caplog.text
    files = [path for path in served.settings.data_dir.rglob("*") if path.is_file() and path.stat().st_size < 1 << 20]
    assert not [path for path in files if b"QX7731" in path.read_bytes()]


def test_paper_shows_the_verdicts_and_not_the_form(open_page: OpenPage) -> None:
    """The print style."""
    page = open_page("/verify?ui=en")
    page.get_by_label("Paste a text").fill(FALSE)
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#verdicts")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#draft")).to_be_hidden()
    expect(page.locator(".checked")).to_be_visible()
