"""Typing: input methods, keys, clipboard, paper, and what assistive technology is told."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_searching import CHINESE, ENGLISH, ask


def test_a_composition_is_typed_before_it_is_asked(open_page: OpenPage) -> None:
    """A real composition: Enter that commits it asks nothing; the next Enter asks."""
    page = open_page("/?ui=zh")
    page.get_by_role("searchbox").focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "part=results" in request.url else None)
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "wai mi ti", "selectionStart": 9, "selectionEnd": 9})
    expect(page.get_by_role("searchbox")).to_have_value("wai mi ti")
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", **enter})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    page.wait_for_timeout(200)
    assert asked == []
    session.send("Input.insertText", {"text": "外泌体"})
    expect(page.get_by_role("searchbox")).to_have_value("外泌体")
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_be_visible()
    assert len(asked) == 1


@pytest.mark.parametrize(("code", "composing", "stopped"), [(229, False, True), (13, True, True), (13, False, False)])
def test_enter_that_ends_a_composition_is_stopped(open_page: OpenPage, code: int, composing: bool, stopped: bool) -> None:
    """Safari ends the composition first and reports key code 229; others say that they compose; a plain Enter passes."""
    page = open_page("/?ui=zh")
    assert stopped is page.get_by_role("searchbox").evaluate(
        "(box, [keyCode, isComposing]) => !box.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', keyCode, isComposing, bubbles: true, cancelable: true}))",
        [code, composing],
    )


def test_the_slash_leads_to_the_box_and_is_a_letter_in_it(open_page: OpenPage) -> None:
    """From anywhere but a field, and not while composing."""
    page = open_page(f"/?ui=en&q={CHINESE}")
    box = page.get_by_role("searchbox")
    page.locator("main").focus()
    page.evaluate("dispatchEvent(new KeyboardEvent('keydown', {key: '/', isComposing: true}))")
    expect(box).not_to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value(CHINESE)
    page.keyboard.press("End")
    page.keyboard.press("/")
    expect(box).to_have_value(CHINESE + "/")


def test_escape_closes_what_was_opened(open_page: OpenPage) -> None:
    """The focus returns to what opened it."""
    page = open_page(f"/?ui=en&q={ENGLISH}")
    why = page.locator("#p1 .why")
    why.locator("summary").click()
    expect(why).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(why).not_to_have_attribute("open", "")
    expect(why.locator("summary")).to_be_focused()


def test_tab_goes_in_reading_order(open_page: OpenPage) -> None:
    """Skip link, home, corpus, verify, language, box, button, then the answer's numbers."""
    page = open_page(f"/?ui=en&q={ENGLISH}")
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    assert names[0] == "Skip to the content" and names[2:6] == ["Corpus", "Verify", "中文", "q"]
    assert names[6:] == ["Ask", "Evidence [1]"]
    page.keyboard.press("Shift+Tab")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_link_can_be_copied(open_page: OpenPage) -> None:
    """To the passage in its document; the status line says so."""
    page = open_page(f"/?ui=en&q={ENGLISH}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").first.click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(page.url.split("/?")[0] + "/documents/") and copied.endswith("#mark")
    page.goto(copied)
    expect(page.locator("#mark")).to_contain_text("血脑屏障")


@pytest.mark.parametrize(("works", "said"), [("true", "Copied"), ("false", "The clipboard can’t be written")])
def test_copying_without_a_secure_context_falls_back(open_page: OpenPage, works: str, said: str) -> None:
    """Where the browser offers no clipboard the old command is tried, and what came of it is said."""
    init = (
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        f"document.execCommand = (what) => {{ window.ran = [what, document.activeElement.value]; return {works}; }}"
    )
    page = open_page(f"/?ui=en&q={ENGLISH}", init=init)
    button = page.get_by_role("button", name="Copy link").first
    button.click()
    expect(page.get_by_role("status")).to_have_text(said)
    ran = page.evaluate("window.ran")
    assert ran[0] == "copy" and "/documents/" in ran[1]
    expect(button).to_be_focused()


