"""axe finds nothing (WCAG 2.2 AA and best practice), in every state, light and dark, on a phone and a desktop."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Gate
from tests.browser.serving import ADMIN_KEY, Served
from tests.browser.test_searching import CHINESE, ENGLISH, ask

OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
SIZES = ({"width": 320, "height": 640}, {"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page in which axe may run: its policy is set aside, which no other test does."""
    context = browser.new_context(base_url=served.url, bypass_csp=True, locale="en-GB", reduced_motion="reduce")
    made = context.new_page()
    yield made
    context.close()


def open_all(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def late(page: Page) -> None:
    page.route("**/*part=results*", lambda route: route.abort())
    ask(page, ENGLISH)
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/*part=results*")


def renewed(page: Page) -> None:
    page.evaluate("document.body.dataset.generation = 'older'; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#renewed")).to_be_visible()


def manage(page: Page) -> None:
    page.locator("#key").fill(ADMIN_KEY)
    page.get_by_role("button", name="查看状态").click()
    expect(page.locator("#state")).to_contain_text("正在使用")


def verify(page: Page) -> None:
    page.locator("#text").fill("The FDA has approved seven ALS drugs. All drugs cure ALS.\n\nHow many are there?")
    page.locator("#draft .primary").click()
    expect(page.locator("#verdicts")).to_be_visible()


def verify_nothing(page: Page) -> None:
    page.locator("#text").fill("？！")
    page.locator("#draft .primary").click()
    expect(page.get_by_role("alert")).to_be_visible()


def nothing(page: Page) -> None:
    """Leave the page as it came."""


STATES: dict[str, tuple[str, Callable[[Page], Any]]] = {
    "idle": ("/?ui=en", nothing),
    "idle in Chinese": ("/?ui=zh", nothing),
    "results": (f"/?ui=en&q={ENGLISH}", nothing),
    "results, everything open": (f"/?ui=en&q={ENGLISH}", open_all),
    "results in Chinese": (f"/?ui=zh&q={CHINESE}", nothing),
    "not in the corpus": ("/?ui=zh&q=怎样烤酸面包？", open_all),
    "invalid": ("/?ui=en&q=？！", nothing),
    "offline": ("/?ui=en", late),
    "a new generation": ("/?ui=en", renewed),
    "a citation menu": (f"/?ui=en&q={ENGLISH}", lambda page: page.locator(".menu summary").first.click()),
    "own words only": (f"/?ui=en&exact=1&q={ENGLISH}", open_all),
    "the key is asked for": ("/manage?ui=en", nothing),
    "the corpus is managed": ("/manage?ui=zh", manage),
    "documents": ("/documents?ui=en&find=MSC", nothing),
    "a document": ("/documents/msc-neurodegenerative-review?ui=en", nothing),
    "a hostile document": ("/documents/hostile-text?ui=zh", open_all),
    "a text to check": ("/verify?ui=zh", nothing),
    "a checked text": ("/verify?ui=en", verify),
    "a text without statements": ("/verify?ui=zh", verify_nothing),
    "passage gone": ("/documents/english-notes?ui=en&passage=gone", nothing),
    "nothing here": ("/documents/gone?ui=en", nothing),
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page: Page, state: str) -> None:
    """In this state, four times."""
    path, make = STATES[state]
    page.goto(path)
    make(page)
    check(page)


def test_axe_finds_nothing_in_evidence_in_its_document(page: Page) -> None:
    """With the way to the next evidence."""
    page.goto(f"/?ui=en&q={ENGLISH}")
    page.locator(".actions a.button").first.click()
    check(page)


def test_axe_finds_nothing_while_loading(page: Page, gate: Gate) -> None:
    """Old results stay readable."""
    page.goto(f"/?ui=en&q={CHINESE}")
    gate.closed.add(ENGLISH)
    ask(page, ENGLISH)
    expect(page.get_by_role("status")).to_have_text("Searching…")
    check(page)


@pytest.mark.parametrize("trouble", ["busy", "building", "unbuilt", "documents building"])
def test_axe_finds_nothing_in_trouble(page: Page, served: Served, monkeypatch: pytest.MonkeyPatch, trouble: str) -> None:
    """Busy, and before the first index, which may not come."""
    with monkeypatch.context() as patch:
        if trouble == "busy":
            patch.setattr(served.runtime.admission, "_free", 0)
            patch.setattr(served.runtime.admission, "_most", 0)
        else:
            patch.setattr(served.runtime.upkeep, "service", None)
            patch.setattr(served.runtime.upkeep, "trouble", "notes.md: not UTF-8" if trouble == "unbuilt" else "")
        page.goto("/documents?ui=en" if trouble == "documents building" else f"/?ui=en&q={ENGLISH}")
        expect(page.get_by_role("alert")).to_be_visible()
        check(page)


def check(page: Page) -> None:
    """Run axe in both schemes and at both sizes; say what was wrong and where."""
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            response = Axe().run(page, options=OPTIONS).response
            assert "color-contrast" in [item["id"] for item in response["passes"]], "axe did not look"
            found = [
                f"{item['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
                for item in response["violations"]
                for node in item["nodes"]
            ]
            assert found == [], f"{scheme}, {size['width']} px: {found}"
