"""What a corpus is made of: spans, sources, sections, documents and passages."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
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

    def overlaps(self, other: "Span") -> bool:
        """Tell whether this span and ``other`` share a code point."""
        return self.start < other.end and other.start < self.end

    def trimmed(self, text: str) -> "Span":
        """Return this span of ``text`` without the white space at its ends; an empty one where there is nothing else."""
        piece = self.of(text)
        start = self.start + len(piece) - len(piece.lstrip())
        return Span(start, max(start, self.start + len(piece.rstrip())))

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
class TranslatedBlock:
    """A heading or paragraph of a document, at ``span`` of its text, in another language."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A document in another language, block by block: an aid to reading that is never searched or quoted as evidence.

    ``language`` is its tag (BCP 47), ``sha256`` the hash of the side file's bytes (corpus/translation.py).
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
    translation: Translation | None = None

    @property
    def fingerprint(self) -> str:
        """A SHA-256 that changes when the file or its side file is edited; the file's own hash where there is no other."""
        if self.translation is None:
            return self.sha256
        return hashlib.sha256(f"{self.sha256}\x00{self.translation.sha256}".encode()).hexdigest()


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


def fingerprint(documents: Iterable[Document]) -> str:
    """Return a SHA-256 (hexadecimal) that changes when a document is added, removed, renamed or edited."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda item: item.id):
        digest.update(f"{document.id}\x00{document.filename}\x00{document.fingerprint}\n".encode())
    return digest.hexdigest()
