"""Whether what the claim says of a thing is said of it in the evidence, and not of another that this has turned to."""

import re
from collections.abc import Iterator, Sequence

from corpus.model import Span
from corpus.term_base import TermBase
from qa.statements.names import Name, is_named, with_broader
from qa.statements.reader import Statement
from qa.verification.pieces.findings import Finding
from qa.verification.pieces.meeting import Meeting

_LISTED = re.compile(r"[\s、,，/()（）和与及或以\-·]*(?:and|or)?\s*")
# What may stand before the thing that a clause is about.
_OPENING = re.compile(r"[\s\W]*(?:而|但|则|另一种是|另|相反|其中|此外|而且|然而|while|whereas|but|and|the)?[\s\W]*.{0,3}")


def binding_findings(claim: Statement, evidence: Statement, met: Sequence[Meeting], terms: TermBase) -> Iterator[Finding]:
    """Yield things of the claim after which the evidence begins to speak of another, before it says what the claim says."""
    claimed = with_broader([*(name.key for name in claim.names), *claim.concepts], terms)
    opening = [
        name
        for clause in evidence.clauses
        for name in _opening(evidence, clause.clause.span)
        if name.key not in claimed and not is_named(name.key, claimed, terms)
    ]
    placed = [item for item in met if item.places and item.how not in ("missing", "context")]
    things = {name.span for name in claim.names}
    things |= {
        min((item.unit.span for item in placed if item.unit.clause == number), default=Span(0, 0))
        for number in range(len(claim.clauses))
    }
    for item in placed:
        if item.unit.span not in things:
            continue
        said = [other for other in placed if other is not item and other.unit.clause == item.unit.clause]
        for other in said:
            if other.unit.span.start < item.unit.span.start:
                continue
            own, place = item.places[0], other.places[0]
            found = [
                rival
                for rival in opening
                if own.end <= rival.span.start and rival.span.end <= place.start and not _is_listed(rival, own, evidence)
            ]
            if found:
                yield Finding("elsewhere", item.unit.span, found[0].span)
                break
    yield from _interleaved(placed)


def _opening(evidence: Statement, clause: Span) -> list[Name]:
    """Return the name that a clause begins with, if it does."""
    inside = [name for name in evidence.names if clause.contains(name.span)]
    first = min(inside, key=lambda name: name.span.start, default=None)
    return [first] if first and _OPENING.fullmatch(evidence.text, clause.start, first.span.start) else []


def _is_listed(rival: Name, own: Span, evidence: Statement) -> bool:
    """Tell whether nothing but names and marks of a list stands between ``own`` and ``rival``, which follows it."""
    place = own.end
    names = sorted(name.span for name in evidence.names if own.end <= name.span.start and name.span.end <= rival.span.start)
    for name in (*names, rival.span):
        if not _LISTED.fullmatch(evidence.text, place, name.start):
            return False
        place = max(place, name.end)
    return True


def _interleaved(placed: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield clauses of the claim whose things lie one within the other in the evidence: AM281 … and AM1241 …, crossed."""
    blocks: dict[int, list[Meeting]] = {}
    keys = [key for key, _ in {(item.unit.key, item.unit.clause) for item in placed}]
    for item in placed:
        if keys.count(item.unit.key) > 1:
            continue  # what two clauses share tells neither from the other
        blocks.setdefault(item.unit.clause, []).append(item)
    ranges = [
        (min(item.places[0].start for item in block), max(item.places[0].end for item in block), block)
        for _, block in sorted(blocks.items())
        if len(block) > 1
    ]
    for number, (start, end, _block) in enumerate(ranges):
        for other_start, other_end, other in ranges[number + 1 :]:
            if start < other_end and other_start < end:
                yield Finding("elsewhere", other[0].unit.span, other[0].places[0])
                return
