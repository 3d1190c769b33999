"""How near the words of a claim come to those of a sentence, by the token vectors of both."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.model import Span
from index.arrays import Floats


@dataclass(frozen=True, slots=True)
class Nearness:
    """Cosines (q, t) of a claim's tokens with a sentence's; ``claim`` (q, 2) and ``sentence`` (t, 2) are their spans."""

    cosines: Floats
    claim: npt.NDArray[np.int64]
    sentence: npt.NDArray[np.int64]

    def to(self, span: Span) -> tuple[float, Span | None]:
        """Return the mean of the greatest cosines of the claim's tokens in ``span``, and where the greatest one was met."""
        rows = np.flatnonzero((self.claim[:, 0] < span.end) & (span.start < self.claim[:, 1]))
        if not len(rows) or not self.cosines.shape[1]:
            return 0.0, None
        own = self.cosines[rows]
        best = own.max(axis=1)
        start, end = self.sentence[int(own[int(best.argmax())].argmax())].tolist()
        return float(best.mean()), Span(max(start, 0), max(end, start, 0))

    def between(self, span: Span, place: Span) -> float:
        """Return the same mean for the tokens of the sentence that lie in ``place`` alone; 0 where none does."""
        rows = np.flatnonzero((self.claim[:, 0] < span.end) & (span.start < self.claim[:, 1]))
        columns = np.flatnonzero((self.sentence[:, 0] < place.end) & (place.start < self.sentence[:, 1]))
        if not len(rows) or not len(columns):
            return 0.0
        return float(self.cosines[np.ix_(rows, columns)].max(axis=1).mean())

    def within(self, part: Span) -> "Nearness":
        """Return the same of the tokens that lie in ``part`` of the sentence, their spans counted from its start."""
        inside = (self.sentence[:, 1] > part.start) & (self.sentence[:, 0] < part.end)
        return Nearness(self.cosines[:, inside], self.claim, self.sentence[inside] - part.start)

    def followed_by(self, other: "Nearness", start: int) -> "Nearness":
        """Return the same over this sentence and another one, which begins at ``start``."""
        spans = np.concatenate([self.sentence, other.sentence + start])
        return Nearness(np.concatenate([self.cosines, other.cosines], axis=1), self.claim, spans)
