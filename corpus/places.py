"""Where a quote of a converted text stands in the original: its page, and the rectangles that hold it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.blocks.lines import columns
from corpus.model import Document, PlacedLine, Span


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a page, from 1: left, top, right and bottom in points, counted from the page's upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PagePlace:
    """The page on which a quote begins, from 1, the name that it bears (or nothing), and what holds the quote."""

    page: int
    label: str
    rectangles: tuple[Rectangle, ...]


def page_place(document: Document, span: Span) -> PagePlace | None:
    """Return where ``span`` of a document's text stands in its original, or None where that has no pages."""
    found = [line for line in _near(document.lines, span) if line.span.overlaps(span)]
    if not found:
        return None
    page = found[0].page
    label = document.page_labels[page - 1] if page <= len(document.page_labels) else ""
    return PagePlace(page, label, tuple(_part(line, span, document.text) for line in found))


def _near(lines: Sequence[PlacedLine], span: Span) -> Sequence[PlacedLine]:
    first = bisect_left(lines, span.start, key=lambda line: line.span.end)
    last = bisect_left(lines, span.end, key=lambda line: line.span.start)
    return lines[first:last]


def _part(line: PlacedLine, span: Span, text: str) -> Rectangle:
    """Return the rectangle of what ``span`` has of a line: characters are as wide as they have columns."""
    left, top, right, bottom = line.rectangle
    whole = max(columns(line.span.of(text)), 1)
    start, end = max(span.start, line.span.start), min(span.end, line.span.end)
    before, through = columns(text[line.span.start : start]), columns(text[line.span.start : end])
    width = right - left
    return Rectangle(
        line.page, round(left + width * before / whole, 1), top, round(left + width * through / whole, 1), bottom
    )
