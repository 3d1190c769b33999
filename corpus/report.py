"""How a text was understood: its blocks by kind and line, its title and sections, what was joined, doubted and left out."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.model import Document
from corpus.passages.chunking import reading_of, split_passages

_LONGEST = 80  # characters of a block that are shown


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A block as the report shows it: lines from 1, its kind, level, doubt, and how it reads."""

    first_line: int
    last_line: int
    kind: str
    level: int
    doubtful: bool
    joins: int
    reading: str


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What was made of one text. ``kinds`` counts blocks; ``shares`` are parts of the characters that aren't blank.

    ``title_from`` tells where the title is from; ``joins`` counts soft breaks by kind; ``doubts`` are the lines of blocks
    whose sentences nobody can tell the ends of; ``furniture`` is what was taken for no content.
    """

    filename: str
    id: str
    encoding: str
    title: str
    title_from: str
    source: Mapping[str, str]
    notes: tuple[str, ...]
    status: str
    sections: tuple[tuple[str, ...], ...]
    kinds: Mapping[str, int]
    shares: Mapping[str, float]
    in_passages: float
    passages: int
    joins: Mapping[str, int]
    doubts: tuple[int, ...]
    furniture: tuple[str, ...]
    blocks: tuple[BlockLine, ...]


@dataclass(frozen=True, slots=True)
class ReadingSums:
    """What was made of many texts: blocks by kind, each kind's part of the characters that aren't blank, and all together.

    ``in_passages`` is the part of the characters in passages; ``doubtful`` counts the blocks whose sentences nobody can tell
    the ends of, ``encodings`` the texts by encoding.
    """

    documents: int
    kinds: Mapping[str, int]
    shares: Mapping[str, float]
    in_passages: float
    doubtful: int
    encodings: Mapping[str, int]


def sum_up(documents: Iterable[Document]) -> ReadingSums:
    """Return how ``documents`` were understood, summed up."""
    kinds: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    encodings: Counter[str] = Counter()
    doubtful = within = whole = 0
    for document in documents:
        encodings[document.encoding] += 1
        whole += _letters(document.text)
        within += sum(_letters(passage.text) for passage in split_passages(document))
        for block in document.blocks:
            kinds[block.kind] += 1
            sizes[block.kind] += _letters(block.span.of(document.text))
            doubtful += block.doubtful
    return ReadingSums(
        documents=encodings.total(),
        kinds=dict(kinds.most_common()),
        shares={kind: round(size / max(whole, 1), 4) for kind, size in sizes.most_common()},
        in_passages=round(within / max(whole, 1), 4),
        doubtful=doubtful,
        encodings=dict(encodings.most_common()),
    )


def report_on(document: Document) -> ReadingReport:
    """Return how ``document`` was understood."""
    text = document.text
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
    lines = [
        BlockLine(
            bisect_right(starts, block.span.start),
            bisect_right(starts, block.span.end - 1),
            block.kind,
            block.level,
            block.doubtful,
            sum(cut.why != "markup" for cut in block.joins),
            _short(reading_of(block, text)),
        )
        for block in document.blocks
    ]
    whole = max(_letters(text), 1)
    sizes: Counter[str] = Counter()
    for block in document.blocks:
        sizes[block.kind] += _letters(block.span.of(text))
    passages = split_passages(document)
    pages = [text[cut.start : cut.end].split() for block in document.blocks for cut in block.joins if cut.why == "page"]
    return ReadingReport(
        filename=document.filename,
        id=document.id,
        encoding=document.encoding,
        title=document.title,
        title_from=_title_from(document),
        source={name: _words(value) for name, value in _source(document) if value},
        notes=document.notes,
        status=document.status,
        sections=tuple(section.path for section in document.sections),
        kinds=dict(Counter(block.kind for block in document.blocks).most_common()),
        shares={kind: round(size / whole, 4) for kind, size in sizes.most_common()},
        in_passages=round(sum(_letters(passage.text) for passage in passages) / whole, 4),
        passages=len(passages),
        joins=dict(Counter(cut.why for block in document.blocks for cut in block.joins).most_common()),
        doubts=tuple(line.first_line for line in lines if line.doubtful),
        furniture=(
            *(line.reading for line in lines if line.kind == "furniture"),
            *(_short(" ".join(words)) for words in pages if words),
        ),
        blocks=tuple(lines),
    )


def _source(document: Document) -> list[tuple[str, object]]:
    source = document.source
    authors = [f"{author.family} {author.given}".strip() for author in source.authors]
    return [
        ("title", source.title), ("authors", ", ".join(authors)), ("year", source.year), ("in", source.container_title),
        ("doi", source.doi), ("url", source.url),
    ]  # fmt: skip


def _words(value: object) -> str:
    return str(value)


def _title_from(document: Document) -> str:
    if document.title and f"{document.title}" in document.front_matter.of(document.text):
        return "front matter"
    if any(block.kind == "heading" and block.title == document.title for block in document.blocks):
        return "heading"
    return "file name"


def _letters(text: str) -> int:
    return sum(map(len, text.split()))


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
