"""Words of a text that stand on a scale: at one of its two ends (rises, falls), or at a rank of it (may, shows, proves)."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.matching import Normalised
from corpus.model import Span
from qa.statements.rules import read_rules

SENSE = "sense"  # the scale of words that only mean the same
_RANKED = re.compile(r"(?P<scale>[a-z]+)_(?P<rank>\d)_[a-z]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at ``span`` that stands at ``end`` of ``scale``; ``rank`` is 0 where a scale has but two ends."""

    scale: str
    end: str
    rank: int
    span: Span

    @property
    def place(self) -> tuple[str, str]:
        """The scale and the end of it."""
        return self.scale, self.end


@dataclass(frozen=True, slots=True)
class _Scale:
    """One end or rank of a scale, and the words that stand there."""

    name: str
    end: str
    rank: int
    words: re.Pattern[str]


def read_marks(form: Normalised) -> tuple[Mark, ...]:
    """Return the marks of a text, given as its normal form, in order; those that lie within a longer one are none."""
    found: dict[str, list[Mark]] = {}
    for scale in _scales():
        marks = found.setdefault(scale.name, [])
        for match in scale.words.finditer(form.text):
            marks.append(Mark(scale.name, scale.end, scale.rank, form.original(*match.span())))
    every = [mark for scale, marks in found.items() if scale != SENSE for mark in marks]
    kept = []
    for marks in found.values():
        for mark in marks:
            rivals = marks if mark.scale == SENSE else every
            longer = [
                other
                for other in rivals
                if len(other.span) > len(mark.span)
                and (other.span.contains(mark.span) or (other.scale == mark.scale and other.span.overlaps(mark.span)))
            ]
            if not longer:
                kept.append(mark)
    return tuple(sorted(kept, key=lambda mark: (mark.span, mark.scale, mark.end)))


@cache
def _scales() -> tuple[_Scale, ...]:
    made = []
    for name in ("poles.toml", "grades.toml", "senses.toml"):
        tables: dict[str, list[str]] = {}
        for rule in read_rules(Path(__file__).with_name(name)):
            tables.setdefault(rule.table, []).append(rule.pattern)
        for table, patterns in tables.items():
            ranked = _RANKED.fullmatch(table)
            scale, end = (ranked["scale"], table) if ranked else (SENSE, table)
            if name == "poles.toml":
                scale, end = table.split("_", 1)
            made.append(_Scale(scale, end, int(ranked["rank"]) if ranked else 0, re.compile("|".join(patterns))))
    return tuple(made)