def test_paper_shows_everything_and_the_addresses_of_sources(open_page: OpenPage) -> None:
    """Folds are open, controls are gone, DOIs are printed, and all closes again."""
    page = open_page(f"/?ui=en&q={ENGLISH}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("details:not([open])").count() == 0
    expect(page.locator(".ask")).to_be_hidden()
    expect(page.locator(".actions").first).to_be_hidden()
    printed = page.locator("#p1 .source a").first.evaluate("(link) => getComputedStyle(link, '::after').content")
    assert "https://doi.org/10.4252/wjsc.v17.i8.107717" in printed
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_evidence_shows_without_its_colours(open_page: OpenPage) -> None:
    """In forced colours marks keep a colour of the system and their underline; motion is left out where it isn't wanted."""
    page = open_page(f"/?ui=en&q={ENGLISH}", forced_colors="active")
    style = "(mark) => { const of = getComputedStyle(mark); return [of.backgroundColor, of.borderBottomStyle]; }"
    background, underline = page.locator("#c1").evaluate(style)
    body = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    assert background != body and underline == "solid"
    stroke = "(one) => [getComputedStyle(one).stroke, getComputedStyle(document.body).color]"
    drawn, ink = page.locator(".wordmark path").first.evaluate(stroke)
    assert drawn == ink
    assert page.locator("#p1 blockquote b").first.evaluate("(b) => getComputedStyle(b).textDecorationStyle") == "dotted"
    assert page.locator("html").evaluate("(html) => getComputedStyle(html).scrollBehavior") == "auto"


@pytest.mark.parametrize(
    "path",
    [
        "/?ui=zh",
        "/?ui=en&q={q}",
        "/?ui=en&q=靛蓝驼鹿的抗体序列是什么？",
        "/documents?ui=en&find=MSC",
        "/documents/msc-neurodegenerative-review",
        "/documents/hostile-text?ui=en",
        "/manage?ui=en",
        "/manage?ui=zh",
        "/verify?ui=zh",
        "/verify?ui=en",
    ],
)
def test_nothing_is_wider_than_a_small_phone_and_targets_are_large(open_page: OpenPage, path: str) -> None:
    """At 320 px there is no horizontal scroll; buttons, fields and summaries are 44 px high."""
    page = open_page(path.format(q=ENGLISH), viewport={"width": 320, "height": 640})
    assert widest(page) <= 320
    for control in page.locator("button:visible, summary:visible, .button:visible, .top a:visible, input:visible").all():
        box = control.bounding_box()
        # A box to tick is smaller, and its label is part of the target.
        least = 23.5 if control.get_attribute("type") == "checkbox" else 43.5
        assert box and box["height"] >= least <= box["width"], control.evaluate("(one) => one.outerHTML")


@pytest.mark.parametrize("ui", ["en", "zh"])
def test_what_opens_on_a_small_phone_stays_on_it(open_page: OpenPage, ui: str) -> None:
    """The citation menu lies within the page, each format on it can be pressed, and no word of the way is broken."""
    page = open_page(f"/?ui={ui}&q={CHINESE}", viewport={"width": 320, "height": 640})
    for menu in page.locator(".menu").all()[:2]:
        menu.locator("summary").click()
        for button in menu.locator("button").all():
            box = button.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 320
        assert widest(page) <= 320
    page.locator(".actions a.button").first.click()
    for words in page.locator(".step span, .way strong").all():
        box = words.bounding_box()
        assert box and box["height"] < 30  # one line
    assert widest(page) <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_browsers_frame_has_the_papers_colour(open_page: OpenPage, scheme: str) -> None:
    """Phones colour their bar by it."""
    page = open_page("/?ui=en", color_scheme=scheme)
    told = page.locator(f"meta[name=theme-color][media*={scheme}]").get_attribute("content")
    paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')")
    assert told == paper.strip()


def widest(page: Page) -> int:
    """Return how wide the page is, in pixels."""
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width


def test_a_name_tells_what_each_action_is_for(open_page: OpenPage) -> None:
    """Articles are named by their heading, actions described by it, the evidence's language is told."""
    page = open_page(f"/?ui=en&q={ENGLISH}")
    # By its visible label: a placeholder would do as a name for axe, and is gone once something is typed.
    assert page.get_by_text("Your question, in Chinese or English").get_attribute("for") == "q"
    title = page.locator("#p1 h3").inner_text()
    card = page.get_by_role("article", name=title)
    assert card.get_attribute("lang") == "zh-CN"
    expect(card.get_by_role("link", name="Show in the document")).to_have_accessible_description(title)
    expect(card.get_by_role("button", name="Copy link")).to_have_accessible_description(title)
    assert page.locator(".sentence > p:first-child").first.get_attribute("lang") == "zh-CN"
    assert page.locator("#status").get_attribute("aria-live") == "polite"
    assert page.locator("main [aria-live], main [role=status]").count() == 0
    ask(page, CHINESE)
    expect(page.get_by_role("status")).to_have_text("Passages found: 5")
