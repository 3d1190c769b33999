"""Text cut into marked and unmarked pieces by offsets, so that no template or browser ever searches for words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.model import Span

# Characters that change how others are shown, or show nothing: they are made visible.
_HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one kind of marking; ``starts`` is true where a piece of evidence begins."""

    text: str
    evidence: bool
    term: bool
    starts: bool = False


def visible(text: str) -> str:
    """Return ``text`` with hidden and direction-changing characters shown by their code points."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def pieces(text: str, span: Span, evidence: Iterable[Span], terms: Sequence[Span]) -> list[Piece]:
    """Return ``text[span]`` in pieces; ``evidence`` and ``terms`` are spans of ``text`` as well."""
    marked = [item for item in evidence if item.start < span.end and span.start < item.end]
    cuts = {span.start, span.end}
    for item in (*marked, *terms):
        cuts |= {place for place in (item.start, item.end) if span.start < place < span.end}
    places = sorted(cuts)
    made = []
    for start, end in pairwise(places):
        made.append(
            Piece(
                visible(text[start:end]),
                any(item.start <= start and end <= item.end for item in marked),
                any(item.start <= start and end <= item.end for item in terms),
                any(item.start == start for item in marked),
            )
        )
    return made
