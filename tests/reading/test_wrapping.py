"""Wrapping a text changes no sentence's reading: not where a line ends, nor where a page does."""

import re

import pytest

from corpus.blocks.headings import clean_title
from corpus.blocks.partition import read_blocks
from corpus.passages.chunking import block_sentences
from corpus.readings import read_span
from tests.data_folder import read_review
from tests.reading.wrapping import wrapped


def sentences(text: str, *, markdown: bool) -> list[str]:
    """Return what each sentence of the text's paragraphs reads, blanks left out."""
    found = []
    for block in read_blocks(text, 0, markdown=markdown):
        if block.kind in ("heading", "furniture"):
            continue
        for span in block_sentences(block, text):
            cuts = [cut for cut in block.joins if span.start <= cut.start and cut.end <= span.end]
            found.append(re.sub(r"\s", "", read_span(span.of(text), span, cuts).text))
    return found


@pytest.fixture(scope="module")
def body() -> str:
    """The bundled text without its front matter."""
    document = read_review()
    return document.text[document.front_matter.end :]


@pytest.mark.parametrize("width", [20, 38, 60])
@pytest.mark.parametrize("hyphens", [False, True])
def test_no_sentence_of_wrapped_markdown_is_cut(body: str, width: int, hyphens: bool) -> None:
    """The bundled text at three widths, Latin words whole or hyphened, has the sentences that it has."""
    assert sentences(wrapped(body, width, hyphens=hyphens), markdown=True) == sentences(body, markdown=True)


@pytest.mark.parametrize("width", [20, 38, 60])
@pytest.mark.parametrize("hyphens", [False, True])
@pytest.mark.parametrize("pages", [0, 25])
def test_no_sentence_of_a_wrapped_plain_text_is_cut(body: str, width: int, hyphens: bool, pages: int) -> None:
    """As plain text too, with running heads and page numbers between the halves of sentences."""
    plain = re.sub(r"^#+ *", "", body, flags=re.M)
    titles = {clean_title(line) for line in plain.split("\n")}
    whole = [one for one in sentences(plain, markdown=False) if one not in titles]
    found = [
        one for one in sentences(wrapped(plain, width, hyphens=hyphens, pages=pages), markdown=False) if one not in titles
    ]
    assert len(found) == len(whole)
    # Where a page ends after 'three features:', the words before the colon are no heading but go on in the sentence.
    assert [pair for pair in zip(found, whole, strict=True) if not pair[0].endswith(pair[1])] == []
    assert sum(one != other for one, other in zip(found, whole, strict=True)) <= 2
