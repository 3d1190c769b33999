"""English side files: aligned by structure, or refused by name; part of what a corpus is."""

from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.model import Span, fingerprint
from corpus.passages.chunking import split_passages
from corpus.reading import read_folder
from tests.data_folder import read_review

ORIGINAL = "---\ntitle: 题\n---\n\n# 题\n\n引言。\n\n## 甲\n\n第一段。它有两句。\n\n第二段。\n\n## 乙\n\n末段。\n"
SIDE = "---\nnotice: Ours.\n---\n# Title\n\nLead.\n\n## A\n\nFirst,\nwrapped.\n \nSecond.\n\n## B\n\nLast.\n"


def write(folder: Path, original: str = ORIGINAL, side: str | bytes = SIDE) -> Path:
    (folder / "a.md").write_text(original, encoding="utf-8")
    (folder / "a.en.md").write_bytes(side.encode() if isinstance(side, str) else side)
    return folder


def test_each_paragraph_and_heading_has_its_english(tmp_path: Path) -> None:
    """Blocks follow the original's order and places; wrapped lines are joined."""
    (document,) = read_folder(write(tmp_path))
    assert document.translation is not None and document.translation.language == "en"
    pairs = [(block.span.of(document.text).strip(), block.text) for block in document.translation.blocks]
    assert pairs == [
        ("# 题", "Title"),
        ("引言。", "Lead."),
        ("## 甲", "A"),
        ("第一段。它有两句。", "First, wrapped."),
        ("第二段。", "Second."),
        ("## 乙", "B"),
        ("末段。", "Last."),
    ]
    assert (document.translation.title, document.translation.notice) == ("Title", "Ours.")


def test_a_passage_knows_the_paragraphs_that_it_lies_in(tmp_path: Path) -> None:
    """One that joins two paragraphs has both, a single sentence its own, and a heading belongs to none."""
    (document,) = read_folder(write(tmp_path))
    assert document.translation is not None
    texts = {passage.text: document.translation.of(passage.span).text for passage in split_passages(document)}
    assert texts["第一段。它有两句。\n\n第二段。"] == "First, wrapped.\n\nSecond."
    assert texts["末段。"] == "Last."
    second = document.text.index("它有两句")
    assert document.translation.of(Span(second, second + 4)).text == "First, wrapped."


@pytest.mark.parametrize(
    ("side", "reason"),
    [
        (SIDE.replace("\n \nSecond.", ""), r"a\.en\.md, line 8: the section 'A' has 1 paragraph, and its original has 2"),
        (SIDE + "\nMore.\n", r"the section 'B' has 2 paragraphs, and its original has 1"),
        (SIDE.replace("## B\n", ""), r"it has 2 headings, and the text that it translates has 3"),
        (SIDE.replace("## B", "### B"), r"the section 'B' has a heading of level 3 instead of 2 \('乙'\)"),
        ("Words.\n\n" + SIDE.split("---\n")[2], r"the part before the first heading has 1 paragraph, and .* 0"),
        ("", r"a\.en\.md: the file is empty"),
        (b"# T\xff", r"a\.en\.md: it isn't UTF-8|a\.en\.md, line 1: it isn't UTF-8"),
    ],
)
def test_a_side_file_that_does_not_fit_is_refused_by_name(tmp_path: Path, side: str | bytes, reason: str) -> None:
    """File, section and both counts are told, and nothing is read."""
    with pytest.raises(CorpusError, match=reason):
        read_folder(write(tmp_path, side=side))


def test_every_section_that_differs_is_named_at_once(tmp_path: Path) -> None:
    """Not one a run."""
    with pytest.raises(CorpusError) as caught:
        read_folder(write(tmp_path, side=SIDE.replace("\n \nSecond.", "") + "\nMore.\n"))
    assert len(caught.value.problems) == 2


def test_a_side_file_without_its_original_is_refused(tmp_path: Path) -> None:
    """It would otherwise be passed over without a word."""
    write(tmp_path)
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    with pytest.raises(CorpusError, match=r"a\.en\.md: it is the English side file of a\.md, which isn't there"):
        read_folder(tmp_path)


def test_an_edit_of_the_side_file_is_an_edit_of_the_document(tmp_path: Path) -> None:
    """The fingerprint changes with it, and the hash of the document's own file doesn't."""
    before = read_folder(write(tmp_path))
    after = read_folder(write(tmp_path, side=SIDE.replace("Last.", "The last.")))
    (tmp_path / "a.en.md").unlink()
    without = read_folder(tmp_path)
    assert len({fingerprint(documents) for documents in (before, after, without)}) == 3
    assert len({documents[0].sha256 for documents in (before, after, without)}) == 1
    assert without[0].fingerprint == without[0].sha256


def test_the_bundled_text_has_its_english_and_it_is_plain_english() -> None:
    """All of its paragraphs are translated, into text that holds no Chinese."""
    document = read_review()
    assert document.translation is not None
    for passage in split_passages(document):
        assert document.translation.of(passage.span).text, passage.text
    assert not any("\u4e00" <= character <= "\u9fff" for character in document.translation.text)
