"""How a stretch of text reads: without its soft breaks and markup, and with an exact map both ways."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


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
class Cut:
    """What a reading has instead of ``start`` to ``end`` of the text: ``text``, often nothing.

    A ``line`` is a soft break, a ``hyphen`` one within a word, a ``page`` a break with what stands at it, ``markup`` marks.
    """

    start: int
    end: int
    text: str
    why: Literal["line", "hyphen", "page", "markup"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of ``span`` of a text; ``cuts`` lie in it, in order, none over another.

    ``raw`` and ``read`` are where each piece between cuts begins: in the text, and in the reading.
    """

    text: str
    span: Span
    cuts: tuple[Cut, ...]
    raw: tuple[int, ...]
    read: tuple[int, ...]

    def to_read(self, place: int) -> int:
        """Return where ``place`` of the text is in the reading; one within a cut is at the end of what replaces it."""
        if not self.cuts:
            return min(max(place - self.span.start, 0), len(self.text))
        piece = bisect_right(self.raw, place) - 1
        if piece < 0:
            return 0
        end = self.read[piece + 1] - len(self.cuts[piece].text) if piece < len(self.cuts) else len(self.text)
        found = self.read[piece] + place - self.raw[piece]
        if found <= end:
            return max(found, 0)
        return end if piece < len(self.cuts) and place <= self.cuts[piece].start else self.read[piece + 1]

    def to_raw(self, start: int, end: int) -> Span:
        """Return the span of the text that ``start`` to ``end`` (not empty) of the reading came from."""
        if not self.cuts:
            return Span(self.span.start + start, self.span.start + end)
        return Span(self._raw_start(start), self._raw_end(end))

    def of(self, span: Span) -> str:
        """Return what ``span`` of the text, which begins and ends in no cut, reads."""
        return self.text[self.to_read(span.start) : self.to_read(span.end)]

    def _raw_start(self, place: int) -> int:
        """Return where the character at ``place`` begins: one that replaces something, where that begins."""
        piece = bisect_right(self.read, place) - 1
        if piece < len(self.cuts) and place >= self.read[piece + 1] - len(self.cuts[piece].text):
            return self.cuts[piece].start
        if place < self.read[piece]:
            return self.cuts[piece - 1].start
        return self.raw[piece] + place - self.read[piece]

    def _raw_end(self, place: int) -> int:
        """Return where the character before ``place`` ends."""
        piece = bisect_right(self.read, place - 1) - 1
        if piece < len(self.cuts) and place - 1 >= self.read[piece + 1] - len(self.cuts[piece].text):
            return self.cuts[piece].end
        return self.raw[piece] + place - self.read[piece]


def read_span(text: str, span: Span, cuts: Sequence[Cut]) -> Reading:
    """Return the reading of ``text``, which stands at ``span`` of a document; ``cuts`` count in the document."""
    if not cuts:
        return Reading(text, span, (), (span.start,), (0,))
    pieces: list[str] = []
    raw, read = [span.start], [0]
    length, place = 0, span.start
    for cut in cuts:
        piece = text[place - span.start : cut.start - span.start]
        pieces += piece, cut.text
        length += len(piece) + len(cut.text)
        place = cut.end
        raw.append(place)
        read.append(length)
    pieces.append(text[place - span.start :])
    return Reading("".join(pieces), span, tuple(cuts), tuple(raw), tuple(read))


def cuts_within(span: Span, cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    """Return those of ``cuts``, which are in order, that lie wholly in ``span``."""
    first = bisect_left(cuts, span.start, key=lambda cut: cut.start)
    last = bisect_right(cuts, span.end, key=lambda cut: cut.end)
    return tuple(cuts[first:last])


def in_order(cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """Return ``cuts`` in order of place without those that lie in, or begin in, an earlier one."""
    kept: list[Cut] = []
    for cut in sorted(cuts, key=lambda item: (item.start, -item.end)):
        if not kept or cut.start >= kept[-1].end:
            kept.append(cut)
    return tuple(kept)
