"""Arrows that say of a named thing that it goes up or down: IL-10↑, ↓ TNF-α."""

import re
from collections.abc import Iterable

from corpus.model import Span
from qa.statements import Direction, ReadClause, Statement

_UP = "↑⇑↗"
ARROW = re.compile(f"[{_UP}]+|[↓⇓↘]+")
_AFTER_NAME = re.compile(r"[\s)）】\]]*")
_BEFORE_NAME = re.compile(r"[\s(（【\[]*")


def directions_said(statement: Statement, clause: ReadClause) -> frozenset[tuple[str, Direction]]:
    """Return what ``clause`` of ``statement`` says goes up or down, in words or by arrows."""
    text, place = statement.text, clause.clause.span
    arrows = list(ARROW.finditer(text, place.start, place.end))
    if not arrows:
        return clause.directions
    things = [*((name.key, name.span) for name in statement.names), *statement.places]
    found = set(clause.directions)
    # Where the first arrow follows a name, all are taken to.
    follows = _beside(arrows[0], things, text, before=True) is not None
    for arrow in arrows:
        key = _beside(arrow, things, text, before=follows) or _beside(arrow, things, text, before=not follows)
        if key:
            found.add((key, "up" if arrow[0][0] in _UP else "down"))
    return frozenset(found)


def _beside(arrow: re.Match[str], things: Iterable[tuple[str, Span]], text: str, *, before: bool) -> str | None:
    """Return the key of the longest of ``things`` that stands right before the arrow, or right after it."""
    start, end = arrow.span()
    near = [
        (len(span), key)
        for key, span in things
        if (span.end <= start and _AFTER_NAME.fullmatch(text, span.end, start) if before
            else span.start >= end and _BEFORE_NAME.fullmatch(text, end, span.start))
    ]  # fmt: skip
    return max(near)[1] if near else None
