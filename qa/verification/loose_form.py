"""A text without what quoting may change unharmed: width, script, case, blanks and punctuation."""

import re
import unicodedata
from dataclasses import dataclass

from corpus.model import Span
from qa.statements.signs import APART, MINUS, normalise_signs

# Marks that carry a value or a relation; others of their kind are dropped.
_KEPT = frozenset("%‰+<>=≠≤≥≮≯≪≫±×÷°℃~≈≡∝∞√$€¥£↑↓→←↔↕↖↗↘↙⇐⇑⇒⇓⇔⇌" + APART + MINUS)
_AS = str.maketrans("∶⁄∕", "://")
# Marks that join two numbers (5 - 10, 1:2), decimal points, powers.
_JOINT = re.compile(r"(?<=[\d%‰])\s*(?P<mark>[-/:])\s*(?=\d)|(?P<point>(?<=\d)\.(?=\d)|(?<![\w.])\.(?=\d))|\^(?=[-−+]?\d)")
_THOUSANDS = re.compile(r"(?<![a-z\d.])\d{1,3}(?:[,' ]\d{3})+(?!\d)")
_ROMAN = re.compile(r"(?<![a-z\d])[ivx]+(?![a-z\d])")


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
    """Return the loose form of ``text``: letters, digits, and the marks that change what they say.

    Numbers that what was dropped kept apart stay apart: Ⅰ/Ⅱ isn't Ⅲ there, nor 1、2 12; 1,200 is 1200.
    """
    form = normalise_signs(text)
    written = form.text.translate(_AS)
    joints = {match.start(match.lastgroup or 0) for match in _JOINT.finditer(written)}
    joined = {place for match in _THOUSANDS.finditer(written) for place in range(*match.span())}
    romans = {edge for match in _ROMAN.finditer(written) for edge in (match.start(), match.end() - 1)}
    pieces: list[str] = []
    places: list[int] = []
    for place, character in enumerate(written):
        if not (character.isalnum() or character in _KEPT or place in joints or _is_accent(character)):
            continue
        if places and place - places[-1] > 1 and place not in joined and _runs_on(written, places[-1], place, romans):
            pieces.append(APART)
            places.append(places[-1] + 1)
        pieces.append(character)
        places.append(place)
    starts, ends = (tuple(ends[place] for place in places) for ends in (form.starts, form.ends))
    return LooseForm("".join(pieces), starts, ends)


def _runs_on(text: str, before: int, place: int, romans: set[int]) -> bool:
    """Tell whether what stands at ``before`` and ``place``, with nothing kept between, would read as one number.

    ``romans`` are the edges of what may be a Roman numeral.
    """
    if before in romans and place in romans:
        return text[place - 1] != "."  # i.v. is written iv too
    return text[before].isdecimal() and text[place].isdecimal()


def _is_accent(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
