"""The measures, each a ratio that is summed over questions, with bootstrap intervals over facts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.model import Passage, Span
from qa.evaluation.dataset import GoldAnswer, Question

Ratio = tuple[float, float]
DEPTH = 10  # ranks that MRR@10 and nDCG@10 look at
Cited = tuple[str, Span]
"""A quoted sentence: its document's id and its place."""


_RESAMPLES, _SEED = 2000, 20251125


@dataclass(frozen=True, slots=True)
class Found:
    """A passage in a ranking, and the other documents that hold the same text."""

    passage: Passage
    also_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a system gave for a question: passages from best to worst, and, where it says so, whether they answer.

    ``evidence`` is the first sentence marked in the first passage, ``marked`` all of them, ``cited`` what the answer quotes,
    nothing where none is given.
    """

    ranking: tuple[Found, ...]
    evidence: Span | None = None
    answerable: bool | None = None
    confidence: float | None = None
    cited: tuple[Cited, ...] = ()
    marked: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over some questions, with its 95 % interval; ``questions`` counts those that it applies to."""

    value: float
    low: float
    high: float
    questions: int


def gains(question: Question, finding: Finding) -> list[float]:
    """Return what each of the first ten ranks gives that the ranks before it didn't: parts answered, or a grade.

    A passage answers a part if it holds more than half of an answer's characters. Where whole documents are judged, a
    document ranks where its best passage does.
    """
    if question.answers:
        met: set[str] = set()
        values = []
        for found in finding.ranking[:DEPTH]:
            new = {answer.part for answer in question.answers if _holds(found, answer)} - met
            met |= new
            values.append(float(len(new)))
        return values
    documents = dict.fromkeys(
        document for found in finding.ranking for document in (found.passage.document_id, *found.also_in)
    )
    return [float(max(question.relevant.get(document, 0), 0)) for document in list(documents)[:DEPTH]]


def overlap(one: Span, other: Span) -> int:
    """Return how many code points two spans share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def measure(question: Question, finding: Finding) -> dict[str, Ratio]:
    """Return numerator and denominator of each measure for one question; measures that don't apply are left out."""
    measures: dict[str, Ratio] = {}
    if question.answers or any(question.relevant.values()):
        found = gains(question, finding)
        first = next((rank for rank, gain in enumerate(found, 1) if gain > 0), math.inf)
        for k in (1, 3, 5):
            measures[f"R@{k}"] = (float(first <= k), 1.0)
        measures["MRR@10"] = (1.0 / first, 1.0)
        measures["nDCG@10"] = (_ndcg(found, question), 1.0)
    if question.answers and finding.evidence is not None:
        measures["evidence@1"] = (float(_marks(question, finding)), 1.0)
    if question.answers and finding.marked:
        measures["evidence precision"] = measure_citations(question, finding.marked)["citation precision"]
    if question.answers and finding.cited:
        measures |= measure_citations(question, finding.cited)
    if question.answerable is not None and finding.answerable is not None:
        refused = float(not finding.answerable)
        if question.answerable:
            measures["answered"] = (1.0 - refused, 1.0)
        else:
            measures["refused"] = (refused, 1.0)
        if refused:
            measures["refusal precision"] = (float(not question.answerable), 1.0)
    return measures


def summarise(measured: Sequence[tuple[str, Mapping[str, Ratio]]]) -> dict[str, Figure]:
    """Return each measure over questions given as fact and measures; intervals resample facts (percentile bootstrap)."""
    by_measure: dict[str, dict[str, list[Ratio]]] = {}
    for fact, ratios in measured:
        for name, ratio in ratios.items():
            by_measure.setdefault(name, {}).setdefault(fact, []).append(ratio)
    return {name: _figure(list(facts.values())) for name, facts in by_measure.items()}


def _figure(facts: Sequence[Sequence[Ratio]]) -> Figure:
    sums = np.asarray([[sum(part) for part in zip(*ratios, strict=True)] for ratios in facts])
    value = _share(sums.sum(axis=0)[None])[0]
    times = np.random.default_rng(_SEED).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=_RESAMPLES)
    low, high = np.percentile(_share(times @ sums), [2.5, 97.5])
    return Figure(round(float(value), 4), round(float(low), 4), round(float(high), 4), sum(map(len, facts)))


def _share(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    shares: npt.NDArray[np.float64] = sums[:, 0] / np.maximum(sums[:, 1], 1e-12)
    return shares


def _holds(found: Found, answer: GoldAnswer) -> bool:
    if found.passage.document_id == answer.document_id:
        return overlap(found.passage.span, answer.span) * 2 > len(answer.span)
    return answer.document_id in found.also_in and answer.quote in found.passage.text


def _marks(question: Question, finding: Finding) -> bool:
    """Tell whether the marked sentence has more than half of an answer, or lies in one."""
    evidence = finding.evidence
    if evidence is None or not finding.ranking:
        return False
    document = finding.ranking[0].passage.document_id
    return any(
        answer.document_id == document
        and (overlap(evidence, answer.span) * 2 > len(answer.span) or answer.span.contains(evidence))
        for answer in question.answers
    )


def _ndcg(found: Sequence[float], question: Question) -> float:
    """Return nDCG@10 with linear gains (Järvelin and Kekäläinen, TOIS 2002), at most 1."""
    grades = [1.0] * len({answer.part for answer in question.answers}) or list(map(float, question.relevant.values()))
    ideal = sorted((grade for grade in grades if grade > 0), reverse=True)[:DEPTH]
    return min(1.0, _discounted(found) / _discounted(ideal))


def _discounted(values: Sequence[float]) -> float:
    return sum(value / math.log2(rank + 1) for rank, value in enumerate(values, 1))


def measure_citations(question: Question, cited: Sequence[Cited]) -> dict[str, Ratio]:
    """Return the measures of an answer that cites ``cited``, at least one, to a question with gold answers.

    Precision is the share of citations that quote a gold sentence (those that only lead to the next one count against
    it); recall the share of the question's parts, one where it isn't parted, that some citation answers.
    """
    right = sum(any(_quotes(item, answer) for answer in question.answers) for item in cited)
    parts = {answer.part for answer in question.answers}
    met = {answer.part for answer in question.answers if any(_quotes(item, answer) for item in cited)}
    return {"citation precision": (right / len(cited), 1.0), "citation recall": (len(met) / len(parts), 1.0)}


def _quotes(item: Cited, answer: GoldAnswer) -> bool:
    """Tell whether a citation has more than half of a gold sentence, or lies in one."""
    document, span = item
    shared = max(0, min(span.end, answer.span.end) - max(span.start, answer.span.start))
    return document == answer.document_id and (shared * 2 > len(answer.span) or answer.span.contains(span))
