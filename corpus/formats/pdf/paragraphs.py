"""Lines made paragraphs and headings: by indent, gaps, sizes and fonts, over columns and pages."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Literal

from corpus.blocks.headings import numbered_level
from corpus.blocks.line_kinds import is_a
from corpus.blocks.lines import ends_sentence
from corpus.formats.pdf.page_lines import PageLine

Kind = Literal["text", "heading", "row"]
_INDENT, _GAP = 0.8, 1.4  # of the size; of the usual distance of lines
_LARGER = 1.12
_LONGEST_HEADING = 90  # characters
_ITEM = re.compile(r"(?:\[\d{1,3}\]|[•·●▪■◆○]|[（(]\d{1,2}[)）]|[①-⑳]|\d{1,2}[.、．](?!\d))\s*\S")
_CAPTION_SIZE = 0.95


@dataclass(slots=True)
class Paragraph:
    """Lines that are one block; ``level`` is that of a heading."""

    kind: Kind
    lines: list[PageLine] = field(default_factory=list)
    level: int = 0

    @property
    def words(self) -> str:
        """Its words, a blank between lines."""
        return " ".join(line.plain for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Style:
    """How most of a text is set: its size in points and the distance of its lines."""

    size: float
    leading: float
    bold: bool


def paragraphs(lines: Sequence[PageLine]) -> list[Paragraph]:
    """Return the paragraphs and headings of a text's lines, which are in order and without furniture."""
    style = _style(lines)
    made: list[Paragraph] = []
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else None
        following = lines[place + 1] if place + 1 < len(lines) else None
        last = made[-1] if made else None
        kind: Kind = (
            "row" if _is_row(line, before, following) else "heading" if _is_heading(line, style, following) else "text"
        )
        if last is not None and last.kind == kind and before is not None and not _begins(line, before, last, style):
            last.lines.append(line)
        elif not _goes_on_above(made, line, kind, style):
            made.append(Paragraph(kind, [line]))
    _level(made)
    return made


def _style(lines: Sequence[PageLine]) -> _Style:
    sizes: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2, line.bold] += len(line.characters)
    size, bold = sizes.most_common(1)[0][0]
    gaps = [
        other.base - line.base
        for line, other in pairwise(lines)
        if line.page == other.page and line.column == other.column and 0.8 * size < other.base - line.base < 3 * size
    ]
    return _Style(size, median(gaps) if gaps else 1.5 * size, bold)


def _is_heading(line: PageLine, style: _Style, following: PageLine | None) -> bool:
    words = line.plain
    if (
        len(words) > _LONGEST_HEADING
        or not re.search(r"[^\W\d_]{2}", words)
        or ends_sentence(words, "A")
        or is_a("caption", words)
    ):
        return False
    larger = line.size >= _LARGER * style.size
    bold = line.bold and not style.bold and line.size >= _CAPTION_SIZE * style.size
    if larger or bold:
        return True
    wide = line.right - line.column[0] > 0.8 * (line.column[1] - line.column[0])
    return bool(
        numbered_level(words) in (11, 12, 15, 16)
        and not wide
        and following is not None
        and numbered_level(following.plain) != numbered_level(words)
        and line.size >= _CAPTION_SIZE * style.size
    )


def _is_row(line: PageLine, before: PageLine | None, following: PageLine | None) -> bool:
    """Tell whether a line is of a table: it has cells, and so has a neighbour."""
    cells = len(line.cells)
    return cells > 1 and any(other is not None and len(other.cells) == cells and cells > 1 for other in (before, following))


def _begins(line: PageLine, before: PageLine, last: Paragraph, style: _Style) -> bool:
    """Tell whether a line begins a block of its own after ``before``, which is of the same kind."""
    if last.kind == "row":
        return True
    here = line.page == before.page and line.column == before.column and line.base > before.base
    if abs(line.size - before.size) > 0.08 * style.size:
        return True
    if last.kind == "heading":
        apart = here and line.base - before.base > 1.9 * line.size
        return not here or apart or line.bold != before.bold or bool(numbered_level(line.plain))
    ended = ends_sentence(before.plain, line.plain)
    indented = _is_indented(line, style)
    if here and line.base - before.base > _GAP * max(style.leading, 1.1 * line.size):
        return True
    if _is_item(line) and (ended or before.right < before.column[1] - 2 * style.size):
        return True
    if indented and (len(last.lines) > 1 or not _is_indented(before, style) or ended):
        return ended or not here or line.left > before.left + _INDENT * style.size
    short = before.right < before.column[1] - 2.5 * style.size
    if here:
        return short and (ended or before.plain.endswith(("：", ":")))
    return ended and short


def _is_item(line: PageLine) -> bool:
    return bool(_ITEM.match(line.plain)) and not line.text.startswith("<sup>")  # a mark of a citation isn't one


def _is_indented(line: PageLine, style: _Style) -> bool:
    return line.left - line.column[0] > _INDENT * style.size


def _goes_on_above(made: list[Paragraph], line: PageLine, kind: Kind, style: _Style) -> bool:
    """Take a line that goes on with a paragraph before a caption, note or table that stands between; tell whether it did."""
    if kind != "text" or not made or _is_indented(line, style) or _is_item(line):
        return False
    for place in range(len(made) - 1, max(-1, len(made) - 12), -1):
        item = made[place]
        aside = item.kind == "row" or is_a("caption", item.words) or item.lines[0].size < _CAPTION_SIZE * style.size
        if item.kind == "heading" or (not aside and ends_sentence(item.words)):
            return False
        if not aside:
            last = item.lines[-1]
            full = last.right > last.column[1] - 2.5 * style.size
            if place == len(made) - 1 or not full or abs(last.size - line.size) > 0.08 * style.size:
                return False
            item.lines.append(line)
            return True
    return False


def _level(made: list[Paragraph]) -> None:
    """Give headings levels: the largest at the top is the title, others by size, those of one size by their numbers."""
    headings = [item for item in made if item.kind == "heading"]
    if not headings:
        return
    largest = max(headings, key=lambda item: item.lines[0].size)
    sizes = sorted({round(item.lines[0].size * 2) / 2 for item in headings if item is not largest}, reverse=True)
    for item in headings:
        item.level = 1 if item is largest else min(2 + sizes.index(round(item.lines[0].size * 2) / 2), 6)
        if item is not largest and (number := numbered_level(item.words)) >= 15:
            item.level = min(max(item.level, number - 12), 6)
