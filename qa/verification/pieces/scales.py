"""Does the evidence stand at the same end of every scale as the claim, and at no lower rank? Rises, falls; may, proves."""

from collections.abc import Iterator, Sequence
from itertools import chain

from corpus.model import Span
from qa.statements.marks import SENSE, Mark
from qa.statements.reader import Statement
from qa.verification.pieces.denials import Denials
from qa.verification.pieces.findings import Finding, Relation
from qa.verification.pieces.meeting import Meeting

# A claim that says nothing of how sure it is says that it is so: as sure as 'shows', and 'suggests' is enough for it.
_PLAIN, _ENOUGH = 3, 2
_CERTAIN = 4
# Scales of which an evidence that stands lower keeps a claim from being supported, whether or not the claim has a word.
_FAR = 40  # characters between a mark and what it is said of, past which it is said of something else
_LEAVES_OUT = frozenset({("frequency", "seldom")})


def scale_findings(claim: Statement, evidence: Statement, met: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield marks of the claim that the evidence has at the other end, at a lower rank, or not at all."""
    ends = [mark for mark in claim.marks if not mark.rank and mark.scale != SENSE]
    mine, theirs = Denials(claim, evidence), Denials(evidence, claim)
    for span in sorted({mark.span for mark in ends}):
        own = [mark for mark in ends if mark.span == span]
        finding = _end(own, claim, evidence, met, mine, theirs)
        if finding:
            yield finding
    yield from _ranks(claim, evidence, met, mine)
    if not mine.spans and not any(mark.place in _LEAVES_OUT for mark in ends):
        for mark in evidence.marks:
            if mark.place in _LEAVES_OUT and any(span.overlaps(mark.span) for span in _home(evidence, met)):
                yield Finding("denied", Span(0, len(claim.text)), mark.span)


def _end(
    own: Sequence[Mark], claim: Statement, evidence: Statement, met: Sequence[Meeting], mine: Denials, theirs: Denials
) -> Finding | None:
    """Return what is wrong with marks of the claim at one place, None if the evidence has one of their ends there."""
    scales = {mark.scale: mark.end for mark in own}
    span = own[0].span
    denied = mine.covers(span)
    anchors = _anchors(span, claim, met)
    near = [
        (_distance(mark.span, anchors, evidence), mark)
        for mark in evidence.marks
        if mark.scale in scales and not mark.rank and mark.scale != SENSE
    ]
    near = sorted(((far, mark) for far, mark in near if far < _FAR), key=lambda item: (item[0], item[1].span))
    if not near:
        return None

    def agrees(mark: Mark) -> bool:
        return (scales[mark.scale] == mark.end) or (denied != theirs.covers(mark.span))

    least = near[0][0]
    nearest = [mark for far, mark in near if far <= least + 2]
    against = [mark for mark in nearest if not agrees(mark)]
    agreed = [mark for mark in nearest if agrees(mark)]
    if not against or any(mark.span == other.span for mark in agreed for other in against):
        return None  # a word that stands on two scales
    elsewhere = any(agrees(mark) for far, mark in near if far <= least + _BESIDE)
    return Finding("opposite", span, against[0].span, contradicts=not elsewhere)


_BESIDE = 12  # characters further on at which a word that agrees leaves it open which of two is meant


def _anchors(span: Span, claim: Statement, met: Sequence[Meeting]) -> list[list[Span]]:
    """Return where the evidence has what the claim says right beside ``span``: the piece after it and the one before."""
    clause = next((item.clause.span for item in claim.clauses if item.clause.span.contains(span)), Span(0, len(claim.text)))
    beside = [item for item in met if clause.contains(item.unit.span) and not item.unit.span.overlaps(span)]
    beside = [item for item in beside if item.places and item.how not in ("missing", "scale")]
    after = [item for item in beside if item.unit.span.start >= span.end]
    before = [item for item in beside if item.unit.span.end <= span.start]
    near = [*after[:1], *before[-2:]]
    near += [item for item in chain(after, reversed(before)) if item.unit.sort != "word"][:2]
    return [[item.places[0]] for item in near]


def _distance(mark: Span, anchors: Sequence[Sequence[Span]], evidence: Statement) -> int:
    """Return how far a mark of the evidence is from the nearest anchor: a clause between counts much."""
    best = 10_000
    for places in anchors:
        for place in places:
            gap = max(mark.start - place.end, place.start - mark.end, 0)
            low, high = min(mark.end, place.end), max(mark.start, place.start)
            parted = sum(evidence.text.count(sign, low, high) for sign in "，,；;。")
            best = min(best, gap + 20 * parted)
    return best


def _ranks(claim: Statement, evidence: Statement, met: Sequence[Meeting], denied: Denials) -> Iterator[Finding]:
    clauses = _home(evidence, met)
    here = [mark for mark in evidence.marks if mark.rank and any(span.overlaps(mark.span) for span in clauses)]
    yield from _certainty(claim, here)
    for scale in ("cure", "status", "quantifier", "only", "population"):
        mine = [mark for mark in claim.marks if mark.scale == scale]
        if not mine:
            continue
        highest = max(mine, key=lambda mark: mark.rank)
        theirs = [mark for mark in (evidence.marks if scale == "population" else here) if mark.scale == scale]
        if scale == "population":
            if any(mark.rank == highest.rank for mark in theirs):
                continue
        elif any(mark.rank >= highest.rank for mark in theirs):
            continue
        if (scale == "cure" and highest.rank < 4) or (scale == "status" and highest.rank < 3):
            continue
        if scale == "quantifier" and highest.rank < 2:
            continue
        weaker = max(theirs, key=lambda mark: mark.rank, default=None)
        relation: Relation = "stronger" if scale in ("cure", "status") else "wider"
        told = weaker is not None and scale in _TOLD and not denied.spans and _gap_of(scale, highest, weaker)
        yield Finding(relation, highest.span, weaker.span if weaker else None, contradicts=told)


# Scales of which a lower word of the evidence denies the higher one: hoped for is not approved, some are not all.
_TOLD = frozenset({"status", "quantifier", "cure"})


def _gap_of(scale: str, highest: Mark, weaker: Mark) -> bool:
    """Tell whether two marks of a scale are so far apart that both can't be meant."""
    return highest.rank - weaker.rank >= (1 if scale == "quantifier" else 2)


def _certainty(claim: Statement, here: Sequence[Mark]) -> Iterator[Finding]:
    mine = [mark for mark in claim.marks if mark.scale == "certainty"]
    theirs = [mark for mark in here if mark.scale == "certainty"]
    weakest = min(theirs, key=lambda mark: mark.rank, default=None)
    said = min((mark.rank for mark in mine), default=_PLAIN)
    certain = next((mark for mark in mine if mark.rank == _CERTAIN), None)
    if certain and not any(mark.rank == _CERTAIN for mark in theirs):
        yield Finding(
            "stronger", certain.span, weakest.span if weakest else None, contradicts=bool(weakest and weakest.rank < 3)
        )
    elif weakest and weakest.rank < min(said, _ENOUGH):
        place = mine[0].span if mine else Span(0, len(claim.text))
        yield Finding("stronger", place, weakest.span, contradicts=False)


def _home(evidence: Statement, met: Sequence[Meeting]) -> list[Span]:
    """Return the clauses of the evidence that hold what the claim says."""
    words = [item for item in met if item.unit.sort == "word" and item.how not in ("missing", "context")]
    said = words or [item for item in met if item.how not in ("missing", "context")]
    found = []
    for clause in evidence.clauses:
        span = clause.clause.span
        if any(item.places and item.how != "missing" and span.overlaps(item.places[0]) for item in said):
            found.append(span)
    return found
