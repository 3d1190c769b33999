"""Does the corpus answer at all? Several signals, weighed into a probability.

A cosine alone can't tell a question that the corpus answers from one that is merely near its subject. What helps is
whether the rare words of the question, or their translations, stand where the best passage is.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from qa.ranking import Ranked
from qa.retrieval import Candidates
from qa.weights import LanguageWeights


def answer_signals(candidates: Candidates, ranked: Sequence[Ranked]) -> dict[str, float]:
    """Return the signals of answerability, each about 0 to 1; all 0 where nothing was found."""
    names = ("tokens", "passage", "dense", "coverage", "words", "rarest", "margin", "known")
    if not ranked:
        return dict.fromkeys(names, 0.0)
    best = ranked[0].candidate
    own = np.flatnonzero(candidates.owner == best)
    rarity, held = candidates.wording.rarity, candidates.wording.held[best]
    whole = max(float(rarity.sum()), 1e-9)
    rarest = int(np.argmax(rarity)) if len(rarity) else None
    anywhere = candidates.wording.held.max(axis=0) if len(rarity) else rarity
    second = ranked[1].score if len(ranked) > 1 else 0.0
    return {
        "tokens": float(candidates.sentence_signals["tokens"][own].max()),
        "passage": float(candidates.passage_signals["tokens"][best]),
        "dense": float(candidates.passage_signals["dense"].max()),
        "coverage": float(held @ rarity) / whole if len(rarity) else 0.0,
        "words": float(candidates.sentence_signals["words"][own].max()),
        "rarest": float(held[rarest]) if rarest is not None else 0.0,
        "margin": ranked[0].score - second,
        "known": float(anywhere @ rarity) / whole if len(rarity) else 0.0,
    }


def confidence(signals: Mapping[str, float], weights: LanguageWeights) -> float:
    """Return the probability, from 0 to 1, that the corpus answers."""
    odds = weights.bias + sum(weight * signals[name] for name, weight in weights.answerable.items())
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))
