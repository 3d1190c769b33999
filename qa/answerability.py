"""Does the corpus answer at all? Several signals, weighed into a probability.

A cosine alone can't tell a question that the corpus answers from one that is merely near its subject. What helps is
whether the rare words of the question, or their translations, stand where the best passage is.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from qa.answer_kind import lacks_kind
from qa.query import Query
from qa.ranking import Ranked
from qa.retrieval import Candidates
from qa.weights import LanguageWeights

Floats = npt.NDArray[np.float32]

# Cosines of what has nothing to do with each other, and of what means the same.
_UNLIKE, _ALIKE = 0.35, 0.75

NAMES = ("tokens", "canonical", "passage", "dense", "concepts", "peak", "kindless", "meant", "weakest", "missing")


def answer_signals(query: Query, candidates: Candidates, ranked: Sequence[Ranked]) -> dict[str, float]:
    """Return the signals of answerability, each about 0 to 1; all 0 where nothing was found.

    Of the best passage: how it and its best sentence meet the question's tokens, the share of the question's terms that it
    holds (``concepts``) and of all its rare words that it holds or at least means (``meant``; ``weakest`` is the least of
    them), how far it stands out (``peak``, in standard deviations), and whether it lacks the kind of thing that is asked
    for (``kindless``). Of the question: the rarest of its terms that stands nowhere (``missing``).
    """
    if not ranked:
        return dict.fromkeys(NAMES, 0.0)
    best = ranked[0].candidate
    own = np.flatnonzero(candidates.owner == best)
    sentence, passage = candidates.sentence_signals, candidates.passage_signals
    rarity, held = candidates.wording.rarity, candidates.wording.held
    terms = np.asarray([group.origin == "concept" for group in query.groups], np.bool_)
    anywhere = held.max(axis=0) if len(rarity) else rarity
    meant = np.maximum(held, np.clip((candidates.meaning - _UNLIKE) / (_ALIKE - _UNLIKE), 0.0, 1.0))
    greatest = max(float(rarity.max(initial=0.0)), 1e-9)
    scores = np.asarray([item.score for item in ranked])
    return {
        "tokens": float(sentence["tokens"][own].max()),
        "canonical": float(sentence["canonical"][own].max()),
        "passage": float(passage["tokens"][best]),
        "dense": float(passage["dense"].max()),
        "concepts": _share(held[best][terms], rarity[terms]) if terms.any() else _share(held[best], rarity),
        "peak": float((scores[0] - scores.mean()) / max(float(scores.std()), 1e-6)) / 5.0,
        "kindless": float(lacks_kind(query.text, ranked[0].sentences[0].text)),
        "meant": _share(meant[best], rarity),
        "weakest": float(meant[best].min(initial=1.0)),
        "missing": float(((1.0 - anywhere) * rarity)[terms].max(initial=0.0)) / greatest,
    }


def _share(held: Floats, rarity: Floats) -> float:
    return float(held @ rarity) / max(float(rarity.sum()), 1e-9)


def confidence(signals: Mapping[str, float], weights: LanguageWeights) -> float:
    """Return the probability, from 0 to 1, that the corpus answers."""
    odds = weights.bias + sum(weight * signals[name] for name, weight in weights.answerable.items())
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))
