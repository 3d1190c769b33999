"""Clauses of a text and whether each affirms, plays down or denies what it says, in Chinese and English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.matching import normalise
from corpus.model import Span
from qa.statements.rules import read_patterns

Polarity = Literal["affirms", "plays down", "denies"]

# Where clauses end, what only looks like a denial, two denials that affirm, and the marks of each polarity.
_BREAK, _NO_NEGATION, _DOUBLE, _SOFTENED, _DENIAL, _PLAYING_DOWN = read_patterns(
    Path(__file__).with_name("negation.toml"), "break", "no_negation", "double", "softened", "denial", "playing_down"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text between marks, with its polarity and the word that decided it (None where it affirms)."""

    span: Span
    polarity: Polarity
    mark: Span | None


def read_clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of ``text`` in order; they hold everything but marks and blanks."""
    form = normalise(text)
    made = []
    for start, end in _cuts(form.text):
        polarity, mark = _polarity(form.text, start, end)
        made.append(Clause(form.original(start, end), polarity, form.original(*mark) if mark else None))
    return tuple(made)


def negation_marks(text: str) -> tuple[Span, ...]:
    """Return every word of ``text`` that denies or plays down, in order."""
    form = normalise(text)
    skipped = _skipped(form.text, 0, len(form.text))
    found = [
        form.original(*match.span())
        for pattern in (_DENIAL, _PLAYING_DOWN)
        for match in pattern.finditer(form.text)
        if not _within(match.start(), skipped)
    ]
    return tuple(sorted(found))


def denials(text: str) -> tuple[Span, ...]:
    """Return every word of ``text`` that denies, in order; those that only play down are none."""
    form = normalise(text)
    skipped = _skipped(form.text, 0, len(form.text))
    places = [match.span() for match in _DENIAL.finditer(form.text) if not _within(match.start(), skipped)]
    return tuple(form.original(*place) for place in places)


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in (*_BREAK.finditer(text), None):
        end = match.start() if match else len(text)
        piece = text[start:end]
        left, right = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if left < right:
            yield left, right
        start = match.end() if match else end


def _polarity(text: str, start: int, end: int) -> tuple[Polarity, tuple[int, int] | None]:
    """Return the polarity of ``text[start:end]``: two denials within one fixed phrase affirm."""
    skipped = _skipped(text, start, end)

    def first(pattern: re.Pattern[str]) -> tuple[int, int] | None:
        for match in pattern.finditer(text, start, end):
            if not _within(match.start(), skipped):
                return match.span()
        return None

    if mark := first(_SOFTENED):
        return "plays down", mark
    if mark := first(_DENIAL):
        return "denies", mark
    if mark := first(_PLAYING_DOWN):
        return "plays down", mark
    return "affirms", None


def _skipped(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for pattern in (_NO_NEGATION, _DOUBLE) for match in pattern.finditer(text, start, end)]


def _within(place: int, ranges: list[tuple[int, int]]) -> bool:
    return any(left <= place < right for left, right in ranges)
