"""Who does it to whom, what is set against what, and what comes first: the order of what a claim names."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from corpus.matching import HAN, Normalised, normalise
from corpus.model import Span
from qa.statements.reader import Statement
from qa.statements.rules import read_patterns
from qa.verification.pieces.findings import Finding
from qa.verification.pieces.meeting import Meeting

_THAN, _ACTS, _SEQUENCE, _PASSIVE = read_patterns(
    Path(__file__).parents[2] / "statements" / "roles.toml", "than", "acts", "sequence", "passive"
)
_HAN_ANY = re.compile(f"[{HAN}]")
_MANY = 4  # names from which an English claim pairs them off, as the evidence must
_MEMBER = re.compile("之一|属于|成员|一个方面|的一种|的一类")
# What a thing is set against: the side of a comparison that 比, 'than' and their like name.
_STANDARD = re.compile(
    r"(?:相比于?|相较于?|较之|比起)(?P<one>[^，,。；]+)|(?:与|和|跟|同)(?P<two>[^，,。；]+?)(?:相比|比较|相较)"
    r"|(?<![相对])比(?![例如值重率较起])(?P<three>[^，。；]+?)(?=更|较|的|还|要|高|低|多|少|强|弱|好|差|快|慢|大|小|，|$)"
    r"|(?:优于|劣于|好于|差于|高于|低于|大于|小于|多于|少于|强于|弱于|不如|不及|胜过|超过|逊于|次于)(?P<four>[^，。；]+)"
    r"|\b(?:than|compared (?:with|to)|versus|vs|superior to|inferior to|outperforms?)\b(?P<five>[^,.;]+)"
)


def role_findings(claim: Statement, evidence: Statement, met: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield what the evidence has the other way round."""
    mine, theirs = normalise(claim.text), normalise(evidence.text)
    placed = [item for item in met if item.places and item.how not in ("missing", "context")]
    yield from _compared(mine, theirs, evidence, placed)
    yield from _acting(mine, theirs, placed)
    if _SEQUENCE.search(mine.text):
        yield from _in_sequence(mine, theirs, placed)
    elif len(claim.names) >= _MANY or _HAN_ANY.search(mine.text):
        yield from _in_order(claim, mine, theirs, placed)


def _compared(mine: Normalised, theirs: Normalised, evidence: Statement, placed: Sequence[Meeting]) -> Iterator[Finding]:
    match = _THAN.search(mine.text)
    if not match:
        return
    span = mine.original(*match.span())
    if not _THAN.search(theirs.text):
        if not any(mark.scale == "likeness" for mark in evidence.marks):
            yield Finding("missing", span, None)
        return
    own, other = _standards(mine), _standards(theirs)
    if not own or not other:
        return
    against = [item for item in placed if any(place.overlaps(item.unit.span) for place in own)]
    rest = [item for item in placed if item not in against and item.unit.sort != "number"]
    kept = [item for item in against if any(place.overlaps(item.places[0]) for place in other)]
    crossed = [item for item in rest if any(place.overlaps(item.places[0]) for place in other)]
    if against and not kept and crossed:
        yield Finding("reversed", span, crossed[0].places[0], contradicts=True)


def _standards(form: Normalised) -> list[Span]:
    found = []
    for match in _STANDARD.finditer(form.text):
        start, end = next(match.span(name) for name in match.groupdict() if match[name] is not None)
        found.append(form.original(start, end))
    return found


