"""Candidates and their signals: dense, lexical and late-interaction scores of passages and of their sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.model import Passage, Span
from index.arrays import Floats, Ints
from index.generations.opening import Generation
from index.generations.passage_table import Sentences
from index.models.calibration import TextLanguage, centred
from index.models.embedding import Encoded
from qa.questions.focus import attention, background, focused
from qa.questions.kinds import Kind, asked_kind, asks_what_it_is, defines
from qa.questions.query import Query
from qa.retrieval.interaction import Met, TokenBlock, meet
from qa.retrieval.signals import PassageSignals, SentenceSignals
from qa.retrieval.wording import Wording, score_words

_HEADING_BOOST = 0.5


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer, with what each signal says of them and of their sentences.

    ``rows`` number ``passages`` of the generation, in no order, and ``sentences`` are theirs. ``passage_signals`` have one
    value a candidate, ``sentence_signals`` one a sentence. ``met`` is what the question's tokens find in candidates and
    sentences; ``block`` are the candidates' tokens beside those of the question and of its canonical form, and ``asked``
    tells of which of these what is asked for is made. ``meaning`` (c, g) is how near each thing that is asked for comes
    to a candidate's nearest token, in the question's own words or in the canonical ones. ``kind`` is the kind of thing that
    is asked for, if that can be told.
    """

    rows: tuple[int, ...]
    passages: tuple[Passage, ...]
    sentences: Sentences
    passage_signals: PassageSignals
    sentence_signals: SentenceSignals
    wording: Wording
    met: Met
    block: TokenBlock
    asked: tuple[tuple[slice, Floats], ...]
    meaning: Floats
    kind: Kind | None

    @property
    def owner(self) -> Ints:
        """The candidate of each sentence (u,)."""
        return self.sentences.owner

    def alignment(self, tokens: slice | Ints) -> Floats:
        """Return how near each thing that is asked for comes to each of the block's ``tokens``: cosines (g, t)."""
        cosines = self.block.cosines[tokens]
        near = [own @ cosines[:, part].T for part, own in self.asked]
        return np.maximum(near[0], near[-1]) if len(near) > 1 else near[0]


def find_candidates(
    query: Query,
    encoded: Encoded,
    canonical: Encoded,
    generation: Generation,
    *,
    limit: int,
    stop_weight: float,
    heading_share: float,
) -> Candidates:
    """Return up to ``limit`` candidates of each leg for ``query``, with their signals.

    ``encoded`` and ``canonical`` are the question and its canonical form as the generation's model sees them;
    ``stop_weight`` is what a token that belongs to no subject counts in late interaction; ``heading_share`` what headings
    count for the sentences below them.
    """
    vector = centred(encoded.pooled, generation.centres.questions[query.side].pooled)
    dense = dict(generation.dense.search(vector, limit))
    lexical = generation.lexical.search(_key_weights(query), {"body": 1.0, "heading": _HEADING_BOOST}, limit)
    rows = tuple(dict.fromkeys([*dense, *(row for row, _ in lexical)]))
    numbers, table = np.asarray(rows, np.int64), generation.table
    sentences = table.sentences_of(numbers)
    wording = score_words(query.groups, numbers, sentences, generation)
    words, headings, sentence_words = wording.shares()
    forms = [_form(encoded, query.told, [group.span for group in query.groups], query)]
    if canonical is not encoded:
        forms.append(_form(canonical, background(query.canonical), query.canonical_spans, query))
    tokens = np.vstack([form.encoded.tokens.vectors for form in forms])
    block = token_block(numbers, sentences, question_tokens(tokens, query.side, generation), generation)
    met = meet(block, sentences.owner, heading_share)
    beside = _beside(forms, met, wording.rarity, stop_weight)
    first, last = beside[0], beside[-1]
    meaning = first.met.passages @ first.own.T
    if last is not first:
        meaning = np.maximum(meaning, last.met.passages @ last.own.T)
    return Candidates(
        rows=rows,
        passages=tuple(generation.passages[row] for row in rows),
        sentences=sentences,
        passage_signals=PassageSignals(
            dense=_dense_scores(rows, vector, dense, generation),
            tokens=first.passages,
            words=words,
            headings=headings,
            aside=-table.aside[numbers] if query.of_source else table.aside[numbers],
        ),
        sentence_signals=SentenceSignals(
            tokens=first.sentences,
            canonical=last.sentences,
            words=sentence_words,
            defines=_definitions(query, rows, sentences, wording, generation),
        ),
        wording=wording,
        met=first.met,
        block=block,
        asked=tuple((form.tokens, form.own) for form in beside),
        meaning=meaning,
        kind=asked_kind(query.text, query.told),
    )


