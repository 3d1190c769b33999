"""One evaluation: every question to every system, measured by language, kind and half."""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions of one set, and the bench over its texts."""

    name: str
    bench: Bench
    questions: Sequence[Question]


def evaluate(sets: Sequence[Asked], variants: Sequence[Variant], progress: Progress, *, alone: bool = True) -> Evaluation:
    """Ask the questions of ``sets`` of each variant of the service and, if ``alone``, of BM25 and dense alone.

    The first variant is also measured by kind, and gives the reliability of ``confidence`` if not all can be answered.
    """
    questions = [question for own in sets for question in own.questions]
    alone = alone and any(question.answers or question.relevant for question in questions)
    for own in sets:
        for done, question in enumerate(own.questions):
            progress(f"questions of {own.name}", done, len(own.questions))
            own.bench.embedder.encode_question(question.text)
        progress(f"questions of {own.name}", len(own.questions), len(own.questions))
    systems: dict[str, Callable[[Bench], System]] = {
        variant.name: functools.partial(service, variant=variant) for variant in variants
    }
    if alone:
        systems |= {
            BM25: bm25,
            DENSE: functools.partial(dense, means_out=False),
            DENSE_MEANS_OUT: functools.partial(dense, means_out=True),
        }
    figures: dict[str, dict[str, dict[str, Figure]]] = {}
    first: list[Finding] = []
    groups = [name for own in sets for name in [own.name if len(sets) > 1 else ""] * len(own.questions)]
    for name, system in systems.items():
        findings = [finding for own in sets for finding in _ask(name, system(own.bench), own.questions, progress)]
        first = first or findings
        figures[name] = tabulate(list(zip(questions, findings, groups, strict=True)), kinds=not figures)
    judged = [
        (finding.confidence, question.answerable)
        for question, finding in zip(questions, first, strict=True)
        if finding.confidence is not None and question.answerable is not None
    ]
    bins = reliability(judged) if any(not answerable for _, answerable in judged) else ()
    return Evaluation(figures, bins, _times(sets), len(questions))


def _ask(name: str, system: System, questions: Sequence[Question], progress: Progress) -> Iterator[Finding]:
    for done, question in enumerate(questions):
        progress(name, done, len(questions))
        yield system(question)
    progress(name, len(questions), len(questions))


def tabulate(found: Sequence[tuple[Question, Finding, str]], *, kinds: bool) -> dict[str, dict[str, Figure]]:
    """Return the figures of questions with their findings and the name of their set (or none), by slice and measure."""
    slices: dict[str, list[tuple[str, dict[str, Ratio]]]] = defaultdict(list)
    for question, finding, group in found:
        measured = (question.fact, measure(question, finding))
        for name in slice_names(question, group, kinds=kinds):
            slices[name].append(measured)
    return {name: summarise(measured) for name, measured in sorted(slices.items())}


def slice_names(question: Question, group: str = "", *, kinds: bool) -> Iterator[str]:
    """Yield what a question counts in: all, its language, its set ``group``, its half (our own questions), its kinds."""
    yield "all"
    yield question.language
    if group:
        yield f"set {group}"
        yield f"set {group} {question.language}"
    if question.kinds:
        yield question.half
        yield f"{question.half} {question.language}"
    for kind in question.kinds if kinds else ():
        yield f"kind {kind}"
        yield f"kind {kind} {question.language}"


def _times(sets: Sequence[Asked]) -> Times:
    timed: list[float] = []
    for own in sets:
        step = max(1, len(own.questions) * len(sets) // _TIMED)
        timed += time_service(own.bench, own.questions[::step])
    embedding = [second * 1000 for own in sets for second in own.bench.embedder.seconds]
    return Times(_median_p95(timed), _median_p95(embedding) if embedding else None, len(timed))


def _median_p95(values: Sequence[float]) -> tuple[float, float]:
    return round(float(np.median(values)), 2), round(float(np.percentile(values, 95)), 2)