def _acting(mine: Normalised, theirs: Normalised, placed: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield pairs on the wrong sides of what one does to the other, where neither or both say it in the passive."""
    if _MEMBER.search(mine.text):
        return  # that one belongs to another is nothing that it does
    acts = [mine.original(*match.span()) for match in _ACTS.finditer(mine.text)]
    for act in placed:
        scales = {mark.scale for mark in act.unit.marks}
        if "ligand" in scales or not (scales & _DOING or any(span.overlaps(act.unit.span) for span in acts)):
            continue
        beside = [item for item in placed if item.unit.clause == act.unit.clause and item is not act]
        before = [item for item in beside if item.unit.span.end <= act.unit.span.start][-3:]
        after = [item for item in beside if item.unit.span.start >= act.unit.span.end][:3]
        if not before or not after:
            continue
        place = act.places[0]
        sides = [[_side(item, place) for item in group] for group in (before, after)]
        span = Span(before[-1].unit.span.start, after[0].unit.span.end)
        spots = [item.places[0] for item in (before[-1], act, after[0])]
        whole = Span(min(spot.start for spot in spots), max(spot.end for spot in spots))
        if _passive(mine, span) != _passive(theirs, whole):
            continue
        if min(sides[0]) > 0 > max(sides[1]):
            yield Finding("reversed", span, whole, contradicts=True)
            return
        names = [item for item in before if item.unit.sort != "word"][-1:] + [
            item for item in after if item.unit.sort != "word"
        ][:1]
        if len(names) == 2 and (_side(names[0], place) > 0 or _before(names[1], names[0])):
            yield Finding("reversed", span, whole)
            return


_DOING = frozenset({"direction", "state", "change", "cure"})


def _side(item: Meeting, place: Span) -> int:
    """Return on which side of ``place`` the nearest place of ``item`` is: -1 before it, 1 after it."""
    nearest = min(item.places, key=lambda spot: max(spot.start - place.end, place.start - spot.end))
    return 1 if nearest.start >= place.end else -1 if nearest.end <= place.start else 0


def _passive(form: Normalised, span: Span) -> bool:
    inside = "".join(
        character for character, start in zip(form.text, form.starts, strict=True) if span.start <= start < span.end
    )
    return bool(_PASSIVE.search(inside))


def _in_sequence(mine: Normalised, theirs: Normalised, placed: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield what comes in another order, where the claim tells what comes first."""
    things = [item for item in placed if not _SEQUENCE.search(_written(mine, item.unit.span))]
    told = bool(_SEQUENCE.search(theirs.text))
    back = re.search(r"\bafter\b|之后|以后", mine.text)
    inverted = [pair for pair in combinations(things, 2) if pair[1].places[0].end <= pair[0].places[0].start]
    ordered = [pair for pair in combinations(things, 2) if pair[0].places[0].end <= pair[1].places[0].start]
    if not told and not any(_SEQUENCE.search(_written(mine, item.unit.span)) for item in placed):
        yield from (Finding("missing", mine.original(*match.span()), None) for match in _SEQUENCE.finditer(mine.text))
    if inverted and len(inverted) >= len(ordered) and not back:
        first, second = inverted[0]
        span = Span(first.unit.span.start, second.unit.span.end)
        yield Finding("reversed", span, second.places[0], contradicts=told)
    elif inverted and not back and _HAN_ANY.search(mine.text):
        first, second = inverted[0]
        yield Finding("reversed", Span(first.unit.span.start, second.unit.span.end), second.places[0])


def _in_order(claim: Statement, mine: Normalised, theirs: Normalised, placed: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield things that a Chinese text names in another order: who knows what it says of which."""
    names = {name.span for name in claim.names} | {number.span for number in claim.numbers}
    every = bool(_HAN_ANY.search(mine.text))
    things = [
        item for item in placed if item.unit.span in names or (every and len(item.unit.span) > 1 and not item.unit.marks)
    ]
    if _MEMBER.search(mine.text):
        return
    if _PASSIVE.search(mine.text) or _PASSIVE.search(theirs.text):
        return
    for first, second in combinations(things, 2):
        if second.places[0].end <= first.places[0].start and first.unit.key != second.unit.key:
            named = first.unit.span in names and second.unit.span in names
            span = Span(first.unit.span.start, second.unit.span.end)
            yield Finding("reversed" if named else "elsewhere", span, second.places[0])
            return


def _written(form: Normalised, span: Span) -> str:
    return "".join(
        character for character, start in zip(form.text, form.starts, strict=True) if span.start <= start < span.end
    )


def _before(first: Meeting, second: Meeting) -> bool:
    """Tell whether all places of ``first`` stand before those of ``second``."""
    return max(place.end for place in first.places) <= min(place.start for place in second.places)
