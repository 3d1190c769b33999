"""Asking: one question against one generation, from its words to a cited answer."""

import math
import time
from dataclasses import replace

import numpy as np

from corpus.model import Translation
from index.engines.glossing import is_english
from index.generations.opening import Generation
from index.models.embedding import Embedder, Encoded
from qa.answers.absence import Absence, find_absence
from qa.answers.answerability import judge
from qa.answers.citations import CitationError, cite
from qa.answers.conflicts import conflicts, with_opposites
from qa.answers.extractive import extract, no_answer
from qa.answers.glosses import Glosser, with_glosses
from qa.answers.premises import WRONG, check_premise, contradicting
from qa.answers.selection import select
from qa.answers.want_scores import Asked
from qa.model import Alignment, Citation, Evidence, Hit, Result
from qa.questions.focus import focused
from qa.questions.query import Query, QueryReader
from qa.retrieval.candidates import Candidates, find_candidates
from qa.retrieval.ranking import Ranked, evidence_of, prefer_kind, rank
from qa.retrieval.reranking import Reranker, rerank
from qa.retrieval.signals import named
from qa.retrieval.weights import Weights
from qa.statements.reader import StatementReader
from qa.verification.claims import LookedUp

_TO_RERANK = 20  # passages beside those that are shown, for a reranker
_SPARE = 3  # the same, should a quote not hold
_MOST_ALIGNMENTS = 8
_WEAKEST_ALIGNMENT = 0.35


class Engine:
    """Answers questions from a generation that it is given with each; holds the model and what was learned."""

    def __init__(self, embedder: Embedder, reader: QueryReader, weights: Weights, reranker: Reranker | None = None) -> None:
        self._embedder = embedder
        self._reranker = reranker
        self._reader = reader
        self._weights = weights
        self._glosser = Glosser(reader.terms)
        self.statements = StatementReader(reader.terms, reader.segmenter, is_english)

    def ask(self, question: str, generation: Generation, *, limit: int = 5, expand: bool = True) -> Result:
        """Return what ``generation`` says to ``question``: up to ``limit`` hits, and an answer if it has one."""
        started = time.perf_counter()
        query, encoded, candidates = self.inquire(question, generation, expand=expand)
        weights = self._weights.languages[query.side]
        ranked = rank(candidates, weights, generation, limit + (_TO_RERANK if self._reranker else _SPARE))
        absence = find_absence(query, candidates, generation)
        sure = judge(query, encoded, candidates, ranked, weights, generation, absence)
        # After the signals: an amount elsewhere doesn't make up for the best passage's telling none.
        ranked = prefer_kind(ranked, candidates.kind)
        if self._reranker:
            ranked = rerank(question, ranked, self._reranker)
        shown, hits, citations = _cited(ranked, limit, query, candidates, generation)
        answerable = bool(hits) and sure >= weights.threshold
        missing = _missing(query, absence)
        answer = no_answer(query.answer_in, missing)
        if answerable:
            found = LookedUp(query.side, encoded, candidates, ranked)
            wrong = contradicting(check_premise(query.text, found, generation, self.statements), shown)
            if wrong:
                answer, hits, citations = extract(wrong, hits, citations, generation)
                answer = replace(answer, premise=WRONG[query.answer_in])
            else:
                chosen = select(Asked(query, encoded, candidates, generation, self._weights), shown)
                chosen, disputes = with_opposites(chosen, shown, candidates.wording, self.statements, generation)
                answer, hits, citations = extract(chosen, hits, citations, generation)
                answer = replace(answer, missing=missing, conflict=conflicts(disputes, hits, citations))
        if query.answer_in == "en":
            answer, hits = with_glosses(answer, hits, citations, self._glosser)
        return Result(
            question=question,
            language=query.language,
            answer_language=query.answer_in,
            answerable=answerable,
            confidence=round(sure, 4),
            answer=answer,
            hits=tuple(hits),
            citations=tuple(citations),
            expansions=query.expansions,
            generation=generation.name,
            built_at=generation.manifest.built_at,
            took_ms=round((time.perf_counter() - started) * 1000, 1),
        )

    def look_up(self, statement: str, generation: Generation) -> LookedUp:
        """Return the passages of ``generation`` that bear on ``statement``, with their signals, best first."""
        query, encoded, candidates = self.inquire(statement, generation)
        ranked = rank(candidates, self._weights.languages[query.side], generation)
        return LookedUp(query.side, encoded, candidates, ranked)

    def inquire(self, question: str, generation: Generation, *, expand: bool = True) -> tuple[Query, Encoded, Candidates]:
        """Return how ``question`` is understood, how the model sees it, and which passages may answer it."""
        query = self._reader.read(question, generation.glossary, expand=expand, texts_in=generation.main_language)
        encoded, *renamed = self._embedder.encode_questions(list(dict.fromkeys((question, query.canonical))))
        encoded = focused(encoded, query.told, [group.span for group in query.groups if group.is_subject])
        weights = self._weights
        candidates = find_candidates(
            query,
            encoded,
            renamed[0] if renamed else encoded,
            generation,
            limit=weights.candidates,
            stop_weight=weights.stop_weight,
            heading_share=weights.heading_share,
        )
        return query, encoded, candidates


