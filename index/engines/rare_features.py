"""Which passages may share most of their features, found without comparing each with each.

Two sets whose likeness (Jaccard) is `LIKENESS` or more share one of the few rarest members of each: the prefix filter of
Chaudhuri, Ganti and Kaushik (ICDE 2006). Few passages share a rare word, so hardly any pair is left to be compared.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, ranges
from index.engines.feature_store import FeatureStore

LIKENESS = 0.75


@dataclass(frozen=True, slots=True)
class RareFeatures:
    """The different features of each passage's text, rarest first, as numbers in that order over all passages.

    Those of passage ``i`` are ``starts[i]`` to ``starts[i + 1]``; of the first ``few[i]`` each like passage has one among
    its own.
    """

    numbers: npt.NDArray[np.int32]
    starts: Ints
    few: Ints

    def alike(self, rows: Ints) -> list[tuple[int, int]]:
        """Return the pairs of ``rows``, as places in it, the earlier first, whose features are alike enough."""
        few = self.few[rows]
        numbers = self.numbers[ranges(self.starts[rows], few)]
        order = np.argsort(numbers, kind="stable")
        owner, numbers = np.repeat(np.arange(len(rows)), few)[order], numbers[order]
        same = np.flatnonzero(numbers[1:] == numbers[:-1])
        sharing: dict[int, set[int]] = defaultdict(set)
        for place in same.tolist():
            sharing[int(numbers[place])] |= {int(owner[place]), int(owner[place + 1])}
        pairs = {pair for owners in sharing.values() for pair in combinations(sorted(owners), 2)}
        sizes = (self.starts[rows + 1] - self.starts[rows]).tolist()
        near = [pair for pair in pairs if _may_be_alike(*(sizes[place] for place in pair))]
        held = {place: self._of(int(rows[place])) for place in {place for pair in near for place in pair}}
        return sorted((one, other) for one, other in near if _likeness(held[one], held[other]) >= LIKENESS)

    def _of(self, row: int) -> set[int]:
        return set(self.numbers[int(self.starts[row]) : int(self.starts[row + 1])].tolist())


def rare_features(features: FeatureStore, frequencies: npt.NDArray[np.int32]) -> RareFeatures:
    """Return the features of ``features``, of which so many passages have each, from the rarest to the most frequent."""
    count, size = len(features.starts) - 1, max(len(frequencies), 1)
    order = np.empty(size, np.int64)
    order[np.argsort(frequencies, kind="stable")] = np.arange(len(frequencies))
    inside = features.spans[:, 0] >= 0
    owner = np.repeat(np.arange(count), np.diff(features.starts))[inside]
    pairs = owner * size + order[features.ids[inside]]
    pairs.sort()  # ten times as fast as np.unique
    pairs = pairs[np.diff(pairs, prepend=-1) != 0]
    sizes = np.bincount(pairs // size, minlength=count)
    few = np.where(sizes > 0, sizes - np.ceil(LIKENESS * sizes).astype(np.int64) + 1, 0)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return RareFeatures((pairs % size).astype(np.int32), starts, few)


def _may_be_alike(one: int, other: int) -> bool:
    """Tell whether sets of these sizes may be: the smaller one is all that they can share, the larger one all they have."""
    return min(one, other) >= LIKENESS * max(one, other)


def _likeness(one: set[int], other: set[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
