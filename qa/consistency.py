"""Does a claim say what its evidence says? Numbers, negations, named things and directions, compared across languages.

A claim that differs in any of these isn't supported, however near its wording or its vector is to the evidence: a dense
score can't tell 'three drugs' from 'four drugs' or 'causes' from 'doesn't cause'.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from corpus.model import Span
from corpus.term_base import TermBase
from qa.arrows import directions_said
from qa.names import Name, is_named, with_broader
from qa.negation import Polarity
from qa.quantities import Quantity, same_quantity
from qa.statements import Content, ReadClause, Statement

Kind = Literal["number", "negation", "name", "direction", "words"]

Glossary = Mapping[str, Mapping[str, float]]
_NO_GLOSSARY: Glossary = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """What the claim says (``found``) against what the evidence says (``expected``, empty where it says nothing of it).

    ``found_span`` indexes the claim, ``expected_span`` the evidence. ``contradicts`` is true where the evidence says
    something else, false where it merely doesn't say it.
    """

    kind: Kind
    expected: str
    found: str
    expected_span: Span | None
    found_span: Span | None
    contradicts: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What the surroundings of the evidence name (title, headings): it may supply a name that the sentence leaves out."""

    names: frozenset[str] = frozenset()
    numbers: tuple[Quantity, ...] = field(default=())


def context_of(surroundings: Statement) -> Context:
    """Return the context that headings and title, read as a statement, give."""
    return Context(surroundings.concepts | {name.key for name in surroundings.names}, surroundings.numbers)


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
        *_crossed_names(claim, evidence, terms),
        *_negation_differences(claim, evidence, terms, around, glossary),
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
    yield from _swapped_numbers(claim, evidence)


def _rival(number: Quantity, other: Quantity) -> bool:
    """Tell whether ``other`` stands where ``number`` might: of the same unit, and no less sure than it."""
    return number.unit == other.unit and (not other.weak or number.weak or number.value == other.value)


def _swapped_numbers(claim: Statement, evidence: Statement) -> Iterator[Difference]:
    """Yield numbers that are all there but count one another's things (400 trials and 190 uses)."""
    mine, theirs = _counted(claim), _counted(evidence)
    for concept in mine.keys() & theirs.keys():
        own, other = mine[concept], theirs[concept]
        if same_quantity(own, other) or own.unit != other.unit:
            continue
        if any(same_quantity(own, number) for name, number in theirs.items() if name != concept):
            yield Difference(
                "number", other.span.of(evidence.text), own.span.of(claim.text), other.span, own.span, contradicts=True
            )


def _counted(statement: Statement) -> dict[str, Quantity]:
    """Return what each strong number counts: the nearest thing right after it."""
    found: dict[str, Quantity] = {}
    for number in statement.numbers:
        if number.weak:
            continue
        after = [place for place in statement.places if 0 <= place[1].start - number.span.end <= _REACH]
        if after:
            found.setdefault(min(after, key=lambda place: (place[1].start, -len(place[1])))[0], number)
    return found


_REACH = 24  # characters between a number and what it counts


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
        if in_context and not (name.category == "diseases" and rivals):
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


def _crossed_names(claim: Statement, evidence: Statement, terms: TermBase) -> Iterator[Difference]:
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


def _negation_differences(
    claim: Statement, evidence: Statement, terms: TermBase, around: Context, glossary: Glossary
) -> Iterator[Difference]:
    """Yield clauses of the claim that deny what the evidence affirms, or affirm what it denies."""
    for clause in claim.clauses:
        denied = clause.clause.mark is not None
        if denied and _denied_alike(clause, evidence, glossary):
            continue
        met = _counterparts(clause.covered if denied else clause.content, evidence, terms, around, glossary)
        met = met or _counterparts(clause.content, evidence, terms, around, glossary)
        against = _denied_outright(clause, evidence) if not denied else None
        if against:
            met = [against]
        if not met or any(_agree(clause.clause.polarity, other.clause.polarity) for other in met):
            continue
        other = met[0]
        if denied:
            about_same = _shared(clause.covered, other.content, glossary) > 0
        else:
            about_same = other is against or _shared(clause.content, other.covered, glossary) > 0
            if not about_same:
                continue  # what the evidence denies there isn't what the claim speaks of
        mine, theirs = clause.clause.mark, other.clause.mark
        yield Difference(
            "negation",
            theirs.of(evidence.text) if theirs else "",
            mine.of(claim.text) if mine else "",
            theirs or other.clause.span,
            mine or clause.clause.span,
            about_same,
        )