def _cited(
    ranked: list[Ranked],
    limit: int,
    query: Query,
    candidates: Candidates,
    generation: Generation,
) -> tuple[list[Ranked], list[Hit], list[Citation]]:
    """Return the first ``limit`` ranked passages whose quotes hold, as they were ranked and as hits, and their citations.

    Citation n is the best evidence of the hit of rank n; further evidence is numbered after that. A passage whose quote
    doesn't hold is left out: nothing unproved is shown.
    """
    shown: list[Ranked] = []
    hits: list[Hit] = []
    first: list[Citation] = []
    further: list[tuple[Hit, Evidence]] = []
    for item in ranked:
        if len(hits) == limit:
            break
        evidence = evidence_of(item)
        try:
            made = [cite(len(hits) + 1, item.passage, part.span, part.text, generation) for part in evidence]
        except CitationError:
            continue
        translation = generation.documents[item.passage.document_id].translation
        hit = _hit(item, len(hits) + 1, evidence, query, candidates, translation)
        shown.append(item)
        hits.append(hit)
        first.append(made[0])
        further += [(hit, part) for part in evidence[1:]]
    rest = [
        cite(len(first) + number, hit.passage, part.span, part.text, generation)
        for number, (hit, part) in enumerate(further, 1)
    ]
    return shown, hits, [*first, *rest]


def _missing(query: Query, absence: Absence) -> tuple[str, ...]:
    """Return the names of the question that no text has, as they were written there; a mere number is none."""
    names = (span.of(query.text) for span in absence.names)
    return tuple(dict.fromkeys(name for name in names if any(map(str.isalpha, name))))


def _hit(
    item: Ranked,
    number: int,
    evidence: tuple[Evidence, ...],
    query: Query,
    candidates: Candidates,
    translation: Translation | None,
) -> Hit:
    own = candidates.sentences.of(item.candidate)
    signals = {name: float(values[item.candidate]) for name, values in named(candidates.passage_signals).items()}
    signals |= {f"sentence_{name}": max(values[own].tolist()) for name, values in named(candidates.sentence_signals).items()}
    reading = item.passage.reading
    matches = tuple(reading.to_raw(span.start, span.end) for span in candidates.wording.matches(item.candidate))
    return Hit(
        passage=item.passage,
        rank=number,
        score=round(1 / (1 + math.exp(-2 * (item.score - 1))), 4),
        evidence=evidence,
        signals={name: round(value, 4) for name, value in signals.items()},
        matches=matches,
        alignments=_align(item, query, candidates),
        also_in=item.also_in,
        translation=translation.of(item.passage.span) if translation else None,
    )


def _align(item: Ranked, query: Query, candidates: Candidates) -> tuple[Alignment, ...]:
    """Return, for each thing that the question asks for, the token of the passage that comes nearest to it."""
    block = candidates.block
    body = block.body_of(item.candidate)
    cosines = candidates.alignment(body)
    if not cosines.size:
        return ()
    nearest = cosines.argmax(axis=1)
    strengths = cosines[np.arange(len(nearest)), nearest]
    reading = item.passage.reading
    found: list[Alignment] = []
    order = np.argsort(-strengths, kind="stable")[:_MOST_ALIGNMENTS]
    best, places = strengths[order].tolist(), block.spans[body.start + nearest[order]].tolist()
    for number, strength, (start, end) in zip(order.tolist(), best, places, strict=True):
        if strength < _WEAKEST_ALIGNMENT:
            break
        start, end = max(start, 0), max(end, 0)
        place = reading.to_raw(start, end)
        found.append(Alignment(query.groups[number].label, reading.text[start:end], place, round(strength, 3)))
    return tuple(sorted(found, key=lambda alignment: alignment.span))
