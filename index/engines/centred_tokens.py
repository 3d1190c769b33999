"""The tokens of passages as late interaction compares them: their languages' means taken out, at unit length.

With ``v`` what is stored of a token, ``n`` its length and ``m`` the mean of its language, what a question's token ``q`` is
compared with is ``c (v / n - m)``, of unit length, and their cosine is ``c / n (v · q - n m · q)``. So no centred copy is
made: a token is given as ``v`` with ``-n`` beside it, and a factor ``c / n``. Both depend on the passage and the means
only and are kept in memory, eight bytes a token, once a passage was asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.arrays import Floats
from index.engines.tokens import TokenStore


@dataclass(frozen=True, slots=True)
class CentredRows:
    """The tokens of several passages, one after the other.

    ``vectors`` (t, d + l) are to be compared with `CentredTokens.beside` of a question's tokens, and the products
    multiplied by ``factors`` (t,); ``spans`` (t, 2) are as stored, ``counts`` (p,) the tokens of each passage.
    """

    vectors: Floats
    factors: Floats
    spans: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]


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

    def of(self, rows: Sequence[int]) -> CentredRows:
        """Return the tokens of passages ``rows``."""
        store, dimension = self._store, self._means.shape[1]
        if not rows:
            vectors = np.zeros((0, dimension + len(self._means)), np.float32)
            return CentredRows(vectors, vectors[:, 0], store.spans[:0], np.zeros(0, np.int64))
        ranges = [slice(int(store.starts[row]), int(store.starts[row + 1])) for row in rows]
        counts = np.asarray([part.stop - part.start for part in ranges], np.int64)
        kept, places = np.asarray(store.vectors), np.asarray(store.spans)  # plain views: slices of maps cost more
        vectors = np.zeros((int(counts.sum()), dimension + len(self._means)), np.float32)
        np.concatenate([kept[part] for part in ranges], out=vectors[:, :dimension])
        language = np.repeat(self._languages[list(rows)], counts)
        if not self._known[list(rows)].all():
            self._learn(rows, ranges, vectors[:, :dimension], language)
        vectors[np.arange(len(vectors)), dimension + language] = -np.concatenate([self._lengths[part] for part in ranges])
        factors = np.concatenate([self._factors[part] for part in ranges])
        return CentredRows(vectors, factors, np.concatenate([places[part] for part in ranges]), counts)

    def _learn(self, rows: Sequence[int], ranges: Sequence[slice], vectors: Floats, language: npt.NDArray[np.int64]) -> None:
        """Work out and keep the lengths and factors of ``rows``; two threads at once write the same."""
        lengths = np.sqrt(np.maximum(np.einsum("td,td->t", vectors, vectors), 1e-9))
        with_mean = (vectors @ self._means.T)[np.arange(len(vectors)), language] / lengths
        squared = np.sum(self._means**2, axis=1)[language]
        # |v / n - m|² = 1 - 2 v · m / n + |m|²
        factors = 1.0 / (lengths * np.sqrt(np.maximum(1.0 - 2.0 * with_mean + squared, 1e-6)))
        start = 0
        for part in ranges:
            end = start + part.stop - part.start
            self._lengths[part], self._factors[part] = lengths[start:end], factors[start:end]
            start = end
        self._known[list(rows)] = True  # last: who finds it so reads what is above
