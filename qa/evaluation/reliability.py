"""Whether ``confidence`` means what it says: answered as often as it claims, in bins."""

from collections.abc import Sequence
from dataclasses import dataclass

_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies in one tenth: their mean confidence and the share that the corpus answers."""

    low: float
    high: float
    questions: int
    confidence: float
    answerable: float


def reliability(judged: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Return the bins that hold any question, given each question's confidence and whether it is answerable."""
    bins = []
    for number in range(_BINS):
        own = [item for item in judged if min(int(item[0] * _BINS), _BINS - 1) == number]
        if own:
            mean = sum(confidence for confidence, _ in own) / len(own)
            share = sum(answerable for _, answerable in own) / len(own)
            bins.append(Bin(number / _BINS, (number + 1) / _BINS, len(own), round(mean, 4), round(share, 4)))
    return tuple(bins)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error (Naeini et al., AAAI 2015): the mean gap, 0 to 1, each bin by its questions."""
    whole = sum(item.questions for item in bins)
    gap = sum(item.questions * abs(item.confidence - item.answerable) for item in bins)
    return round(gap / whole, 4) if whole else 0.0
