"""One evaluation: every question to every system, measured by language, kind and half."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.building.build import Progress
from qa.evaluation.bench import Bench
from qa.evaluation.dataset import Question
from qa.evaluation.legs import Variant
from qa.evaluation.metrics import Figure, Finding, Ratio, measure, summarise
from qa.evaluation.reliability import Bin, reliability
from qa.evaluation.systems import System, bm25, dense, service, time_service

BM25, DENSE, DENSE_MEANS_OUT = "BM25 alone", "dense alone", "dense alone, means out"
_TIMED = 200  # questions, spread over the set


@dataclass(frozen=True, slots=True)
class Times:
    """Median and 95th percentile, in milliseconds, of asking (embedding apart) and of embedding a question.

    Embedding is None where every question's vectors were kept from before.
    """

    ask: tuple[float, float]
    embedding: tuple[float, float] | None
    questions: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out: figures by system, slice (``all``, ``en``, ``testing en``, ``kind typo`` …) and measure."""

    figures: Mapping[str, Mapping[str, Mapping[str, Figure]]]
    reliability: tuple[Bin, ...]
    times: Times
    questions: int


def evaluate(
    bench: Bench, questions: Sequence[Question], variants: Sequence[Variant], progress: Progress, *, alone: bool = True
) -> Evaluation:
    """Ask ``questions`` of each variant of the service and, if ``alone``, of BM25 and dense alone; return the figures.

    The first variant is also measured by kind, and gives the reliability of ``confidence`` if not all can be answered.
    """
    for done, question in enumerate(questions):
        progress("questions", done, len(questions))
        bench.embedder.encode_question(question.text)
    progress("questions", len(questions), len(questions))
    systems = {variant.name: service(bench, variant) for variant in variants}
    if alone and any(question.answers or question.relevant for question in questions):
        systems |= {
            BM25: bm25(bench),
            DENSE: dense(bench, means_out=False),
            DENSE_MEANS_OUT: dense(bench, means_out=True),
        }
    figures: dict[str, dict[str, dict[str, Figure]]] = {}
    first: list[Finding] = []
    for name, system in systems.items():
        findings = list(_ask(name, system, questions, progress))
        first = first or findings
        figures[name] = _figures(questions, findings, kinds=not figures)
    judged = [
        (finding.confidence, question.answerable)
        for question, finding in zip(questions, first, strict=True)
        if finding.confidence is not None and question.answerable is not None
    ]
    bins = reliability(judged) if any(not answerable for _, answerable in judged) else ()
    return Evaluation(figures, bins, _times(bench, questions), len(questions))


def _ask(name: str, system: System, questions: Sequence[Question], progress: Progress) -> Iterator[Finding]:
    for done, question in enumerate(questions):
        progress(name, done, len(questions))
        yield system(question)
    progress(name, len(questions), len(questions))


def _figures(questions: Sequence[Question], findings: Sequence[Finding], *, kinds: bool) -> dict[str, dict[str, Figure]]:
    slices: dict[str, list[tuple[str, dict[str, Ratio]]]] = defaultdict(list)
    for question, finding in zip(questions, findings, strict=True):
        measured = (question.fact, measure(question, finding))
        for name in slice_names(question, kinds=kinds):
            slices[name].append(measured)
    return {name: summarise(measured) for name, measured in sorted(slices.items())}


def slice_names(question: Question, *, kinds: bool) -> Iterator[str]:
    """Yield the groups that a question counts in: all, its language, its half (our own questions only), its kinds."""
    yield "all"
    yield question.language
    if question.kinds:
        yield question.half
        yield f"{question.half} {question.language}"
    for kind in question.kinds if kinds else ():
        yield f"kind {kind}"
        yield f"kind {kind} {question.language}"


def _times(bench: Bench, questions: Sequence[Question]) -> Times:
    step = max(1, len(questions) // _TIMED)
    timed = time_service(bench, questions[::step])
    embedding = [second * 1000 for second in bench.embedder.seconds]
    return Times(_median_p95(timed), _median_p95(embedding) if embedding else None, len(timed))


def _median_p95(values: Sequence[float]) -> tuple[float, float]:
    return round(float(np.median(values)), 2), round(float(np.percentile(values, 95)), 2)
