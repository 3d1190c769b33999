"""The legs of retrieval by name, and the service without some of them.

A signal's name is that of its weight (weights.json): ``tokens`` for passages, ``sentence_tokens`` for sentences. The
other legs are what finds candidates or widens the question.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from corpus.term_base import TermBase
from index.engines.dense import DenseIndex
from index.generations.opening import Generation
from index.models.calibration import Centre
from index.models.centres import Centres
from qa.evaluation.bench import Bench, pooled_vectors
from qa.evaluation.restriction import without_dense, without_lexical
from qa.questions.query import QueryReader
from qa.retrieval.weights import LanguageWeights, Weights

SWITCHES = {
    "dense": "the model's passage vectors: their candidates and their weight",
    "lexical": "candidates by BM25",
    "terms": "the term base: synonyms, abbreviations and translations of the field's terms, and mended misspellings",
    "dictionary": "the general dictionary: translations of other words",
    "means": "taking the languages' means out of the vectors",
}
_SENTENCE = "sentence_"


class UnknownLegError(ValueError):
    """A name that is no leg; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The service without the legs ``without``; where ``only`` names a signal, with no other signal than that."""

    without: tuple[str, ...] = ()
    only: str = ""

    @property
    def name(self) -> str:
        """What tables call it."""
        if self.only:
            return f"only {self.only}"
        return "service" + (" without " + ", ".join(self.without) if self.without else "")


def signal_names(weights: Weights) -> tuple[str, ...]:
    """Return the names of all weighed signals."""
    sides = weights.languages.values()
    passage = dict.fromkeys(name for side in sides for name in side.passage)
    sentence = dict.fromkeys(_SENTENCE + name for side in sides for name in side.sentence)
    return (*passage, *sentence)


def leg_names(weights: Weights) -> tuple[str, ...]:
    """Return everything that can be left out."""
    return tuple(dict.fromkeys([*SWITCHES, *signal_names(weights)]))


def check_variant(variant: Variant, weights: Weights) -> None:
    """Raise ``UnknownLegError`` if ``variant`` names what isn't there."""
    for name in variant.without:
        _check(name, leg_names(weights))
    if variant.only:
        _check(variant.only, signal_names(weights))


def vary(bench: Bench, variant: Variant) -> tuple[Weights, QueryReader, Generation]:
    """Return the weights, reader and generation that make the service ``variant``."""
    check_variant(variant, bench.weights)
    reader = bench.reader(TermBase(()) if "terms" in variant.without else None)
    return _weights(bench.weights, variant), reader, _generation(bench, variant)


def _weights(weights: Weights, variant: Variant) -> Weights:
    def kept(name: str) -> bool:
        return name == variant.only if variant.only else name not in variant.without

    def side(own: LanguageWeights) -> LanguageWeights:
        passage = {name: value if kept(name) else 0.0 for name, value in own.passage.items()}
        sentence = {name: value if kept(_SENTENCE + name) else 0.0 for name, value in own.sentence.items()}
        if variant.only:
            passage = {name: float(name == variant.only) for name in passage}
            sentence = {name: float(_SENTENCE + name == variant.only) for name in sentence}
        return replace(own, passage=passage, sentence=sentence)

    return replace(weights, languages={language: side(own) for language, own in weights.languages.items()})


def _generation(bench: Bench, variant: Variant) -> Generation:
    generation = bench.generation
    if "means" in variant.without:
        raw = DenseIndex.build(pooled_vectors(bench))
        generation = replace(generation, dense=raw, centres=_no_centres(generation.centres))
    if "dictionary" in variant.without:
        generation = replace(generation, glossary={})
    if "dense" in variant.without:
        generation = without_dense(generation)
    if "lexical" in variant.without:
        generation = without_lexical(generation)
    return generation


def _no_centres(centres: Centres) -> Centres:
    def nothing(side: Mapping[str, Centre]) -> dict[str, Centre]:
        return {key: Centre(np.zeros_like(own.pooled), np.zeros_like(own.tokens)) for key, own in side.items()}

    return replace(centres, questions=nothing(centres.questions), passages=nothing(centres.passages))  # type: ignore[arg-type]


def _check(name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UnknownLegError(f"There is no leg {name!r}. {hint}Known are: {', '.join(known)}.")
