"""Does a claim say what its evidence says? Numbers, negations, named things and directions, compared across languages.

A claim that differs in any of these isn't supported, however near its wording or its vector is to the evidence: a dense
score can't tell 'three drugs' from 'four drugs' or 'causes' from 'doesn't cause'.
"""

import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from corpus.categories import DISEASES
from corpus.term_base import TermBase
from qa.statements.names import Name, is_named, with_broader
from qa.statements.quantities import Quantity, same_quantity
from qa.statements.reader import ReadClause, Statement, directions_said
from qa.verification.denial import negation_differences
from qa.verification.difference import Context, Difference, Glossary

_NO_GLOSSARY: Glossary = {}


def context_of(surroundings: Statement) -> Context:
    """Return the context that headings and title, read as a statement, give."""
    return Context(
        surroundings.concepts | {name.key for name in surroundings.names}, surroundings.numbers, surroundings.words
    )


def check(
    claim: Statement,
    evidence: Statement,
    terms: TermBase,
    *,
    context: Context | None = None,
    glossary: Glossary = _NO_GLOSSARY,
) -> tuple[Difference, ...]:
    """Return every difference of number, name, negation and direction of ``claim`` against ``evidence``; none is consent.

    Both may be in either language. ``glossary`` translates English stems to Chinese words (a generation's own), so that
    clauses find each other across languages.
    """
    around = context or Context()
    return (
        *_number_differences(claim, evidence, around),
        *_name_differences(claim, evidence, terms, around, glossary),
        *crossed_names(claim, evidence, terms),
        *negation_differences(claim, evidence, terms, around, glossary),
        *_direction_differences(claim, evidence),
    )


def _number_differences(claim: Statement, evidence: Statement, around: Context) -> Iterator[Difference]:
    unmatched = [number for number in evidence.numbers if not any(same_quantity(own, number) for own in claim.numbers)]
    for number in claim.numbers:
        if any(same_quantity(number, other) for other in evidence.numbers):
            continue
        rivals = [other for other in unmatched if _rival(number, other)]
        if not rivals and (number.weak or any(same_quantity(number, other) for other in around.numbers)):
            continue
        rival = rivals[0] if rivals else None
        yield Difference(
            "number",
            rival.span.of(evidence.text) if rival else "",
            number.span.of(claim.text),
            rival.span if rival else None,
            number.span,
            rival is not None,
        )
    yield from swapped_numbers(claim, evidence)


def _rival(number: Quantity, other: Quantity) -> bool:
    """Tell whether ``other`` stands where ``number`` might: of the same dimension, and no less sure than it."""
    return number.dimension == other.dimension and (not other.weak or number.weak or number.value == other.value)


def swapped_numbers(claim: Statement, evidence: Statement) -> Iterator[Difference]:
    """Yield numbers that are all there but count one another's things (400 trials and 190 uses)."""
    mine, theirs = _counted(claim), _counted(evidence)
    for concept in mine.keys() & theirs.keys():
        own, other = mine[concept], theirs[concept]
        if same_quantity(own, other) or own.dimension != other.dimension:
            continue
        if any(same_quantity(own, number) for name, number in theirs.items() if name != concept):
            yield Difference(
                "number", other.span.of(evidence.text), own.span.of(claim.text), other.span, own.span, contradicts=True
            )


def _counted(statement: Statement) -> dict[str, Quantity]:
    """Return what each strong number counts: the nearest thing right after it, in its clause."""
    found: dict[str, Quantity] = {}
    for number in statement.numbers:
        if number.weak:
            continue
        end = _CLAUSE_END.search(statement.text, number.span.end)
        reach = min(number.span.end + _REACH, end.start() if end else len(statement.text))
        after = [place for place in statement.places if number.span.end <= place[1].start <= reach]
        if after:
            found.setdefault(min(after, key=lambda place: (place[1].start, -len(place[1])))[0], number)
    return found


_REACH = 24  # characters between a number and what it counts
_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")


