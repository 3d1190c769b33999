"""The tokens of passages as late interaction compares them: their languages' means taken out, at unit length.

With ``v`` what is stored of a token, ``n`` its length and ``m`` the mean of its language, what a question's token ``q`` is
compared with is ``c (v / n - m)``, of unit length, and their cosine is ``c / n (v · q - n m · q)``. So no centred copy is
made: a token is compared as ``v`` with ``-n`` beside it, times a factor ``c / n``. Both depend on the passage and the means
only and are kept in memory, eight bytes a token, once a passage was asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, ranges
from index.engines.tokens import TokenStore

_AT_ONCE = 1024  # tokens whose numbers become real ones at a time: so many stay in a processor's own memory


@dataclass(frozen=True, slots=True)
class Compared:
    """The tokens of several passages, one after the other, beside those of a question.

    ``cosines`` (t, q) are theirs with the question's; ``places`` (t,) number them among all that are stored, ``counts`` (p,)
    are the tokens of each passage.
    """

    cosines: Floats
    places: Ints
    counts: Ints


class CentredTokens:
    """The tokens of a generation around the means of its languages; safe to use from many threads."""

    def __init__(self, store: TokenStore, means: Floats, languages: Sequence[int]) -> None:
        """Take ``means`` (l, d) out of the tokens of ``store``; ``languages`` (p,) says which, for each passage."""
        self._store = store
        self._means = means
        self._languages = np.asarray(languages, np.int64)
        self._known = np.zeros(len(languages), bool)
        self._lengths = np.zeros(len(store.spans), np.float32)
        self._factors = np.zeros(len(store.spans), np.float32)

    def beside(self, question: Floats) -> Floats:
        """Return the question's centred tokens (q, d) with what they have in common with each mean: (q, d + l)."""
        return np.hstack([question, question @ self._means.T])

    def compare(self, rows: Ints, question: Floats) -> Compared:
        """Return the tokens of passages ``rows`` (p,) beside the centred tokens of a question, which `beside` gave."""
        store, dimension = self._store, self._means.shape[1]
        starts, ends = store.starts[rows], store.starts[rows + 1]
        counts = ends - starts
        places = ranges(starts, counts)
        if not self._known[rows].all():
            self._learn(rows[~self._known[rows]])
        beside = np.zeros((len(places), len(self._means)), np.float32)
        beside[np.arange(len(places)), np.repeat(self._languages[rows], counts)] = -self._lengths[places]
        kept = np.asarray(store.vectors)  # a plain view: slices of maps cost more
        parts = [kept[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        cosines = np.empty((len(places), len(question)), np.float32)
        for first, last, start, end in _portions(counts):
            vectors = np.empty((end - start, dimension + len(self._means)), np.float32)
            np.concatenate(parts[first:last], out=vectors[:, :dimension])
            vectors[:, dimension:] = beside[start:end]
            np.matmul(vectors, question.T, out=cosines[start:end])
        cosines *= self._factors[places][:, None]
        return Compared(cosines, places, counts)

    def spans(self, places: Ints) -> npt.NDArray[np.int32]:
        """Return where the tokens ``places`` (t,) stand in the texts that were embedded (t, 2)."""
        found: npt.NDArray[np.int32] = np.asarray(self._store.spans)[places]
        return found

    def _learn(self, rows: Ints) -> None:
        """Work out and keep the lengths and factors of ``rows``; two threads at once write the same."""
        store = self._store
        counts = store.starts[rows + 1] - store.starts[rows]
        places = ranges(store.starts[rows], counts)
        language = np.repeat(self._languages[rows], counts)
        vectors = np.asarray(store.vectors)[places].astype(np.float32)
        lengths = np.sqrt(np.maximum(np.einsum("td,td->t", vectors, vectors), 1e-9))
        with_mean = (vectors @ self._means.T)[np.arange(len(vectors)), language] / lengths
        squared = np.sum(self._means**2, axis=1)[language]
        # |v / n - m|² = 1 - 2 v · m / n + |m|²
        squared = np.maximum(1.0 - 2.0 * with_mean + squared, 1e-6)
        self._lengths[places], self._factors[places] = lengths, 1.0 / (lengths * np.sqrt(squared))
        self._known[rows] = True  # last: who finds it so reads what is above


def _portions(counts: Ints) -> Iterator[tuple[int, int, int, int]]:
    """Yield from which to before which passage a portion goes, and from which to before which token."""
    ends = np.cumsum(counts).tolist()
    first = start = 0
    for last, end in enumerate(ends, 1):
        if last == len(ends) or end - start >= _AT_ONCE:
            if end > start:
                yield first, last, start, end
            first, start = last, end