def _key_weights(query: Query) -> dict[str, float]:
    weights: dict[str, float] = {}
    for group in query.groups:
        for key, weight in group.alternatives.items():
            weights[key] = max(group.weight * weight, weights.get(key, 0.0))
    return weights


def members(encoded: Encoded, spans: Sequence[Span]) -> Floats:
    """Return (g, q): for each of ``spans`` the tokens that lie in it, at equal shares that sum to 1 (or 0: none does)."""
    places = np.asarray([(span.start, span.end) for span in spans], np.int64).reshape(-1, 2)
    starts, ends = encoded.tokens.spans[:, 0], encoded.tokens.spans[:, 1]
    inside = ((starts < places[:, 1:]) & (places[:, :1] < ends)).astype(np.float32)
    shares: Floats = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1.0)
    return shares


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of the question: its vectors, where its subjects stand, and what each of its tokens counts (q,)."""

    encoded: Encoded
    spans: Sequence[Span]
    attention: Floats


def _form(encoded: Encoded, told: Sequence[Span], spans: Sequence[Span], query: Query) -> _Form:
    subjects = [span for span, group in zip(spans, query.groups, strict=True) if group.is_subject]
    encoded = focused(encoded, told, subjects)
    return _Form(encoded, spans, attention(encoded, told, subjects))


@dataclass(frozen=True, slots=True)
class _Beside:
    """A form of the question beside the block.

    ``tokens`` are its part of the forms' tokens in turn, ``own`` (g, q) the shares of these in its spans; ``passages`` (c,)
    and ``sentences`` (u,) are late interaction.
    """

    tokens: slice
    own: Floats
    met: Met
    passages: Floats
    sentences: Floats


def _beside(forms: Sequence[_Form], met: Met, rarity: Floats, stop_weight: float) -> list[_Beside]:
    """Return each form of the question beside the block; ``met`` holds the forms' tokens in turn."""
    made, start = [], 0
    for form in forms:
        part = slice(start, start + len(form.attention))
        own, own_met = members(form.encoded, form.spans), met.part(part)
        weights = form.attention * _token_weights(own, rarity, stop_weight)
        made.append(_Beside(part, own, own_met, *own_met.weighed(weights)))
        start = part.stop
    return made


def _definitions(
    query: Query, rows: Sequence[int], sentences: Sentences, wording: Wording, generation: Generation
) -> Floats:
    """Return 1 for the sentences that say what a thing is, where that is asked for; 0 for all others."""
    if not asks_what_it_is(query.text):
        return np.zeros(len(sentences.owner), np.float32)
    found = []
    for candidate, row in enumerate(rows):
        text, matches = generation.passages[row].reading.text, wording.matches(candidate)
        for start, end in sentences.within(candidate):
            named = [
                Span(span.start - start, span.end - start) for span in matches if start <= span.start and span.end <= end
            ]
            found.append(float(defines(text[start:end], named)))
    return np.asarray(found, np.float32)


def _dense_scores(rows: Sequence[int], vector: Floats, known: Mapping[int, float], generation: Generation) -> Floats:
    return np.asarray(
        [known[row] if row in known else float(generation.dense.vector(row) @ vector) for row in rows], np.float32
    )


def question_tokens(vectors: Floats, language: TextLanguage, generation: Generation) -> Floats:
    """Return the token vectors (q, d) of a question in ``language`` as they are compared with those of a block."""
    reduced = generation.reduction.of(vectors)
    return generation.tokens.beside(centred(reduced, generation.centres.questions[language].tokens))


def token_block(rows: Ints, sentences: Sentences, question: Floats, generation: Generation) -> TokenBlock:
    """Return the tokens of passages ``rows``, whose ``sentences`` are given, beside those that `question_tokens` gave."""
    table = generation.table
    tokens = generation.tokens.compare(rows, question)
    owner = np.repeat(np.arange(len(rows)), tokens.counts)
    number = table.units[tokens.places]
    headings = np.repeat(table.headings[rows].astype(np.int32), tokens.counts)
    return TokenBlock(
        cosines=tokens.cosines,
        owner=owner,
        unit=np.where(number < 0, -1, number + sentences.first[owner]),
        spans=generation.tokens.spans(tokens.places) - headings[:, None],
        first=np.concatenate([np.zeros(1, np.int64), np.cumsum(tokens.counts)]),
    )


def _token_weights(own: Floats, rarity: Floats, stop_weight: float) -> Floats:
    """Return what each token counts: ``stop_weight`` outside of all subjects, and up to 1 more the rarer its subject."""
    share = rarity / max(float(rarity.max(initial=0.0)), 1e-9)
    weights: Floats = stop_weight + ((own > 0) * share[:, None]).max(axis=0, initial=0.0)
    return weights
