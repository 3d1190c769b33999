"""The signals, named once: what is measured has these fields, and weights are for these names only."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from index.arrays import Floats


@dataclass(frozen=True, slots=True)
class PassageSignals:
    """What each leg says of each candidate (c,): the model's vectors, late interaction, words, headings; what is aside."""

    dense: Floats
    tokens: Floats
    words: Floats
    headings: Floats
    aside: Floats


@dataclass(frozen=True, slots=True)
class SentenceSignals:
    """The same of each sentence (s,): late interaction, that of the canonical form, words, and whether it defines."""

    tokens: Floats
    canonical: Floats
    words: Floats
    defines: Floats


BIAS = "bias"
"""The name of what is added to log odds whatever the signals are."""

SUBJECT = ("unrelated", "dense", "canonical", "meant", "nowhere", "source")
ANSWER = ("told", "words", "meant", "weakest", "unmet", "untold", "unknown", "strange", "kindless")

NAMES: Mapping[str, tuple[str, ...]] = {
    "passage": tuple(field.name for field in fields(PassageSignals)),
    "sentence": tuple(field.name for field in fields(SentenceSignals)),
    "subject": (BIAS, *SUBJECT),
    "answerable": (BIAS, *ANSWER),
}
"""The signals that each part of the weights may name."""

RETIRED = frozenset({"concepts", "coverage", "missing", "peak"})
"""Signals of before: weights may still name them, and they count for nothing."""


def named(signals: PassageSignals | SentenceSignals) -> dict[str, Floats]:
    """Return the signals by name."""
    part = "passage" if isinstance(signals, PassageSignals) else "sentence"
    return {name: getattr(signals, name) for name in NAMES[part]}


def weighed(signals: PassageSignals | SentenceSignals, weights: Mapping[str, float]) -> Floats:
    """Return the sum of the signals, each times its weight; a signal without one counts for nothing."""
    known = named(signals)
    start = np.zeros(len(known["tokens"]), np.float32)
    return sum((weight * known[name] for name, weight in weights.items()), start=start)