def _denied_outright(clause: ReadClause, evidence: Statement) -> ReadClause | None:
    """Return a clause that alone speaks of something that ``clause`` affirms, and denies it (…，而且效果都不理想).

    Where a later clause affirms what the claim speaks of too, the denial is of something else (不取决于…，而来自…). Of
    several sentences, only those count that affirm something that the claim speaks of.
    """
    said = clause.content.concepts
    for line in _lines(evidence):
        affirming = [item.content.concepts if item.clause.polarity == "affirms" else frozenset() for item in line]
        elsewhere = len(line) < len(evidence.clauses) and not any(said & concepts for concepts in affirming)
        for number, other in enumerate(line):
            if other.clause.polarity == "denies" and not elsewhere:
                alone = (said & other.content.concepts).difference(*affirming)
                if alone and not any(said & concepts for concepts in affirming[number + 1 :]):
                    return other
    return None


def _lines(evidence: Statement) -> list[list[ReadClause]]:
    """Return the clauses of each line of the evidence: of each sentence, where it is made of two."""
    lines: dict[int, list[ReadClause]] = {}
    for clause in evidence.clauses:
        lines.setdefault(evidence.text.count("\n", 0, clause.clause.span.start), []).append(clause)
    return list(lines.values())


def _agree(claimed: Polarity, found: Polarity) -> bool:
    """A denial supports a claim that plays down; nothing else supports another polarity."""
    return claimed == found or (claimed == "plays down" and found == "denies")


def _denied_alike(clause: ReadClause, evidence: Statement, glossary: Glossary) -> bool:
    """Tell whether what the evidence denies, and affirms nowhere, is in the denying ``clause`` too.

    Not where the clause's denial covers a concept that only affirming clauses have, unless the denial opens it: 'none of the
    approved drugs works' denies no approval.
    """
    affirming = [item.content for item in evidence.clauses if item.clause.polarity == "affirms"]
    denying = [item for item in evidence.clauses if item.clause.polarity != "affirms"]
    denied = [
        _common(clause.content, item.content, glossary)
        for item in denying
        if _agree(clause.clause.polarity, item.clause.polarity)
    ]
    affirmed = [_common(clause.content, content, glossary) for content in affirming]
    if not frozenset().union(*denied).difference(*affirmed):
        return False
    opens = clause.clause.mark is not None and clause.clause.mark.start == clause.clause.span.start
    only_affirmed = frozenset().union(*(content.concepts for content in affirming))
    only_affirmed = only_affirmed.difference(*(item.content.concepts for item in denying))
    return opens or not clause.covered.concepts & only_affirmed


def _common(one: Content, other: Content, glossary: Glossary) -> frozenset[str]:
    """Return the concepts and words of ``other`` that ``one`` has too, itself or by translation."""
    translated = {word for own in one.words for word in glossary.get(own, {})}
    return frozenset(one.concepts & other.concepts | (one.words | translated) & other.words)


def _counterparts(
    content: Content, evidence: Statement, terms: TermBase, around: Context, glossary: Glossary
) -> list[ReadClause]:
    """Return the clauses of the evidence that share most with ``content``, none where all share nothing.

    What title and headings name, all sentences are about: it tells little which clause is meant.
    """
    wider = _broader(content, terms)
    scores = [_shared(wider, _broader(other.content, terms), glossary, around.names) for other in evidence.clauses]
    best = max(scores, default=0.0)
    return [other for other, score in zip(evidence.clauses, scores, strict=True) if score == best] if best > 0 else []


_COMMON = 0.25  # what a concept counts that title or headings name


def _broader(content: Content, terms: TermBase) -> Content:
    return replace(content, concepts=with_broader(content.concepts, terms))


def _shared(one: Content, other: Content, glossary: Glossary, common: Collection[str] = frozenset()) -> float:
    """Return how much ``one`` and ``other`` are about the same, 0 where they share nothing; ``common`` ones count less."""
    concepts, words, pairs = one.concepts & other.concepts, one.words & other.words, one.pairs & other.pairs
    translated = sum(1 for word in one.words if glossary.get(word, {}).keys() & other.words)
    weight = sum(_COMMON if concept in common else 2.0 for concept in concepts)
    return weight + len(words) + translated + 0.5 * len(pairs)


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
