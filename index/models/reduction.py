"""Fewer numbers a token: the directions in which the tokens of everyday questions differ.

A model's token vectors share most of what they hold. With their mean taken out, 192 directions of multilingual-e5-small's
384 tell tokens apart as well as all do, in half of the disk and memory; 128, as many as ColBERT has (Khattab and Zaharia,
SIGIR 2020), do so on this field and not on others (docs/laboratory.md). The directions follow from the model and from
questions that come with the service, never from the corpus, so that an edit moves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats

MOST = 192
_CLOSE = 1e-3


def token_dimension(dimension: int) -> int:
    """Return the size of a kept token vector of a model whose vectors have ``dimension``."""
    return min(dimension, MOST)


@dataclass(frozen=True, slots=True)
class Reduction:
    """Token vectors (t, d) less ``mean`` (d,), along the orthonormal columns of ``basis`` (d, k)."""

    mean: Floats
    basis: Floats

    def of(self, vectors: Floats) -> Floats:
        """Return the unit rows (t, k) that stand for the token vectors ``vectors`` (t, d)."""
        reduced = (vectors - self.mean) @ self.basis
        result: Floats = reduced / np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-9)
        return result

    def is_close_to(self, other: "Reduction") -> bool:
        """Tell whether both differ by rounding alone, as libraries of another version may make them."""
        return (
            self.basis.shape == other.basis.shape
            and bool(np.allclose(self.mean, other.mean, rtol=0, atol=_CLOSE))
            and bool(np.allclose(self.basis, other.basis, rtol=0, atol=_CLOSE))
        )


def learn_reduction(groups: Iterable[Floats]) -> Reduction:
    """Return the reduction for tokens like those of ``groups`` (t, d), one for each language, each around its own mean.

    Principal components, each language's mean out of its own tokens: what tells languages apart isn't kept for its own sake.
    """
    languages = [np.asarray(tokens, np.float64) for tokens in groups]
    means = [tokens.mean(axis=0) for tokens in languages]
    moved = np.concatenate([tokens - mean for tokens, mean in zip(languages, means, strict=True)])
    _, vectors = np.linalg.eigh(moved.T @ moved)
    basis = vectors[:, ::-1][:, : token_dimension(moved.shape[1])]
    signs = np.sign(basis[np.abs(basis).argmax(axis=0), np.arange(basis.shape[1])])
    return Reduction(np.mean(means, axis=0).astype(np.float32), np.ascontiguousarray(basis * signs, np.float32))
