"""A text without what quoting may change unharmed: width, script, case, blanks and punctuation."""

import unicodedata
from dataclasses import dataclass

from corpus.matching import normalise
from corpus.model import Span

# Marks that carry a value or a relation; others of their kind are dropped.
_KEPT = frozenset("%‰+<>=≠≤≥±×÷°℃~≈$€¥£↑↓→←↔⇒⇐↗↘")
_WITHIN_NUMBERS = frozenset(".-/:∶^")
_BEFORE_NUMBERS = frozenset(".-")
_MINUS = "−"
_POWER = "^"  # before raised digits: 10⁶ is no 106


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
    pieces: list[str] = []
    places: list[int] = []
    for place, character in enumerate(form.text):
        if not _is_kept(form.text, place, minus=text[form.starts[place]] == _MINUS):
            continue
        if _begins_power(text, form.starts[place]):
            pieces.append(_POWER)
            places.append(place)
        pieces.append(":" if character == "∶" else character)
        places.append(place)
    starts, ends = (tuple(ends[place] for place in places) for ends in (form.starts, form.ends))
    return LooseForm("".join(pieces), starts, ends)


def _begins_power(text: str, place: int) -> bool:
    """Tell whether a raised digit or sign stands at ``place`` right after a digit of the line."""
    return place > 0 and text[place - 1].isdecimal() and unicodedata.decomposition(text[place]).startswith("<super>")


def _is_kept(text: str, place: int, *, minus: bool) -> bool:
    character = text[place]
    if character.isalnum() or character in _KEPT:
        return True
    if character in _WITHIN_NUMBERS:
        before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
        if not after.isdecimal():
            return False
        return before.isdecimal() or (character in _BEFORE_NUMBERS and not _joins(before, minus=minus))
    return unicodedata.category(character).startswith("M")


def _joins(before: str, *, minus: bool) -> bool:
    """Tell whether a hyphen or dot between ``before`` and a digit joins or ends rather than being a sign: IL-10, ——12.

    After a Chinese character only a true ``minus`` is a sign: 白介素-10 has a hyphen.
    """
    return before in ("-", ")", ".") or (before.isalnum() and (before.isascii() or not minus))
