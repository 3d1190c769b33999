"""Late interaction: each token of a question looks for its best counterpart in a passage and in each of its sentences.

The measure is ColBERT's MaxSim (Khattab and Zaharia, SIGIR 2020), over an encoder that was never trained for it, with
the languages' means taken out (index/calibration.py), which is what makes it work here. It also aligns words across
languages: the counterpart of an English word is the Chinese word that it met.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TokenBlock:
    """The tokens of several candidates under one another.

    ``vectors`` (t, d) are of any length and not centred, ``means`` (l, d) the centres to take out of them at unit length,
    and ``mean_of`` (t,) which of them; ``owner`` (t,) numbers each token's candidate, ``unit`` (t,) its sentence over all
    candidates, -1 for tokens of headings; ``spans`` (t, 2) index the passage's text. Tokens are in order of candidate,
    headings first.
    """

    vectors: Floats
    means: Floats
    mean_of: Ints
    owner: Ints
    unit: Ints
    spans: Ints

    def runs(self) -> Ints:
        """Return where the tokens of each sentence, and of each candidate's headings, begin."""
        return np.flatnonzero((np.diff(self.owner, prepend=-1) != 0) | (np.diff(self.unit, prepend=-2) != 0))

    def body_of(self, candidate: int) -> slice:
        """Return where the tokens of a candidate's own text stand."""
        start, end = (int(place) for place in np.searchsorted(self.owner, (candidate, candidate + 1)))
        return slice(start + int((self.unit[start:end] < 0).sum()), end)


@dataclass(frozen=True, slots=True)
class Met:
    """The greatest cosine of each question token with the tokens of each candidate (q, c) and of each sentence (q, u).

    A sentence also hears its headings, at a share of their cosine: 'it' in a section on ALS is about ALS.
    """

    passages: Floats
    sentences: Floats

    def weighed(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return MaxSim, a mean of cosines (-1 to 1), of candidates (c,) and sentences (u,), tokens at ``weights`` (q,)."""
        share = (weights / max(float(weights.sum()), 1e-9)).astype(np.float32)
        return share @ self.passages, share @ self.sentences

    def part(self, tokens: slice) -> "Met":
        """Return the same of some of the question's tokens."""
        return Met(self.passages[tokens], self.sentences[tokens])


def similarities(question: Floats, block: TokenBlock) -> Floats:
    """Return cosines (q, t) of the centred question tokens ``question`` (q, d) with the block's tokens, centred.

    Uses ``(p - m) · q = p · q - m · q`` and ``|p - m|² = 1 - 2 p · m + |m|²``, so that no centred copy is made.
    """
    tokens = np.arange(len(block.vectors))
    norms = np.sqrt(np.maximum(np.einsum("td,td->t", block.vectors, block.vectors), 1e-9))
    products = (block.vectors @ np.vstack([question, block.means]).T) / norms[:, None]
    with_mean = products[tokens, len(question) + block.mean_of]
    squared = np.sum(block.means**2, axis=1)[block.mean_of]
    lengths = np.sqrt(np.maximum(1.0 - 2.0 * with_mean + squared, 1e-6))
    of_means = (question @ block.means.T)[:, block.mean_of]
    result: Floats = (products[:, : len(question)].T - of_means) / lengths
    return result


def meet(cosines: Floats, block: TokenBlock, sentence_owner: Ints, heading_share: float) -> Met:
    """Return what each question token finds in the candidates and sentences of ``block``; 0 where one has no token.

    ``cosines`` (q, t) are of `similarities`, ``sentence_owner`` (u,) is each sentence's candidate, and ``heading_share``
    what a heading counts for the sentences below it.
    """
    passages = np.zeros((len(cosines), int(sentence_owner.max(initial=-1)) + 1), np.float32)
    headings, sentences = np.zeros_like(passages), np.zeros((len(cosines), len(sentence_owner)), np.float32)
    first = block.runs()
    if len(first):
        best, owner, unit = np.maximum.reduceat(cosines, first, axis=1), block.owner[first], block.unit[first]
        candidate = np.flatnonzero(np.diff(owner, prepend=-1))
        passages[:, owner[candidate]] = np.maximum.reduceat(best, candidate, axis=1)
        headings[:, owner[unit < 0]] = best[:, unit < 0]
        sentences[:, unit[unit >= 0]] = best[:, unit >= 0]
    return Met(passages, np.maximum(sentences, heading_share * headings[:, sentence_owner]))
