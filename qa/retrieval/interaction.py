"""Late interaction: each token of a question looks for its best counterpart in a passage and in each of its sentences.

The measure is ColBERT's MaxSim (Khattab and Zaharia, SIGIR 2020), over an encoder that was never trained for it, with
the languages' means taken out (index/models/calibration.py), which is what makes it work here. It also aligns words across
languages: the counterpart of an English word is the Chinese word that it met.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class TokenBlock:
    """The tokens of several candidates under one another.

    ``cosines`` (t, q) are theirs with the tokens of a question; ``owner`` (t,) numbers each token's candidate, ``unit`` (t,)
    its sentence over all candidates, -1 for tokens of headings; ``spans`` (t, 2) index the passage's text. Tokens are in
    order of candidate, headings first; those of the i-th begin at ``first[i]``.
    """

    cosines: Floats
    owner: Ints
    unit: Ints
    spans: npt.NDArray[np.int32]
    first: Ints

    def runs(self) -> Ints:
        """Return where the tokens of each sentence, and of each candidate's headings, begin."""
        begins = np.ones(len(self.owner), np.bool_)
        np.not_equal(self.owner[1:], self.owner[:-1], out=begins[1:])
        begins[1:] |= self.unit[1:] != self.unit[:-1]
        return np.flatnonzero(begins)

    def of(self, candidate: int) -> slice:
        """Return where the tokens of a candidate stand, those of its headings first."""
        return slice(int(self.first[candidate]), int(self.first[candidate + 1]))

    def body_of(self, candidate: int) -> slice:
        """Return where the tokens of a candidate's own text stand."""
        whole = self.of(candidate)
        return slice(whole.start + int((self.unit[whole] < 0).sum()), whole.stop)


@dataclass(frozen=True, slots=True)
class Met:
    """The greatest cosine of the tokens of each candidate (c, q) and of each sentence (u, q) with each question token.

    A sentence also hears its headings, at a share of their cosine: 'it' in a section on ALS is about ALS.
    """

    passages: Floats
    sentences: Floats

    def weighed(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return MaxSim, a mean of cosines (-1 to 1), of candidates (c,) and sentences (u,), tokens at ``weights`` (q,)."""
        share = (weights / max(float(weights.sum()), 1e-9)).astype(np.float32)
        return self.passages @ share, self.sentences @ share

    def part(self, tokens: slice) -> "Met":
        """Return the same of some of the question's tokens."""
        return Met(self.passages[:, tokens], self.sentences[:, tokens])


def meet(block: TokenBlock, sentence_owner: Ints, heading_share: float) -> Met:
    """Return what each question token finds in the candidates and sentences of ``block``; 0 where one has no token.

    ``sentence_owner`` (u,) is each sentence's candidate, ``heading_share`` what a heading counts for the sentences below it.
    """
    cosines = block.cosines
    passages = np.zeros((int(sentence_owner.max(initial=-1)) + 1, cosines.shape[1]), np.float32)
    headings, sentences = np.zeros_like(passages), np.zeros((len(sentence_owner), cosines.shape[1]), np.float32)
    first = block.runs()
    if len(first):
        best, owner, unit = np.maximum.reduceat(cosines, first, axis=0), block.owner[first], block.unit[first]
        candidate = np.flatnonzero(np.diff(owner, prepend=-1))
        passages[owner[candidate]] = np.maximum.reduceat(best, candidate, axis=0)
        headings[owner[unit < 0]] = best[unit < 0]
        sentences[unit[unit >= 0]] = best[unit >= 0]
    headings *= heading_share
    return Met(passages, np.maximum(sentences, headings[sentence_owner]))
