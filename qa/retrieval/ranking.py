"""From candidates to hits: signals weighed, sentences ordered within passages, the same passage shown once."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np

from corpus.matching import normalise_text
from corpus.model import Passage, Span
from index.arrays import Floats, Ints
from index.generations.opening import Generation
from qa.model import Evidence
from qa.questions.kinds import Kind
from qa.retrieval.candidates import Candidates
from qa.retrieval.scoring import sentence_scores
from qa.retrieval.weights import LanguageWeights

# A sentence counts as evidence beside the best one of its passage if it comes this close to it.
_CLOSE = 0.92
# What it is worth that a sentence has the kind of thing that is asked for.
_OF_KIND = 0.06
# What it takes off a sentence's score that it asks something itself, and that its text was withdrawn: more than all else.
_ASKED, _WITHDRAWN = 0.5, 4.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score, its sentences from best to worst, and the documents that hold the same text."""

    candidate: int
    row: int
    passage: Passage
    score: float
    sentences: tuple[Evidence, ...]
    also_in: tuple[str, ...]


def rank(candidates: Candidates, weights: LanguageWeights, generation: Generation, most: int | None = None) -> list[Ranked]:
    """Return the candidates, ``most`` of them if given, best first: a passage is as good as its best sentence."""
    if not candidates.rows:
        return []
    rows, sentences = np.asarray(candidates.rows, np.int64), candidates.sentences
    scores = sentence_scores(candidates.passage_signals, candidates.sentence_signals, candidates.owner, weights)
    scores = scores - _ASKED * sentences.asks - _WITHDRAWN * generation.table.withdrawn[rows][candidates.owner]
    best = np.maximum.reduceat(scores, sentences.first[:-1])
    order = np.lexsort((rows, -best)).tolist()
    copies = _copies(order, find_duplicates(rows, generation))
    return [_ranked(candidate, copies[candidate], candidates, scores, generation) for candidate in list(copies)[:most]]


def _copies(order: Sequence[int], pairs: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    """Return the candidates to show, in ``order``, each with those that are copies of it."""
    alike: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        alike[one].add(other)
        alike[other].add(one)
    shown: dict[int, list[int]] = {}
    for candidate in order:
        original = next((other for other in shown if other in alike[candidate]), None) if candidate in alike else None
        if original is None:
            shown[candidate] = []
        else:
            shown[original].append(candidate)
    return shown


def _ranked(candidate: int, copies: Sequence[int], candidates: Candidates, scores: Floats, generation: Generation) -> Ranked:
    row = candidates.rows[candidate]
    passage = generation.passages[row]
    places = (generation.passages[candidates.rows[other]].document_id for other in copies)
    also_in = tuple(place for place in dict.fromkeys(places) if place != passage.document_id)
    own = scores[candidates.sentences.of(candidate)].tolist()
    return Ranked(candidate, row, passage, max(own), _sentences(passage, own), also_in)


def introduction(passage: Passage) -> str:
    """Return what leads to the items or rows of ``passage``, in it or before it: a lead-in, a table's header."""
    if passage.form not in ("list", "table"):
        return ""
    leading = passage.reading_of(Span(passage.span.start, passage.sentences[0].start))
    return "\n".join(filter(None, (leading, passage.context.lead, passage.context.header)))


def prefer_kind(ranked: Sequence[Ranked], kind: Kind | None) -> list[Ranked]:
    """Return ``ranked`` anew with the sentences that have anything of the ``kind`` asked for worth a little more.

    Passages change places only where the first one has none: of those that have some, retrieval knows the better one.
    """
    if kind is None or not ranked:
        return list(ranked)
    favoured = [_favoured(item, kind) for item in ranked]
    if kind.is_in(ranked[0].passage.reading.text):
        return [replace(new, score=item.score) for new, item in zip(favoured, ranked, strict=True)]
    return sorted(favoured, key=lambda item: -item.score)


def _favoured(item: Ranked, kind: Kind) -> Ranked:
    sentences = [replace(one, score=one.score + _OF_KIND * kind.is_in(one.reading)) for one in item.sentences]
    sentences.sort(key=lambda one: (-one.score, one.span))
    return replace(item, score=sentences[0].score, sentences=tuple(sentences))


def evidence_of(ranked: Ranked) -> tuple[Evidence, ...]:
    """Return the sentences of a passage that answer: its best one, and others nearly as good, best first."""
    best = ranked.sentences[0]
    close = [item for item in ranked.sentences[1:] if best.score > 0 and item.score >= _CLOSE * best.score]
    return (best, *close[:1])


def _sentences(passage: Passage, scores: Sequence[float]) -> tuple[Evidence, ...]:
    made = [evidence_at(passage, number, score) for number, score in enumerate(scores)]
    return tuple(sorted(made, key=lambda item: (-item.score, item.span)))


def evidence_at(passage: Passage, number: int, score: float) -> Evidence:
    """Return a sentence of ``passage`` as evidence: the slice of the text, and what it reads."""
    span = passage.sentences[number]
    start = passage.span.start
    text = passage.text[span.start - start : span.end - start]
    return Evidence(Span(span.start, span.end), text, score, reading=passage.reading_of(span) if passage.joins else text)


# Of passages whose words are alike (index/engines/rare_features.py), those whose letters agree this much may be the same.
_LETTERS = 0.9
# All that may differ between two copies beside layout: words that decide nothing.
_IDLE = re.compile(r"(?:[的了地得着也都就还于则而且并和与及所能够]|\b(?:the|an?|also|and|of)\b|[\W_])*")
_WHOLE_WORDS = re.compile(r"[a-z0-9]")
_MARKS = re.compile(r"[\W_]+")


def find_duplicates(rows: Ints, generation: Generation) -> list[tuple[int, int]]:
    """Return the pairs of ``rows`` (as places in it, the earlier first) that hold the same passage."""
    return [
        (one, other)
        for one, other in generation.rare.alike(rows)
        if is_same(generation.passages[rows[one]].reading.text, generation.passages[rows[other]].reading.text)
    ]


def is_same(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for layout and words that decide nothing."""
    first, second = normalise_text(one), normalise_text(other)
    if _MARKS.sub("", first) == _MARKS.sub("", second):
        return True
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.ratio() < _LETTERS:
        return False
    changes = (change for change in matcher.get_opcodes() if change[0] != "equal")
    return all(_idle(first, a, b) and _idle(second, c, d) for _, a, b, c, d in changes)


def _idle(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]``, whole Latin words and numbers of it, decides nothing."""
    while start and start < len(text) and _WHOLE_WORDS.match(text[start]) and _WHOLE_WORDS.match(text[start - 1]):
        start -= 1
    while start < end < len(text) and _WHOLE_WORDS.match(text[end - 1]) and _WHOLE_WORDS.match(text[end]):
        end += 1
    return bool(_IDLE.fullmatch(text[start:end]))
