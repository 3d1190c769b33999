"""The page of those who run the service: with the admin key, live; and without JavaScript."""

import re
import time
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.serving import ADMIN_KEY, Served

TEXT = "# Kettles\n\nThe crimson teapot of ward nine holds exactly four cups.\n"
NEW_TEXT = "# Kettles, second edition\n\nThe crimson teapot of ward nine holds exactly seven cups.\n"
# So much that a fast machine is still embedding it when somebody presses the button.
LONG_TEXT = "# A long report\n\n" + "\n".join(
    f"第{number}项研究：" + "帕金森病与多巴胺能神经元的丢失有关，" * 7 + f"见表{number}。" for number in range(300)
)
BUILD = 120_000  # milliseconds that a rebuild may take on a busy machine
BOTH_WAYS = pytest.mark.parametrize("scripted", [True, False], ids=["module", "no JavaScript"])


def press(page: Page, name: str) -> None:
    """Press a button of the page."""
    page.get_by_role("button", name=name).click()


def upload(page: Page, name: str, text: str) -> None:
    """Choose a file and upload it with the key."""
    page.get_by_label("Admin key").fill(ADMIN_KEY)
    page.get_by_label("File (").set_input_files({"name": name, "mimeType": "text/markdown", "buffer": text.encode()})
    press(page, "Upload a document")


def wait_until_built(page: Page, scripted: bool) -> None:
    """Wait for the end of a rebuild: the module looks by itself; without it somebody presses the button again."""
    unfinished = re.compile("Rebuilding|Rebuild waiting")
    for _ in range(BUILD // 1000):
        if scripted or not unfinished.search(page.locator("#task").inner_text()):
            break
        page.wait_for_timeout(1000)
        page.get_by_label("Admin key").fill(ADMIN_KEY)
        press(page, "Show the state")
    expect(page.locator("#task")).not_to_contain_text(unfinished, timeout=BUILD)


@pytest.fixture
def cleared(served: Served) -> Iterator[None]:
    """Afterwards the documents that a test uploaded are gone from folder and index."""
    yield
    with httpx2.Client(base_url=served.url, headers=served.admin) as admin:
        for name in ("kettles", "long-report"):
            admin.delete(f"/api/v1/documents/{name}")
        for _ in range(BUILD // 100):
            if not admin.get("/api/v1/index").json()["task"]:
                break
            time.sleep(0.1)


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
    expect(page.get_by_role("alert")).to_contain_text("Please tick ‘I am sure’ first.")
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


@BOTH_WAYS
def test_an_upload_replaces_the_document_of_its_id(
    open_page: OpenPage, served: Served, cleared: None, scripted: bool
) -> None:
    """The old text answers until the new one is built; the message says which of the two was done, and the list follows."""
    page = open_page("/manage?ui=en", java_script_enabled=scripted)
    upload(page, "Kettles.md", TEXT)
    expect(page.locator("#said")).to_have_text("kettles was added; the index is being rebuilt.")
    wait_until_built(page, scripted)
    documents = page.get_by_role("group", name="Documents of the corpus")
    expect(documents.get_by_role("link", name="Kettles", exact=True)).to_be_visible()
    assert "four cups" in first_passage(served)
    upload(page, "Kettles.md", NEW_TEXT)
    expect(page.locator("#said")).to_have_text("kettles was replaced; the index is being rebuilt.")
    expect(page.locator("#task")).to_contain_text(re.compile("Rebuild|rebuild"))
    wait_until_built(page, scripted)
    expect(page.locator("#task")).to_contain_text("The last rebuild is done")
    expect(documents.get_by_role("link", name="Kettles, second edition")).to_be_visible()
    expect(documents.get_by_role("link", name="Kettles", exact=True)).to_have_count(0)
    assert "seven cups" in first_passage(served)
    if scripted:
        expect(page.get_by_role("status")).to_contain_text("The last rebuild is done")


def first_passage(served: Served) -> str:
    """Return what is found first for a question on the uploaded document."""
    answer = httpx2.get(f"{served.url}/api/v1/ask", params={"question": "How many cups does the crimson teapot hold?"})
    text: str = answer.json()["passages"][0]["text"]
    return text


@BOTH_WAYS
def test_a_rebuild_is_cancelled(open_page: OpenPage, served: Served, cleared: None, scripted: bool) -> None:
    """Its button stands beside the progress and goes with it; the index stays, and the next rebuild works."""
    page = open_page("/manage?ui=en", java_script_enabled=scripted)
    before = httpx2.get(f"{served.url}/api/v1/index").json()["generation"]
    expect(page.get_by_role("button", name="Cancel the rebuild")).to_have_count(0)
    upload(page, "long-report.md", LONG_TEXT)
    expect(page.locator("#said")).to_have_text("long-report was added; the index is being rebuilt.")
    expect(page.get_by_role("progressbar")).to_be_visible()
    if scripted:  # live: from waiting to the passages counted
        expect(page.get_by_role("progressbar", name="Embedding passages")).to_be_visible(timeout=BUILD)
        expect(page.locator("#state")).to_contain_text(re.compile(r"\d+ / \d+"))
    page.get_by_label("Admin key").fill(ADMIN_KEY)
    press(page, "Cancel the rebuild")
    expect(page.locator("#said")).to_have_text("The rebuild is being cancelled.")
    wait_until_built(page, scripted)
    expect(page.locator("#task")).to_contain_text("The last rebuild was cancelled")
    expect(page.get_by_role("button", name="Cancel the rebuild")).to_have_count(0)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("link", name="A long report")).to_have_count(0)
    if scripted:
        expect(page.get_by_role("status")).to_contain_text("The last rebuild was cancelled")
    assert httpx2.get(f"{served.url}/api/v1/index").json()["generation"] == before
    (served.corpus / "long-report.md").write_text("# A short report\n\nThe amber funnel leaks.\n", encoding="utf-8")
    page.get_by_label("Admin key").fill(ADMIN_KEY)
    press(page, "Rebuild the index")
    expect(page.locator("#said")).to_have_text("The rebuild has begun.")
    wait_until_built(page, scripted)
    expect(page.get_by_role("link", name="A short report")).to_be_visible()


@BOTH_WAYS
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


def test_the_first_index_does_not_take_the_key_away(
    open_page: OpenPage, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that wait for it load anew; this one only drops its notice."""
    with monkeypatch.context() as patch:
        patch.setattr(served.runtime.upkeep, "service", None)
        page = open_page("/manage?ui=en")
        page.get_by_label("Admin key").fill(ADMIN_KEY)
        expect(page.locator("#unready")).to_be_visible()
    expect(page.locator("#unready")).to_have_count(0, timeout=20_000)
    expect(page.get_by_label("Admin key")).to_have_value(ADMIN_KEY)


def test_no_cookie_is_set_and_nothing_is_stored(open_page: OpenPage) -> None:
    """The key lives in its field and nowhere else."""
    page = open_page("/manage?ui=en")
    page.get_by_label("Admin key").fill(ADMIN_KEY)
    press(page, "Show the state")
    expect(page.locator("#state")).to_contain_text("in use")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
