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


@dataclass(frozen=True, slots=True)
class Interaction:
    """Weighted MaxSim: one score a candidate (c,) and one a sentence (u,), each a mean of cosines (-1 to 1).

    ``best`` (q, c) is the greatest cosine of each question token with a candidate's tokens.
    """

    passages: Floats
    sentences: Floats
    best: Floats


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


def interact(cosines: Floats, weights: Floats, block: TokenBlock, sentence_owner: Ints, heading_share: float) -> Interaction:
    """Return MaxSim of every candidate and sentence of ``block``, each question token at its weight.

    A sentence also hears its headings, at ``heading_share`` of their cosine: 'it' in a section on ALS is about ALS.
    """
    in_heading = block.unit < 0
    passages = _best(cosines, block.owner, int(sentence_owner.max(initial=-1)) + 1)
    headings = _best(cosines[:, in_heading], block.owner[in_heading], passages.shape[1])
    sentences = _best(cosines[:, ~in_heading], block.unit[~in_heading], len(sentence_owner))
    heard = np.maximum(sentences, heading_share * headings[:, sentence_owner])
    share = (weights / max(float(weights.sum()), 1e-9)).astype(np.float32)
    return Interaction(share @ passages, share @ heard, passages)


def _best(cosines: Floats, groups: Ints, count: int) -> Floats:
    """Return the greatest cosine (q, count) in each group of neighbouring tokens, 0 where a group has none."""
    best = np.zeros((len(cosines), count), np.float32)
    if cosines.shape[1]:
        first = np.flatnonzero(np.diff(groups, prepend=-1))
        best[:, groups[first]] = np.maximum.reduceat(cosines, first, axis=1)
    return best
