"""Learning the weights: which signals find the answering sentence, and which tell that there is one.

Ranking by listwise maximum likelihood (ListNet's top-one probabilities: Cao et al., ICML 2007): the answering sentences of a
question should have most of a softmax over all sentences of its candidates. Answerability by logistic regression. Each
signal pulls one way only, so that a weight can be read; small weights are preferred (ridge).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.retrieval.signals import BIAS
from qa.retrieval.weights import LanguageWeights

Doubles = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

AGAINST = frozenset({"aside", "kindless", "nowhere", "strange", "unknown", "unmet", "unrelated", "untold"})
"""Signals that speak against a passage or an answer; all others speak for it."""

SUM = 3.0
_RESAMPLES = 1000
_RIDGE_RANKING, _RIDGE_ANSWERABLE = 0.02, 0.002


@dataclass(frozen=True, slots=True)
class RankingExample:
    """One question's sentences: ``signals`` (u, f) of each, passage signals first, and which of them answer (u,)."""

    signals: Doubles
    answers: Booleans


@dataclass(frozen=True, slots=True)
class OddsExample:
    """One question's signals of answerability (f,), and whether what is asked of them holds."""

    signals: Doubles
    holds: bool


def learn_ranking(examples: Sequence[RankingExample], names: Sequence[str]) -> dict[str, float]:
    """Return the weight of each signal of ``names`` that ranks the answering sentences of ``examples`` first.

    The weights are scaled so that those above 0 sum to `SUM`: an order has no scale, and scores should not depend on one.
    """
    useful = [example for example in examples if example.answers.any()]
    scale = np.maximum(np.concatenate([example.signals for example in useful]).std(axis=0), 1e-6)
    scaled = [(example.signals / scale, example.answers) for example in useful]

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        total, slope = 0.0, np.zeros_like(weights)
        for signals, answers in scaled:
            scores = signals @ weights
            mass = np.exp(scores - scores.max())
            right = mass * answers
            total += float(np.log(mass.sum()) - np.log(right.sum() + 1e-300))
            slope += signals.T @ (mass / mass.sum() - right / (right.sum() + 1e-300))
        count = len(scaled)
        return total / count + _RIDGE_RANKING * float(weights @ weights), slope / count + 2 * _RIDGE_RANKING * weights

    found = _minimum(loss, names, 0) / scale
    found *= SUM / max(float(found[found > 0].sum()), 1e-9)
    return dict(zip(names, map(float, found), strict=True))


def learn_odds(examples: Sequence[OddsExample], names: Sequence[str]) -> dict[str, float]:
    """Return the weight of each signal of ``names``, and the bias, that make the log odds that an example holds."""
    table = np.stack([example.signals for example in examples])
    scale = np.maximum(table.std(axis=0), 1e-6)
    signals = np.hstack([table / scale, np.ones((len(table), 1))])
    wanted = np.asarray([example.holds for example in examples], np.float64)
    ridge = np.append(np.full(len(names), _RIDGE_ANSWERABLE), 0.0)

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        odds = signals @ weights
        likely = 1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30)))
        total = float((np.logaddexp(0.0, odds) - wanted * odds).mean()) + float(ridge @ weights**2)
        return total, signals.T @ (likely - wanted) / len(wanted) + 2 * ridge * weights

    found = _minimum(loss, names, 1)
    return {BIAS: float(found[-1])} | dict(zip(names, map(float, found[:-1] / scale), strict=True))


def threshold_for(confidences: Sequence[float], share: float) -> float:
    """Return the confidence that ``share`` of answerable questions reach: the mean over resamples, as single ones jump."""
    known = np.asarray(confidences)
    samples = np.random.default_rng(0).choice(known, (_RESAMPLES, len(known)))
    return float(np.quantile(samples, 1.0 - share, axis=1).mean())


def rounded(weights: LanguageWeights) -> LanguageWeights:
    """Return ``weights`` with as many digits as mean anything."""

    def small(values: Mapping[str, float]) -> dict[str, float]:
        return {name: round(value, 3) + 0.0 for name, value in values.items()}

    return LanguageWeights(
        small(weights.passage),
        small(weights.sentence),
        small(weights.subject),
        small(weights.answerable),
        round(weights.threshold, 3),
    )


def _minimum(loss: Callable[[Doubles], tuple[float, Doubles]], names: Sequence[str], free: int) -> Doubles:
    from scipy.optimize import minimize

    bounds = [(None, 0.0) if name in AGAINST else (0.0, None) for name in names] + [(None, None)] * free
    start = np.asarray([-0.1 if name in AGAINST else 0.1 for name in names] + [0.0] * free)
    found: Doubles = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found
