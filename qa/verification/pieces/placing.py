"""Which of several places in the evidence each piece of a claim means: those that lie together, in the claim's order."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from corpus.model import Span
from qa.statements.marks import SENSE
from qa.verification.pieces.meeting import Meeting

_MOST = 6  # places of one piece that are tried
_LONG, _BACKWARDS = 60, 15


def placed(met: Sequence[Meeting]) -> list[Meeting]:
    """Return the meetings with the likeliest place of each first: the cheapest way from piece to piece (Viterbi)."""
    # Words that tell how (rises, falls) follow the things that they are said of: both ends may stand in one sentence.
    steps = [
        (number, item.places[:_MOST])
        for number, item in enumerate(met)
        if item.places and item.how not in ("missing", "scale") and all(mark.scale == SENSE for mark in item.unit.marks)
    ]
    if not steps:
        return list(met)
    costs: list[list[float]] = [[0.1 * rank for rank in range(len(steps[0][1]))]]
    back: list[list[int]] = [[0] * len(steps[0][1])]
    for (_, before), (_, here) in itertools.pairwise(steps):
        row, chosen = [], []
        for rank, place in enumerate(here):
            ways = [costs[-1][number] + _way(other, place) for number, other in enumerate(before)]
            best = min(range(len(ways)), key=ways.__getitem__)
            row.append(ways[best] + 0.1 * rank)
            chosen.append(best)
        costs.append(row)
        back.append(chosen)
    made = list(met)
    at = min(range(len(costs[-1])), key=costs[-1].__getitem__)
    for (number, places), chosen in zip(reversed(steps), reversed(back), strict=True):
        place = places[at]
        made[number] = replace(met[number], places=(place, *(other for other in met[number].places if other != place)))
        at = chosen[at]
    return made


def _way(before: Span, after: Span) -> float:
    gap = after.start - before.end
    return min(gap, _LONG) if gap >= 0 else min(before.start - after.end, _LONG) + _BACKWARDS
