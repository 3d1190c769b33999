"""What is compared: the service itself, whole or without some of its legs, beside BM25 alone and dense alone."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

import numpy as np

from index.generations.opening import Generation
from index.models.calibration import TextLanguage, centred
from qa.answers.engine import Engine
from qa.evaluation.bench import Bench, pooled_vectors
from qa.evaluation.dataset import Question
from qa.evaluation.legs import Variant, vary
from qa.evaluation.metrics import DEPTH, Finding, Found
from qa.evaluation.restriction import restricted

System = Callable[[Question], Finding]
# Passages that are ranked: more where ten documents have several of them among the first.
_MOSTLY_ENOUGH, _DEEP = 20, 100
_SHOWN = 5  # what the service shows where nothing else is said, and what is timed
_BOOSTS = {"body": 1.0, "heading": 0.5}


def service(bench: Bench, variant: Variant) -> System:
    """Return the service as it answers, less what ``variant`` leaves out."""
    weights, reader, generation = vary(bench, variant)
    engine = Engine(bench.embedder, reader, weights)

    def answer(question: Question) -> Finding:
        searched = restricted(generation, question.among) if question.among else generation
        for limit in (_MOSTLY_ENOUGH, _DEEP):
            result = engine.ask(question.text, searched, limit=limit)
            documents = {hit.passage.document_id for hit in result.hits}
            if question.answers or len(documents) >= DEPTH or len(result.hits) < limit:
                break
        marked = result.hits[0].evidence[0].span if result.hits else None
        ranking = tuple(Found(hit.passage, hit.also_in) for hit in result.hits)
        quoted = {item.number: (item.passage.document_id, item.span) for item in result.citations}
        cited = tuple(quoted[number] for sentence in result.answer.sentences for number in sentence.citations)
        first = result.hits[:1]
        all_marked = tuple((hit.passage.document_id, item.span) for hit in first for item in hit.evidence)
        return Finding(ranking, marked, result.answerable, result.confidence, cited, all_marked)

    return answer


def time_service(bench: Bench, questions: Iterable[Question]) -> list[float]:
    """Return the milliseconds that the whole service takes for each question, its embedding not counted."""
    engine = Engine(bench.embedder, bench.reader(), bench.weights)
    times = []
    for question in questions:
        bench.embedder.encode_question(question.text)  # known when the clock runs
        started = time.perf_counter()
        engine.ask(question.text, bench.generation, limit=_SHOWN)
        times.append((time.perf_counter() - started) * 1000)
    return times


def bm25(bench: Bench) -> System:
    """Return BM25 over jieba words and English stems: the question's own words, no terms, no translations."""
    generation = bench.generation

    def answer(question: Question) -> Finding:
        words = Counter(token.text for token in bench.segmenter.tokens(question.text) if not token.stop)
        weights = {word: float(count) for word, count in words.items()}
        found = generation.lexical.search(weights, _BOOSTS, len(generation.passages))
        return _finding((row for row, _ in found), question, generation)

    return answer


def dense(bench: Bench, *, means_out: bool) -> System:
    """Return the model's cosine between question and passage, with or without the languages' means taken out."""
    generation = bench.generation
    vectors = pooled_vectors(bench)
    if means_out:
        vectors = centred(vectors, np.stack([generation.centres.passages[key].pooled for key in generation.languages]))

    def answer(question: Question) -> Finding:
        vector = bench.embedder.encode_question(question.text).pooled
        if means_out:
            side: TextLanguage = "en" if question.language.startswith("en") else "zh"
            vector = centred(vector, generation.centres.questions[side].pooled)
        order: Sequence[int] = np.argsort(-(vectors @ vector), kind="stable").tolist()
        return _finding(order, question, generation)

    return answer


def _finding(rows: Iterable[int], question: Question, generation: Generation) -> Finding:
    """Return the first of ``rows``, those of other documents than the question's candidates left out."""
    passages = (generation.passages[row] for row in rows)
    allowed = (item for item in passages if not question.among or item.document_id in question.among)
    return Finding(tuple(Found(passage) for passage in islice(allowed, _DEEP)))
