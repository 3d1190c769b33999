"""How well the words of candidates cover a question: BM25 over groups of words that mean the same.

A group of alternatives (a term in both languages, a word and its translations) counts as one word, with one document
frequency, as in Pirkola's structured queries (SIGIR 1998): many translations don't make a word weigh more.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.model import Span
from index.arrays import Floats, Ints
from index.generations.opening import Generation
from index.generations.passage_table import Sentences, number_units
from qa.questions.query import Group

_SATURATION, _LENGTH = 1.2, 0.5  # BM25's k1 and b
_TYPICAL_LENGTH = 150.0  # characters of a passage


@dataclass(frozen=True, slots=True)
class Wording:
    """How much of each group of a question's words a passage (c, g), its headings (c, g) and each sentence (u, g) hold.

    ``rarity`` (g,) weighs the groups; ``held`` (c, g) tells how surely a candidate holds a group, headings counted.
    ``places`` (m, 2) are where words stand in the texts of the candidates ``owner`` (m,).
    """

    passages: Floats
    headings: Floats
    sentences: Floats
    rarity: Floats
    held: Floats
    owner: Ints
    places: Ints

    def shares(self, groups: Sequence[int] | slice = slice(None)) -> tuple[Floats, Floats, Floats]:
        """Return the parts of the weight of ``groups``, 0 to 1, in passages (c,), headings (c,) and sentences (u,)."""
        rarity = self.rarity[groups]
        share = rarity / max(float(rarity.sum()), 1e-9)
        return self.passages[:, groups] @ share, self.headings[:, groups] @ share, self.sentences[:, groups] @ share

    def matches(self, candidate: int) -> tuple[Span, ...]:
        """Return where words stand in the text of ``candidate``, in order, without those that overlap a longer one."""
        return _longest([Span(start, end) for start, end in self.places[self.owner == candidate].tolist()])


def score_words(groups: Sequence[Group], rows: Ints, sentences: Sentences, generation: Generation) -> Wording:
    """Return the wording of candidates ``rows``, whose ``sentences`` are given."""
    features = generation.features
    weights: dict[int, npt.NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(groups)))
    rarity = np.zeros(len(groups), np.float32)
    for number, group in enumerate(groups):
        having = 0
        for key, weight in group.alternatives.items():
            feature = features.vocabulary.get(key)
            if feature is not None:
                weights[feature][number] = weight
                having += int(generation.frequencies[feature])
        rarity[number] = group.weight * _rarity(having, len(generation.passages))
    slot = np.full(len(features.vocabulary), -1, np.int64)
    slot[np.fromiter(weights, np.int64, len(weights))] = np.arange(len(weights))
    ids, places, owner = features.of_rows(rows)
    found = np.flatnonzero(slot[ids] >= 0)
    table = np.stack([*weights.values(), np.zeros(len(groups))])
    ids, places, owner, gained = ids[found], places[found], owner[found], table[slot[ids[found]]]
    inside = places[:, 0] >= 0
    bounds, unit_owner = sentences.places, sentences.owner
    head, text, units = (np.zeros((count, len(groups))) for count in (len(rows), len(rows), len(bounds)))
    np.maximum.at(head, owner[~inside], gained[~inside])
    np.add.at(text, owner[inside], gained[inside])
    if len(bounds):
        np.add.at(units, number_units(owner[inside], places[inside, 0], unit_owner, bounds[:, 0]), gained[inside])
        # A row says what it says of its columns: their names count as words of it.
        rowed = generation.table.tables[rows]
        text[rowed] = np.maximum(text[rowed], head[rowed])
        units[rowed[unit_owner]] = np.maximum(units, head[unit_owner])[rowed[unit_owner]]
    lengths = bounds[sentences.first[1:] - 1, 1]
    return Wording(
        _saturated(text, lengths).astype(np.float32),
        head.astype(np.float32),
        _saturated(units, bounds[:, 1] - bounds[:, 0]).astype(np.float32),
        rarity,
        np.maximum(np.minimum(text, 1.0), head).astype(np.float32),
        owner[inside],
        places[inside].astype(np.int64),
    )


def _rarity(passages_with: int, passages: int) -> float:
    """Return BM25's inverse document frequency."""
    count = min(passages_with, passages)
    return float(np.log(1.0 + (passages - count + 0.5) / (count + 0.5)))


def _saturated(counts: npt.NDArray[np.float64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return BM25's term frequency part (n, g), half for one in a passage of typical length."""
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / _TYPICAL_LENGTH)
    result: npt.NDArray[np.float64] = counts / (counts + norm[:, None])
    return result


def _longest(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return ``spans`` in order without those that overlap a longer one."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda item: (-len(item), item)):
        if not any(span.overlaps(other) for other in kept):
            kept.append(span)
    return tuple(sorted(kept))
