"""Does one of two statements deny what the other affirms? By what each denial covers."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.model import Span
from qa.statements.clauses import denials
from qa.statements.marks import SENSE, Mark
from qa.statements.reader import Statement
from qa.statements.rules import read_patterns
from qa.verification.pieces.findings import Finding
from qa.verification.pieces.meeting import Meeting

_STOP = re.compile(r"[、，。；,;（(]|的")
_WHOLE = re.compile(
    "任何|明显|显著|(?:作用|影响|效果|效应|关|变化|差异|意义|效)(?=$|[，。；,;])"
)  # nothing of the clause holds
(_BARE,) = read_patterns(Path(__file__).parents[2] / "statements" / "bare.toml", "bare")
_REACH_ZH, _REACH_EN = 8, 60  # characters after a denial that it can cover


class Denials:
    """The denials of a statement, and what each of them covers.

    Those that lie in a word of a scale (不得, unsolved) are that word's, where the ``other`` statement has one of the scale
    too; where it has none, they deny as others do.
    """

    def __init__(self, statement: Statement, other: Statement) -> None:
        self.statement = statement
        scales = {mark.scale for mark in other.marks}
        marks = [mark.span for mark in statement.marks if not mark.rank and mark.scale != SENSE and mark.scale in scales]
        self.spans = [
            span
            for span in denials(statement.text)
            if not any(mark.contains(span) and len(mark) > len(span) for mark in marks)
        ]
        self.clauses = [_clause(statement, span) for span in self.spans]
        self.scopes = [self._scope(span, clause) for span, clause in zip(self.spans, self.clauses, strict=True)]

    def covers(self, span: Span) -> bool:
        """Tell whether a denial covers ``span``."""
        return any(scope.overlaps(span) for scope in self.scopes)

    def _scope(self, mark: Span, clause: Span) -> Span:
        text = self.statement.text
        reach = _REACH_EN if text[mark.start].isascii() else _REACH_ZH
        end = min(clause.end, mark.end + reach)
        stop = _STOP.search(text, mark.end, end)
        end = stop.start() if stop and stop.start() > mark.end else end
        if _BARE.search(clause.of(text).strip()):
            return Span(0, len(text))  # 绝对不能，…: it denies what was asked
        if not text[mark.end : end].strip() or _WHOLE.match(text, mark.end):
            return clause
        return Span(mark.end, end)


def flips(claim: Statement, evidence: Statement, mark: Mark, other: Mark, mine: Denials, theirs: Denials) -> bool:
    """Tell whether exactly one of two marks is denied."""
    return mine.covers(mark.span) != theirs.covers(other.span)


def denial_findings(claim: Statement, evidence: Statement, met: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield denials of the claim that the evidence affirms, and of the evidence that the claim affirms."""
    mine, theirs = Denials(claim, evidence), Denials(evidence, claim)
    placed = [item for item in met if item.how not in ("missing", "context") and item.places]
    answered: set[int] = set()
    for mark, clause, scope in zip(mine.spans, mine.clauses, mine.scopes, strict=True):
        if _turned(scope, claim, evidence, mine, theirs):
            continue
        inside = [item for item in placed if scope.overlaps(item.unit.span) and not item.unit.span.overlaps(mark)]
        inside = inside or [item for item in placed if clause.overlaps(item.unit.span)]
        places = [item.places[0] for item in inside[:3]]
        found = [number for number, other in enumerate(theirs.clauses) if any(other.overlaps(place) for place in places)]
        answered.update(found)
        if not found:
            sure = len(mine.spans) == 1 and _is_met(scope, mark, met)
            yield Finding("denied", mark, places[0] if places else None, contradicts=bool(places) and sure)
    for number, (mark, scope) in enumerate(zip(theirs.spans, theirs.scopes, strict=True)):
        if number in answered or _turned(scope, evidence, claim, theirs, mine):
            continue
        for item in placed:
            covered = scope.overlaps(item.places[0]) and not item.places[0].overlaps(mark)
            if covered and not any(clause.overlaps(item.unit.span) for clause in mine.clauses):
                yield Finding("denied", item.unit.span, mark, contradicts=True)
                break


def _is_met(scope: Span, mark: Span, met: Sequence[Meeting]) -> bool:
    """Tell whether the evidence has all that a denial covers; the word of the denial itself (无关) needs no counterpart."""
    inside = [item for item in met if scope.overlaps(item.unit.span) and not mark.overlaps(item.unit.span)]
    return bool(inside) and all(item.how not in ("missing", "context") for item in inside)


def _turned(scope: Span, one: Statement, other: Statement, mine: Denials, theirs: Denials) -> bool:
    """Tell whether what a denial covers in ``one`` is a word whose opposite ``other`` has, undenied: not settled, open."""
    for mark in one.marks:
        if mark.rank or mark.scale == SENSE or not scope.overlaps(mark.span):
            continue
        same = [item for item in other.marks if item.scale == mark.scale and not theirs.covers(item.span)]
        if same and all(item.end != mark.end for item in same):
            return True
    return False


def _clause(statement: Statement, mark: Span) -> Span:
    for clause in statement.clauses:
        if clause.clause.span.overlaps(mark):
            return clause.clause.span
    return mark
