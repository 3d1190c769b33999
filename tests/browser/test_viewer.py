"""The source viewer: what is cited, where it stands, and the way back."""

from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.serving import Served
from tests.browser.test_searching import CHINESE, ENGLISH

REVIEW = "/documents/msc-neurodegenerative-review"


def first_source(page: Page, question: str, ui: str) -> None:
    """Ask, and open the first passage in its document."""
    page.goto(f"/?ui={ui}&q={quote(question)}")
    page.locator(".actions a.button").first.click()


def test_the_cited_sentence_is_marked_shown_and_focused(open_page: OpenPage, served: Served) -> None:
    """The mark holds the sentence to the character; the document around it is whole."""
    page = open_page(f"/?ui=zh&q={quote(CHINESE)}")
    sentence = page.locator("#c1").text_content()
    page.locator(".actions a.button").first.click()
    mark = page.locator("#mark")
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == sentence
    shown = "".join(page.locator(".viewer article > p:not(.aid):not(.aside)").all_text_contents())
    text = (served.corpus / "msc-neurodegenerative-review.md").read_text(encoding="utf-8")
    for paragraph in text.split("\n---\n", 1)[1].split("\n"):
        if paragraph.strip() and not paragraph.startswith("#"):
            assert paragraph in shown


def test_previous_and_next_lead_through_the_evidence(open_page: OpenPage) -> None:
    """From the first to the last and back, across documents, with the question kept."""
    page = open_page()
    first_source(page, CHINESE, "en")
    way = page.get_by_role("navigation", name="Evidence")
    expect(way).to_contain_text("Evidence 1 of ")
    count = int((way.locator("strong").text_content() or "").rsplit(" ", 1)[1])
    assert count >= 5
    seen = [page.locator("#mark").text_content()]
    for place in range(2, count + 1):
        way.get_by_role("link", name="Next").click()
        expect(way).to_contain_text(f"Evidence {place} of {count}")
        expect(page.locator("#mark")).to_be_focused()
        seen.append(page.locator("#mark").text_content())
    assert len(set(seen)) == count
    expect(way.get_by_role("link", name="Next")).to_have_attribute("aria-disabled", "true")
    way.get_by_role("link", name="Previous").click()
    expect(way).to_contain_text(f"Evidence {count - 1} of {count}")
    page.get_by_role("link", name="Back to the results").click()
    expect(page.get_by_role("searchbox")).to_have_value(CHINESE)


def test_other_evidence_of_the_question_is_marked_more_weakly(open_page: OpenPage) -> None:
    """Each with its number; none twice."""
    page = open_page()
    first_source(page, CHINESE, "zh")
    numbers = [mark.get_attribute("data-number") for mark in page.locator("mark[data-number]").all()]
    assert len(numbers) == len(set(numbers)) > 1
    assert page.locator("mark.other[data-number]").count() == len(numbers) - 1


def test_english_readers_get_the_english_beside_the_text(open_page: OpenPage) -> None:
    """Said to be an aid; it can be hidden; readers of Chinese can have it shown."""
    page = open_page()
    first_source(page, ENGLISH, "en")
    aid = page.locator(".viewer p.aid")
    expect(page.get_by_text("the Chinese is what counts")).to_be_visible()
    assert "blood-brain barrier" in " ".join(aid.all_text_contents()) and aid.first.get_attribute("lang") == "en"
    page.get_by_role("link", name="Hide the English").click()
    expect(page.locator(".viewer article p.aid")).to_have_count(0)
    expect(page.locator("#mark")).to_be_focused()
    page.goto(f"{REVIEW}?ui=zh")
    expect(page.locator(".viewer p.aid")).to_have_count(0)
    page.get_by_role("link", name="显示英文对照").click()
    assert page.locator(".viewer p.aid").count() > 40