def _name_differences(
    claim: Statement, evidence: Statement, terms: TermBase, around: Context, glossary: Glossary
) -> Iterator[Difference]:
    own = {name.key for name in evidence.names}
    present = with_broader(evidence.concepts | own, terms)
    claimed = with_broader((name.key for name in claim.names), terms)
    for name in claim.names:
        if is_named(name.key, present, terms) or (name.category == "latin" and _latin_known(name, evidence, glossary)):
            continue
        rivals = [
            other for other in evidence.names
            if other.category == name.category and other.key not in claimed and not is_named(other.key, claimed, terms)
        ]  # fmt: skip
        in_context = is_named(name.key, with_broader(around.names, terms), terms)
        # A sentence that names a disease is about that one, whatever its headings say.
        if in_context and not (name.category == DISEASES and rivals):
            continue
        rival = rivals[0] if rivals else None
        yield Difference(
            "name",
            rival.span.of(evidence.text) if rival else "",
            name.span.of(claim.text),
            rival.span if rival else None,
            name.span,
            rival is not None,
        )


def crossed_names(claim: Statement, evidence: Statement, terms: TermBase) -> Iterator[Difference]:
    """Yield names that go with another one in the evidence: DPSC with 脐带, where that has DPSC 牙髓 and hUC-MSC 脐带."""
    groups = [_group(evidence, clause, terms) for clause in evidence.clauses]
    for clause in claim.clauses:
        pair = {name.key: name for name in claim.names if clause.clause.span.contains(name.span)}
        claimed = pair.keys()
        holding = {key: [group for group in groups if is_named(key, group.wider, terms)] for key in pair}
        for first, second in itertools.permutations(pair.values(), 2):
            with_first, with_second = holding[first.key], holding[second.key]
            if not with_first or not with_second or any(group in with_second for group in with_first):
                continue
            rivals = [_rival_name(group, second, claimed) for group in with_first]
            owners = [_rival_name(group, first, claimed) for group in with_second]
            if all(rivals) and all(owners) and rivals[0]:
                rival = rivals[0]
                yield Difference(
                    "name",
                    rival.span.of(evidence.text),
                    second.span.of(claim.text),
                    rival.span,
                    second.span,
                    contradicts=True,
                )
                break


@dataclass(frozen=True, slots=True)
class _Group:
    """The names of one clause, and their keys with the broader ones."""

    names: tuple[Name, ...]
    wider: frozenset[str]


def _group(statement: Statement, clause: ReadClause, terms: TermBase) -> _Group:
    names = tuple(name for name in statement.names if clause.clause.span.contains(name.span))
    return _Group(names, with_broader((name.key for name in names), terms))


def _rival_name(group: _Group, name: Name, claimed: Collection[str]) -> Name | None:
    """Return another name of the same category that the claim doesn't give."""
    return next((item for item in group.names if item.category == name.category and item.key not in claimed), None)


def _latin_known(name: Name, evidence: Statement, glossary: Glossary) -> bool:
    return name.key in evidence.words or any(word in evidence.text for word in glossary.get(name.key, ()))


def _direction_differences(claim: Statement, evidence: Statement) -> Iterator[Difference]:
    """Yield things that go up in one and only down in the other."""
    said = [(clause.clause.span, directions_said(evidence, clause)) for clause in evidence.clauses]
    theirs: dict[str, set[str]] = {}
    for thing, direction in itertools.chain.from_iterable(directions for _, directions in said):
        theirs.setdefault(thing, set()).add(direction)
    for clause in claim.clauses:
        directions = directions_said(claim, clause)
        for thing in sorted({thing for thing, _ in directions} & theirs.keys()):
            mine = {direction for name, direction in directions if name == thing}
            if mine & theirs[thing]:
                continue
            expected = next(span for span, other in said if thing in {name for name, _ in other})
            found = clause.clause.span
            yield Difference(
                "direction", expected.of(evidence.text), found.of(claim.text), expected, found, contradicts=True
            )
