"""A text without what quoting may change unharmed: width, script, case, blanks and punctuation."""

import unicodedata
from dataclasses import dataclass

from corpus.matching import normalise
from corpus.model import Span

# Marks that carry a value or a relation; others of their kind are dropped.
_KEPT = frozenset("%‰+<>=≤≥±×÷°℃~≈$€¥£")
_WITHIN_NUMBERS = frozenset(".-/:")


@dataclass(frozen=True, slots=True)
class LooseForm:
    """The form's ``text``; its i-th character came from ``starts[i]`` to ``ends[i]`` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """Return where ``text[start:end]`` came from; an empty piece gives the empty span between its neighbours."""
        if start < end:
            return Span(self.starts[start], self.ends[end - 1])
        place = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
        return Span(place, place)


def loosen(text: str) -> LooseForm:
    """Return the loose form of ``text``: letters, digits, and the marks that change what they say."""
    form = normalise(text)
    kept = [place for place in range(len(form.text)) if _is_kept(form.text, place)]
    return LooseForm(
        "".join(form.text[place] for place in kept),
        tuple(form.starts[place] for place in kept),
        tuple(form.ends[place] for place in kept),
    )


def _is_kept(text: str, place: int) -> bool:
    character = text[place]
    if character.isalnum() or character in _KEPT:
        return True
    if character in _WITHIN_NUMBERS:
        return 0 < place < len(text) - 1 and text[place - 1].isdecimal() and text[place + 1].isdecimal()
    return unicodedata.category(character).startswith("M")