def test_outline_and_source_record(open_page: OpenPage) -> None:
    """Headings lead to their sections; the record names work, journal, DOI, file, hash and generation."""
    page = open_page(f"{REVIEW}?ui=en&aid=0")
    page.set_viewport_size({"width": 1440, "height": 900})
    outline = page.get_by_role("navigation", name="Outline")
    expect(outline.get_by_role("link")).to_have_count(page.locator(".viewer article :is(h3, h4, h5)").count())
    outline.get_by_role("link", name="帕金森病").click()
    expect(page.locator(".viewer article").get_by_role("heading", name="帕金森病", exact=True)).to_be_in_viewport()
    record = page.get_by_role("complementary", name="Source record")
    for words in (
        "Cui CX",
        "World Journal of Stem Cells, 2025; 17(8): 107717",
        "msc-neurodegenerative-review.md",
        "Index 0000",
    ):
        expect(record).to_contain_text(words)
    expect(record.get_by_role("link", name="10.4252/wjsc.v17.i8.107717")).to_have_attribute(
        "href", "https://doi.org/10.4252/wjsc.v17.i8.107717"
    )


def test_a_passage_that_is_gone_is_said_to_be(open_page: OpenPage) -> None:
    """With a link to the document as it is now; a document that is gone leads home."""
    page = open_page()
    assert (answer := page.goto(f"{REVIEW}?ui=en&passage=gone&mark=1-5")) and answer.status == 404
    expect(page.get_by_role("alert")).to_contain_text("no longer in the current version")
    expect(page.locator("mark")).to_have_count(0)
    page.get_by_role("link", name="See the document as it is now").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".viewer article")).to_contain_text("归巢")
    assert (answer := page.goto("/documents/gone?ui=en")) and answer.status == 404
    expect(page.get_by_role("alert")).to_contain_text("nothing here")
    expect(page.get_by_role("main").get_by_role("link", name="Home")).to_be_visible()


def test_a_mark_outside_of_its_passage_marks_the_passage(open_page: OpenPage) -> None:
    """Places that can't be are not believed."""
    page = open_page(f"/?ui=zh&q={quote(CHINESE)}")
    url = page.locator(".actions a.button").first.get_attribute("href") or ""
    whole = "".join(page.locator("#p1 blockquote").all_text_contents())
    passage = url.split("passage=")[1].split("&")[0]
    for mark in ("5000-6000", "9-3", "0-99999", "x-y", "1-²", ""):
        page.goto(f"{REVIEW}?ui=zh&passage={passage}&mark={mark}")
        assert "".join(page.locator("mark").all_text_contents()) == whole.replace("\n", "")


def test_text_of_the_corpus_is_shown_and_never_run(open_page: OpenPage) -> None:
    """Markup in titles, headings, notices and text is text; hidden and turning characters are made visible."""
    page = open_page("/documents/hostile-text?ui=zh")
    expect(page.locator(".head h2")).to_contain_text("<script>document.title='owned'</script>")
    expect(page.locator(".viewer article")).to_contain_text("<b onclick=alert(1)>粗体</b>")
    expect(page.locator(".viewer article")).to_contain_text("字符⟨U+202E⟩elif.exe⟨U+202C⟩和零宽空格⟨U+200B⟩")
    page.goto("/?ui=zh&q=" + quote("紫色灯塔的守望者写了什么？<script>document.title='owned'</script>"))
    expect(page.locator("#p1")).to_contain_text("document.title='owned'")  # markup is left out of what a text reads
    assert "owned'" in page.title() and page.title() != "owned"
    assert page.locator("main script, main img, [onclick], [onerror]").count() == 0


def test_the_corpus_can_be_searched_within(open_page: OpenPage) -> None:
    """However the words are written; each place says where it was cut, and leads to the text, marked."""
    page = open_page("/documents?ui=en")
    expect(page.locator(".documents > li")).to_have_count(3)
    page.get_by_role("searchbox", name="Search within the texts").fill("ＮＬＲＰ３ 炎症小體")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Places found: ")).to_contain_text("in documents: 1")
    expect(page.locator(".documents > li")).to_have_count(1)
    cut = page.locator(".snippet").first.inner_text()
    assert cut.startswith("…") or cut.endswith("…")
    page.locator(".snippet a").first.click()
    expect(page.locator("#mark")).to_have_text("NLRP3 炎症小体")
    expect(page.locator("#mark")).to_be_in_viewport()
    page.goto("/documents?ui=en&find=%3Cb%3Enowhere")
    expect(page.get_by_text("Places found: 0")).to_be_visible()
