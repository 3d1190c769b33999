"""The page of those who run the service: with the admin key, live; and without JavaScript."""

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.serving import ADMIN_KEY, Served

TEXT = "# Kettles\n\nThe crimson teapot of ward nine holds exactly four cups.\n"
BUILD = 120_000  # milliseconds that a rebuild may take on a busy machine


def press(page: Page, name: str) -> None:
    """Press a button of the page."""
    page.get_by_role("button", name=name).click()


def test_documents_are_uploaded_replaced_deleted_and_the_index_goes_back(open_page: OpenPage, served: Served) -> None:
    """Each with its message and the rebuild's state to its end, while the key stays in its field."""
    page = open_page("/documents?ui=en")
    page.get_by_role("link", name="Manage the corpus").click()
    page.get_by_label("Admin key").fill(ADMIN_KEY)
    page.get_by_label("File (").set_input_files({"name": "Kettles.md", "mimeType": "text/markdown", "buffer": TEXT.encode()})
    page.evaluate("window.kept = true")
    press(page, "Upload a document")
    expect(page.locator("#said")).to_have_text("kettles was added; the index is being rebuilt.")
    expect(page.get_by_role("link", name="Kettles")).to_be_visible(timeout=BUILD)
    expect(page.locator("#task")).to_contain_text("The last rebuild is done")
    expect(page.get_by_role("status")).to_contain_text("The last rebuild is done")
    answer = httpx2.get(f"{served.url}/api/v1/ask", params={"question": "How many cups does the crimson teapot hold?"})
    assert "four cups" in answer.json()["passages"][0]["text"]
    press(page, "Delete kettles")
    expect(page.get_by_role("alert")).to_contain_text("Please tick 'I am sure' first.")
    page.get_by_label("I am sure").check()
    press(page, "Delete kettles")
    expect(page.locator("#said")).to_contain_text("kettles was deleted")
    expect(page.get_by_role("link", name="Kettles")).to_have_count(0, timeout=BUILD)
    older = page.locator("button[value^='rollback:']").first
    name = (older.get_attribute("value") or "").removeprefix("rollback:")
    page.get_by_label("I am sure").check()
    older.click()
    expect(page.locator("#said")).to_have_text(f"Index {name} answers again.")
    expect(page.get_by_role("link", name="Kettles")).to_be_visible()
    assert httpx2.get(f"{served.url}/api/v1/index").json()["generation"] == name
    assert page.evaluate("window.kept") and page.get_by_label("Admin key").input_value() == ADMIN_KEY
    press(page, "Rebuild the index")
    expect(page.locator("#task")).to_contain_text("Somebody went back", timeout=BUILD)
    page.get_by_label("I am sure").check()
    press(page, "Rebuild the index")
    expect(page.locator("#said")).to_have_text("The rebuild has begun.")
    expect(page.get_by_role("link", name="Kettles")).to_have_count(0, timeout=BUILD)


@pytest.mark.parametrize("scripted", [True, False], ids=["module", "no JavaScript"])
def test_a_wrong_key_does_nothing(open_page: OpenPage, served: Served, scripted: bool) -> None:
    """It is said, and nothing but what is public is shown."""
    page = open_page("/manage?ui=en", java_script_enabled=scripted)
    page.get_by_label("Admin key").fill("not the key")
    press(page, "Rebuild the index")
    expect(page.get_by_role("alert")).to_have_text("The key is not right.")
    expect(page.locator("#task")).to_have_count(0)
    assert httpx2.get(f"{served.url}/api/v1/index").json()["task"] is None


def test_the_page_works_without_javascript(open_page: OpenPage) -> None:
    """A bad document is refused with the reader's reason, a file that isn't there is asked for."""
    page = open_page("/manage?ui=zh", java_script_enabled=False)
    page.get_by_label("管理密钥").fill(ADMIN_KEY)
    page.get_by_label("文件 (").set_input_files({"name": "bad.txt", "mimeType": "text/plain", "buffer": b"\xff\xfe\xfa"})
    press(page, "上传文献")
    expect(page.get_by_role("alert")).to_contain_text("UTF-8")
    page.get_by_label("管理密钥").fill(ADMIN_KEY)
    press(page, "上传文献")
    expect(page.get_by_role("alert")).to_have_text("请选择一个 .md 或 .txt 文件。")
    page.get_by_label("管理密钥").fill(ADMIN_KEY)
    press(page, "查看状态")
    expect(page.locator("#state")).to_contain_text("正在使用")


def test_without_a_configured_key_the_page_is_for_this_machine(
    open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others find nothing there, and documents can't be changed on it."""
    monkeypatch.setitem(served.app.state._state, "admin_key", None)
    page = open_page("/manage?ui=en")
    expect(page.get_by_label("Admin key")).to_have_count(0)
    expect(page.locator("button[value^='delete:']")).to_have_count(0)
    expect(page.get_by_role("button", name="Rebuild the index")).to_be_visible()
    for headers in ({"x-forwarded-for": "203.0.113.9"}, {"sec-fetch-site": "cross-site"}, {"host": "evil.example"}):
        assert httpx2.get(f"{served.url}/manage", headers=headers).status_code == 404
        assert httpx2.post(f"{served.url}/manage", headers=headers, data={"action": "rebuild"}).status_code == 404


def test_no_cookie_is_set_and_nothing_is_stored(open_page: OpenPage) -> None:
    """The key lives in its field and nowhere else."""
    page = open_page("/manage?ui=en")
    page.get_by_label("Admin key").fill(ADMIN_KEY)
    press(page, "Show the state")
    expect(page.locator("#state")).to_contain_text("in use")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
