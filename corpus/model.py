"""What a corpus is made of: spans, sources, sections, documents and passages."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["body", "reference", "notice"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of ``text`` that this span covers."""
        return text[self.start : self.end]

    def contains(self, other: "Span") -> bool:
        """Tell whether ``other`` lies wholly within this span."""
        return self.start <= other.start and other.end <= self.end

    def __len__(self) -> int:
        return self.end - self.start


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
class Document:
    """A text of the corpus as it was decoded, with its structure found.

    ``text`` is the whole file, front matter included, CRLF turned into LF and otherwise unchanged: all spans index it.
    ``sha256`` is the hash of the file's bytes in hexadecimal. ``front_matter`` is empty where there is none.
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


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one section, packed for retrieval; ``text == document.text[span]``.

    ``sentences`` are spans of the document's text. ``id`` depends on the document's id and the passage's own text only,
    so it survives edits elsewhere.
    """

    id: str
    document_id: str
    section_path: tuple[str, ...]
    span: Span
    sentences: tuple[Span, ...]
    text: str
    role: Role = "body"
