"""Promise 17: what is cited stands in the document to the character, whatever the characters; else nothing is served."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, reject, settings
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.model import Document, Passage, Span
from corpus.passages.chunking import split_passages
from corpus.reading import read_document
from index.generations.opening import Generation
from qa.answers.citations import CitationError, cite, cite_passage
from qa.service import Service

PIECES = (
    "间充质干细胞", "外泌體", "幹細胞治療", "ＡＢＣ１２３", "MSC", "exosome ", "TGF-β", "Ⅲ期", "的", "没有",  # words
    "𠮷𪚥", "😀👩🏽‍⚕️", "é", "e\u0301", "ا\u064e\u0628", "שלום", "ﷺ", "ﬁ",  # astral, combining, right to left
    "\u202eabc\u202c", "\u200b", "\ufeff", "\u2028", "\u3000",  # unseen
    "。", "！？", "……", ". ", "，", "；", "（", "）", "“", "”",  # marks
    "\n", "\r\n", "\r", "\n\n", "\t", " ", "## ", "### 标题\n", "1. ", "> ", "---\n", "[1]",  # lines
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)),
    min_size=1,
    max_size=60,
).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for one text after another."""
    return tmp_path_factory.mktemp("texts")


def read(text: str, folder: Path) -> Document:
    """Return ``text`` as a document that was read from a file; the first line keeps it from being empty."""
    path = folder / "text.md"
    path.write_bytes(f"# 文\n\n起首。\n{text}".encode())
    return read_document(path, folder)


def holding(document: Document, generation: Generation, limit: int = 60) -> Generation:
    """Return the generation with ``document`` and its passages in the place of its own."""
    passages = split_passages(document, limit)
    rows = {passage.id: row for row, passage in enumerate(passages)}
    return replace(generation, documents={document.id: document}, passages=passages, rows=rows)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS)
@example(text="")
@example(text="a\r\nb\rc\n\n\u2028d。e")
def test_every_citation_stands_in_its_document_to_the_character(text: str, folder: Path, service: Service) -> None:
    """Every sentence of every passage can be cited, and the quote is the document's text at its code points."""
    try:
        document = read(text, folder)
    except CorpusError:  # a text that the reader refuses is never indexed
        reject()
    generation = holding(document, service.generation)
    for passage in generation.passages:
        for number, sentence in enumerate(passage.sentences, 1):
            made = cite(number, passage, sentence, sentence.of(document.text), generation)
            start, end = made.span.start, made.span.end
            assert made.quote == document.text[start:end] and made.quote
            assert document.text[:start].endswith(made.prefix) and document.text[end:].startswith(made.suffix)
            assert len(made.prefix) == min(32, start) and len(made.suffix) == min(32, len(document.text) - end)
            assert document.text.count(made.prefix + made.quote + made.suffix) >= 1
        assert cite_passage(passage, passage.span, generation).quote == passage.text


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, data=st.data())
def test_what_was_tampered_with_is_never_served(text: str, data: st.DataObject, folder: Path, service: Service) -> None:
    """A character changed in text, passage or both, a moved offset, a foreign id or document: each fails closed."""
    try:
        document = read(text, folder)
    except CorpusError:
        reject()
    whole = holding(document, service.generation)
    passage = data.draw(st.sampled_from(whole.passages))
    span = data.draw(st.sampled_from(passage.sentences))
    quote = span.of(document.text)
    at = data.draw(st.integers(passage.span.start, passage.span.end - 1))
    changed = document.text[:at] + ("丙" if document.text[at] != "丙" else "丁") + document.text[at + 1 :]
    edited = replace(document, text=changed)
    both = replace(passage, text=passage.span.of(changed))
    moved = Span(passage.span.start + 1, passage.span.end + 1)
    attempts: list[tuple[Passage, Span, str, Generation]] = [
        (passage, span, quote, with_text(whole, edited)),
        (both, span, span.of(changed), with_text(whole, edited)),
        (both, span, span.of(changed), with_passage(with_text(whole, edited), both)),
        (replace(passage, span=moved), moved, moved.of(document.text), whole),
        (replace(passage, section_path=("别处",)), span, quote, whole),
        (replace(passage, id="0" * 16), span, quote, whole),
        (passage, span, quote, replace(whole, documents={})),
        (passage, span, quote + "。", whole),
        (passage, Span(span.start - len(document.text) - 1, span.end), quote, whole),
        (passage, Span(span.start, span.start), "", whole),
    ]
    for wrong, where, said, generation in attempts:
        with pytest.raises(CitationError):
            cite(1, wrong, where, said, generation)


def with_text(generation: Generation, document: Document) -> Generation:
    """Return the generation with another text of one document."""
    return replace(generation, documents={document.id: document})


def with_passage(generation: Generation, passage: Passage) -> Generation:
    """Return the generation with another passage of the same id."""
    return replace(generation, passages=tuple(passage if old.id == passage.id else old for old in generation.passages))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(kept=TEXTS, edit=TEXTS)
def test_ids_survive_edits_elsewhere(kept: str, edit: str, folder: Path) -> None:
    """Text put before and after a section changes no id of its passages, only where they stand.

    Its lines end as sentences do: whether one without a final mark goes on is told by how wide the text's lines are.
    """
    kept, edit = (text.replace("#", "").replace("---", "") for text in (kept, edit))
    kept = "".join(f"{line}。\n" for line in kept.splitlines() if line.strip())

    def passages(text: str) -> tuple[Passage, ...]:
        return split_passages(read(text, folder))

    try:
        section = f"\n\n## 保留\n\n独有的一句。\n{kept}\n\n## 其后\n\n"
        before = passages(f"{section}末尾。\n")
        after = passages(f"\n## 先前\n\n新增的一段。{edit}{section}{edit}末尾改了。\n")
    except CorpusError:
        reject()
    texts = Counter(passage.text for passage in (*before, *after))
    held = [passage for passage in before if passage.section_path[-1:] == ("保留",) and texts[passage.text] == 2]
    assert any("独有的一句" in passage.text for passage in held)
    now = {passage.id: passage.text for passage in after}
    assert all(now[passage.id] == passage.text for passage in held)


def test_selectors_find_the_quote_again(service: Service) -> None:
    """The prefix, the quote and the suffix together stand once in the document, at the position given."""
    generation = service.generation
    for passage in generation.passages:
        made = cite_passage(passage, passage.sentences[0], generation)
        text = generation.documents[passage.document_id].text
        assert text.find(made.prefix + made.quote + made.suffix) + len(made.prefix) == made.span.start
