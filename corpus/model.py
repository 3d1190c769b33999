"""What a corpus is made of: spans, sources, sections, documents and passages."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from corpus.readings import Cut as Cut
from corpus.readings import Reading, read_span
from corpus.readings import Span as Span

Role = Literal["body", "reference", "notice", "byline", "code"]
Kind = Literal[
    "heading", "paragraph", "item", "row", "question", "answer", "caption", "reference", "notice", "byline", "furniture",
    "code", "front_matter", "comment", "image",
]  # fmt: skip
Form = Literal["prose", "list", "table", "answer", "caption", "reference", "notice", "byline", "code"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands in a format that has pages: the page's number, and its rectangle in points."""

    page: int
    rectangle: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a converted text at ``span``: its page, from 1, and its rectangle in points.

    The rectangle is left, top, right and bottom, counted from the page's upper left corner.
    """

    span: Span
    page: int
    rectangle: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text that is of one kind; the blocks of a text hold all of it but blanks, each character once.

    ``level`` tells the depth of headings and items; of a row, 1 means that it is the table's header; of a question or an
    answer, what joins it to its heading. ``joins`` are the soft breaks and the markup that the reading leaves out, in order.
    Of a ``doubtful`` block's lines nobody can tell whether they go on. ``title`` are a heading's words without number and
    marks.
    """

    kind: Kind
    span: Span
    level: int = 0
    joins: tuple[Cut, ...] = ()
    place: Place | None = None
    doubtful: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a passage stands under: it is searched and shown with the passage, and never quoted as its words.

    ``lead`` is what introduces its list, ``header`` the column names of its table, ``question`` what it answers.
    """

    title: str = ""
    lead: str = ""
    caption: str = ""
    header: str = ""
    question: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """All that there is of it, from the outermost part on."""
        return tuple(filter(None, (self.title, self.lead, self.caption, self.header, self.question)))


@dataclass(frozen=True, slots=True)
class Author:
    """A person who wrote a source; ``given`` may be initials or empty."""

    family: str
    given: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The published work that a document carries or digests (the fields of a CSL item)."""

    title: str
    authors: tuple[Author, ...] = ()
    type: str = "article-journal"
    container_title: str = ""
    container_title_short: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    doi: str = ""
    url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text below it, up to the next heading of any level.

    ``path`` holds the headings from the top one down to this section's own; it is empty before the first heading.
    ``span`` covers the text below the heading, ``heading`` the heading as it stands in the file (markers included).
    ``role`` sets references and notices (disclaimers, 'scan the code') apart from content.
    """

    path: tuple[str, ...]
    heading: Span | None
    span: Span
    role: Role = "body"


@dataclass(frozen=True, slots=True)
class TranslatedBlock:
    """A heading or paragraph of a document, at ``span`` of its text, in another language."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A document in another language, block by block: an aid to reading that is never searched or quoted as evidence.

    ``language`` is its tag (BCP 47), ``sha256`` the hash of the side file's bytes (corpus/files/translation.py).
    """

    language: str
    title: str
    notice: str
    blocks: tuple[TranslatedBlock, ...]
    sha256: str

    @property
    def text(self) -> str:
        """All blocks, with blank lines between them."""
        return "\n\n".join(block.text for block in self.blocks)

    def of(self, span: Span) -> "Translation":
        """Return the translation of the blocks that ``span`` of the document's text lies in."""
        met = (block for block in self.blocks if block.span.overlaps(span))
        return replace(self, blocks=tuple(met))


@dataclass(frozen=True, slots=True)
class Document:
    """A text of the corpus as it was decoded, with its structure found.

    ``text`` is the whole file, front matter included, CRLF turned into LF and otherwise unchanged: all spans index it.
    ``sha256`` is the hash of the file's bytes in hexadecimal. ``front_matter`` is empty where there is none. ``encoding``
    is that of the file, ``notes`` name what of its front matter isn't used. ``as_of`` is the date of the last build that
    could read the file, where a later one couldn't. Of a converted file, ``encoding`` names the converter, ``text`` is what
    it made, ``lines`` are where that stands on pages, and ``page_labels`` the names that the pages bear.
    """

    id: str
    filename: str
    title: str
    language: str
    text: str
    front_matter: Span
    sections: tuple[Section, ...]
    source: Source
    notice: str
    sha256: str
    translation: Translation | None = None
    blocks: tuple[Block, ...] = ()
    encoding: str = "utf-8"
    status: Literal["", "retracted", "superseded"] = ""
    notes: tuple[str, ...] = ()
    as_of: str = ""
    lines: tuple[PlacedLine, ...] = ()
    page_labels: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A SHA-256 that changes when the file or its side file is edited; the file's own hash where there is no other."""
        if self.translation is None and not self.as_of:
            return self.sha256
        side = self.translation.sha256 if self.translation else ""
        return hashlib.sha256(f"{self.sha256}\x00{side}{self.as_of}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences, rows or items of one section, packed for retrieval; ``text == document.text[span]``.

    ``sentences`` are spans of the document's text; what stands before the first of them leads to them (a list's lead-in, a
    table's header, a question) and answers nothing by itself. ``joins`` are what the reading of ``text`` leaves out.
    ``doubtful`` tells that nobody can say where its sentences end. ``id`` depends on the document's id and the passage's own
    text only, so it survives edits elsewhere.
    """

    id: str
    document_id: str
    section_path: tuple[str, ...]
    span: Span
    sentences: tuple[Span, ...]
    text: str
    role: Role = "body"
    form: Form = "prose"
    context: Context = Context()
    joins: tuple[Cut, ...] = ()
    doubtful: bool = False

    @property
    def reading(self) -> Reading:
        """The passage as it is read: joins and markup left out."""
        return read_span(self.text, self.span, self.joins)

    def reading_of(self, span: Span) -> str:
        """Return what ``span`` of the document's text, which lies in the passage, reads."""
        return read_span(self.text, self.span, self.joins).of(span)


def fingerprint(documents: Iterable[Document]) -> str:
    """Return a SHA-256 (hexadecimal) that changes when a document is added, removed, renamed or edited."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda item: item.id):
        digest.update(f"{document.id}\x00{document.filename}\x00{document.fingerprint}\n".encode())
    return digest.hexdigest()
