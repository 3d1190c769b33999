"""Late interaction: each token of a question looks for its best counterpart in a passage and in each of its sentences.

The measure is ColBERT's MaxSim (Khattab and Zaharia, SIGIR 2020), over an encoder that was never trained for it, with
the languages' means taken out (index/calibration.py), which is what makes it work here. It also aligns words across
languages: the counterpart of an English word is the Chinese word that it met.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TokenBlock:
    """The tokens of several candidates under one another.

    ``vectors`` (t, d) are of unit length and not centred; candidate ``i`` owns rows ``starts[i]:starts[i + 1]``;
    ``units`` (t,) numbers the sentence of each token over all candidates, -1 for tokens of headings.
    """

    vectors: Floats
    starts: npt.NDArray[np.int64]
    units: npt.NDArray[np.int64]
    unit_owner: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interaction:
    """Weighted MaxSim: one score a candidate (c,) and one a sentence (u,), each a mean of cosines (-1 to 1)."""

    passages: Floats
    sentences: Floats


def similarities(question: Floats, block: TokenBlock, mean: Floats) -> Floats:
    """Return cosines (q, t) of the centred question tokens ``question`` (q, d) with the block's tokens less ``mean``.

    Uses ``(p - m) · q = p · q - m · q`` and ``|p - m|² = 1 - 2 p · m + |m|²``, so that no centred copy is made.
    """
    products = block.vectors @ np.vstack([question, mean[None]]).T
    lengths = np.sqrt(np.maximum(1.0 - 2.0 * products[:, -1] + float(mean @ mean), 1e-6))
    result: Floats = ((products[:, :-1] - (question @ mean)[None]) / lengths[:, None]).T
    return result


def interact(cosines: Floats, weights: Floats, block: TokenBlock, heading_share: float) -> Interaction:
    """Return MaxSim of every candidate and sentence of ``block``, each question token at its weight.

    A sentence also hears its headings, at ``heading_share`` of their cosine: 'it' of a section on ALS is about ALS.
    """
    candidates, units = len(block.starts) - 1, len(block.unit_owner)
    best_passage = np.maximum.reduceat(cosines, block.starts[:-1], axis=1)
    best_unit = np.full((len(cosines), units), -1.0, np.float32)
    best_heading = np.full((len(cosines), candidates), -1.0, np.float32)
    inside = block.units >= 0
    boundaries = np.flatnonzero(np.diff(block.units[inside], prepend=-1))
    if len(boundaries):
        present = block.units[inside][boundaries]
        best_unit[:, present] = np.maximum.reduceat(cosines[:, inside], boundaries, axis=1)
    owners = np.repeat(np.arange(candidates), np.diff(block.starts))[~inside]
    if len(owners):
        first = np.flatnonzero(np.diff(owners, prepend=-1))
        best_heading[:, owners[first]] = np.maximum.reduceat(cosines[:, ~inside], first, axis=1)
    heard = np.maximum(best_unit, heading_share * best_heading[:, block.unit_owner])
    share = weights / max(float(weights.sum()), 1e-9)
    return Interaction(share @ best_passage, share @ heard)


def sentence_units(token_spans: Ints, sentences: Sequence[tuple[int, int]], offset: int) -> npt.NDArray[np.int64]:
    """Return the number of the sentence that each token starts in, -1 where none does.

    ``token_spans`` and ``sentences`` (in order) index the embedded text; the passage begins at ``offset`` of it.
    """
    starts = np.asarray([start for start, _ in sentences], np.int64)
    numbers = np.searchsorted(starts, token_spans[:, 0], side="right") - 1
    return np.where(token_spans[:, 1] <= offset, -1, np.maximum(numbers, 0)).astype(np.int64)
