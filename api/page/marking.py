"""Text cut into marked and unmarked runs by offsets, so that no template or browser ever searches for words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.model import Cut, Span

# Characters that change how others are shown, or show nothing: they are made visible.
_HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to mark: the number of its citation (0: none), and its anchor (empty: marked more weakly)."""

    span: Span
    number: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text without a change of marking; ``term`` is true for a word that the question asked for."""

    text: str
    term: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces under one mark, or under none; ``starts`` is true where the mark begins, for its anchor."""

    pieces: tuple[Piece, ...]
    mark: Mark | None
    starts: bool = False


def visible(text: str) -> str:
    """Return ``text`` with hidden and direction-changing characters shown by their code points."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def runs(text: str, span: Span, marks: Sequence[Mark], terms: Sequence[Span], joins: Sequence[Cut] = ()) -> list[Run]:
    """Return ``text[span]`` in runs; ``marks`` and ``terms`` are in ``text`` as well, and of two marks the first wins.

    ``joins`` are what its reading leaves out or has other words for; those that lie in ``span`` are read so.
    """
    cuts = {span.start, span.end}
    read = {(cut.start, cut.end): cut.text for cut in joins if span.start <= cut.start and cut.end <= span.end}
    cuts |= {place for cut in read for place in cut}
    for item in (*(mark.span for mark in marks), *terms):
        within = (place for place in (item.start, item.end) if span.start < place < span.end)
        cuts |= {place for place in within if not any(start < place < end for start, end in read)}
    made: list[Run] = []
    pieces: list[Piece] = []
    under: Mark | None = None
    begun = span.start
    for start, end in pairwise(sorted(cuts)):
        mark = next((mark for mark in marks if mark.span.contains(Span(start, end))), None)
        if mark is not under and pieces:
            made.append(Run(tuple(pieces), under, under is not None and under.span.start == begun))
            pieces = []
        if not pieces:
            under, begun = mark, start
        words = read.get((start, end), text[start:end])
        pieces.append(Piece(visible(words), any(term.contains(Span(start, end)) for term in terms)))
    if pieces:
        made.append(Run(tuple(pieces), under, under is not None and under.span.start == begun))
    return made
