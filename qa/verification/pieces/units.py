"""What a claim says, in pieces that each must be found in the evidence: numbers, names, terms and other words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.model import Span
from qa.statements.marks import SENSE, Mark
from qa.statements.reader import Statement

Sort = Literal["number", "name", "term", "word"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a text: the concept, name or word at ``span`` under its ``key``, with the marks that lie in it.

    ``clause`` is the number of its clause.
    """

    span: Span
    key: str
    sort: Sort
    marks: tuple[Mark, ...]
    clause: int


def read_units(statement: Statement) -> tuple[Unit, ...]:
    """Return the units of a statement in order; none overlaps another."""
    taken: list[Span] = []
    found: list[tuple[Span, str, Sort]] = []

    def add(span: Span, key: str, sort: Sort) -> None:
        if not any(span.overlaps(other) for other in taken):
            taken.append(span)
            found.append((span, key, sort))

    for number in statement.numbers:
        if not number.weak:
            add(number.span, number.span.of(statement.text), "number")
    for key, span in sorted(statement.places, key=lambda place: -len(place[1])):
        add(span, key, "term")
    for name in statement.names:
        written = name.span.of(statement.text)
        plain = is_plain(written, name.span.start == 0)
        add(name.span, name.key, "word" if plain else "name")
    for word, span in sorted(statement.tokens, key=lambda token: -len(token[1])):
        add(span, word, "word")
    for mark in sorted((mark for mark in statement.marks if mark.scale != SENSE), key=lambda item: -len(item.span)):
        add(mark.span, mark.span.of(statement.text), "word")
    return tuple(
        Unit(span, key, sort, _within(statement.marks, span), _clause_of(statement, span))
        for span, key, sort in sorted(found)
    )


def is_plain(written: str, begins: bool) -> bool:
    """Tell whether a Latin name is but a word that no dictionary has: small letters, or a capital where a claim begins."""
    return (
        written.isascii()
        and written.isalpha()
        and (written.islower() or (begins and len(written) > 6 and written[1:].islower()))
    )


def _within(marks: Sequence[Mark], span: Span) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if mark.span.overlaps(span))


def _clause_of(statement: Statement, span: Span) -> int:
    for number, clause in enumerate(statement.clauses):
        if clause.clause.span.overlaps(span):
            return number
    return 0
