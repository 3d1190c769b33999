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
from index.opening import Generation
from qa.query import Group

Floats = npt.NDArray[np.float32]

_SATURATION, _LENGTH = 1.2, 0.5  # BM25's k1 and b
_TYPICAL_LENGTH = 150.0  # characters of a passage


@dataclass(frozen=True, slots=True)
class Wording:
    """Scores from 0 to 1: the part of the question's weight that a passage, its headings and each sentence hold.

    ``rarity`` (g,) weighs the groups; ``held`` (c, g) tells how surely a candidate holds a group, headings counted.
    """

    passages: Floats
    headings: Floats
    sentences: Floats
    matches: tuple[tuple[Span, ...], ...]
    rarity: Floats
    held: Floats


def score_words(
    groups: Sequence[Group], rows: Sequence[int], sentences: Sequence[Sequence[tuple[int, int]]], generation: Generation
) -> Wording:
    """Return the wording of candidates ``rows``; ``sentences`` gives the spans of each one's sentences in its text."""
    wanted: dict[int, list[tuple[int, float]]] = defaultdict(list)
    rarity = np.zeros(len(groups), np.float32)
    for number, group in enumerate(groups):
        known = {generation.features.vocabulary[key]: weight for key, weight in group.alternatives.items()
                 if key in generation.features.vocabulary}  # fmt: skip
        for feature, weight in known.items():
            wanted[feature].append((number, weight))
        rarity[number] = _rarity(sum(int(generation.frequencies[feature]) for feature in known), len(generation.passages))
    whole = max(float(rarity.sum()), 1e-9)
    passages, headings, units, held, matches = [], [], [], [], []
    for row, spans in zip(rows, sentences, strict=True):
        ids, places = generation.features.of(row)
        hits = [hit for hit, feature in enumerate(ids.tolist()) if feature in wanted]
        text, head = np.zeros(len(groups)), np.zeros(len(groups))
        by_sentence = np.zeros((len(spans), len(groups)))
        starts = np.asarray([start for start, _ in spans])
        met = []
        for hit in hits:
            start, end = int(places[hit, 0]), int(places[hit, 1])
            for which, weight in wanted[int(ids[hit])]:
                if start < 0:
                    head[which] = max(float(head[which]), weight)
                    continue
                text[which] += weight
                by_sentence[max(int(np.searchsorted(starts, start, "right")) - 1, 0), which] += weight
                met.append(Span(start, end))
        length = spans[-1][1] if spans else 1
        passages.append(_saturated(text, length) @ rarity / whole)
        headings.append(head @ rarity / whole)
        units += [_saturated(counts, end - start) @ rarity / whole
                  for counts, (start, end) in zip(by_sentence, spans, strict=True)]  # fmt: skip
        held.append(np.maximum(np.minimum(text, 1.0), head))
        matches.append(_longest(met))
    return Wording(
        np.asarray(passages, np.float32),
        np.asarray(headings, np.float32),
        np.asarray(units, np.float32),
        tuple(matches),
        rarity,
        np.asarray(held, np.float32).reshape(len(rows), len(groups)),
    )


def _rarity(passages_with: int, passages: int) -> float:
    """Return BM25's inverse document frequency."""
    count = min(passages_with, passages)
    return float(np.log(1.0 + (passages - count + 0.5) / (count + 0.5)))


def _saturated(counts: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64]:
    """Return BM25's term frequency part, scaled so that one occurrence in a passage of typical length gives about a half."""
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * length / _TYPICAL_LENGTH)
    return counts / (counts + norm)


def _longest(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return ``spans`` in order without those that overlap a longer one."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda item: (-len(item), item)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept))
