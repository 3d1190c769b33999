"""Candidates and their signals: dense, lexical and late-interaction scores of passages and of their sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.model import Passage, Span
from index.arrays import Floats, Ints
from index.generations.opening import Generation
from index.models.calibration import TextLanguage, centred
from index.models.embedding import Encoded, heading_text
from qa.questions.focus import attention, background, focused
from qa.questions.kinds import Kind, asked_kind, asks_what_it_is, defines
from qa.questions.query import Query
from qa.retrieval.interaction import Met, TokenBlock, meet, similarities
from qa.retrieval.signals import PassageSignals, SentenceSignals
from qa.retrieval.wording import Wording, number_units, score_words

_HEADING_BOOST = 0.5


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer, with what each signal says of them and of their sentences.

    ``rows`` number ``passages`` of the generation, in no order. ``owner`` gives each sentence's candidate, ``number`` its
    place in the passage. ``passage_signals`` have one value a candidate, ``sentence_signals`` one a sentence.
    ``met`` is what the question's tokens find in candidates and sentences; ``alignment`` (g, t) is how near each thing that
    the question asks for comes to the tokens of ``block``, and ``meaning`` (c, g) to a candidate's nearest, in the
    question's own words or in the canonical ones. ``kind`` is the kind of thing that is asked for, if that can be told.
    """

    rows: tuple[int, ...]
    passages: tuple[Passage, ...]
    owner: Ints
    number: Ints
    passage_signals: PassageSignals
    sentence_signals: SentenceSignals
    wording: Wording
    met: Met
    block: TokenBlock
    alignment: Floats
    meaning: Floats
    kind: Kind | None


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
    sentences = [sentences_within(generation, row) for row in rows]
    owner = np.repeat(np.arange(len(rows)), [len(spans) for spans in sentences])
    number = np.concatenate([np.arange(len(spans)) for spans in sentences]) if rows else np.zeros(0, np.int64)
    wording = score_words(query.groups, rows, sentences, generation)
    words, headings, sentence_words = wording.shares()
    block = token_block(rows, sentences, generation)
    forms = [_form(encoded, query.told, [group.span for group in query.groups], query)]
    if canonical is not encoded:
        forms.append(_form(canonical, background(query.canonical), query.canonical_spans, query))
    tokens = np.vstack([form.encoded.tokens.vectors for form in forms])
    cosines = similarities(question_tokens(tokens, query.side, generation), block)
    met = meet(cosines, block, owner, heading_share)
    beside = _beside(forms, cosines, met, wording.rarity, stop_weight)
    first, last = beside[0], beside[-1]
    alignment, meaning = first.alignment, first.met.passages @ first.own.T
    if last is not first:
        alignment = np.maximum(alignment, last.alignment)
        meaning = np.maximum(meaning, last.met.passages @ last.own.T)
    return Candidates(
        rows=rows,
        passages=tuple(generation.passages[row] for row in rows),
        owner=owner,
        number=number,
        passage_signals=PassageSignals(
            dense=_dense_scores(rows, vector, dense, generation),
            tokens=first.passages,
            words=words,
            headings=headings,
            aside=_aside(query, rows, generation),
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
        alignment=alignment,
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
    inside = np.zeros((len(spans), len(encoded.tokens.spans)), np.float32)
    for place, span in enumerate(spans):
        starts, ends = encoded.tokens.spans[:, 0], encoded.tokens.spans[:, 1]
        inside[place] = (starts < span.end) & (span.start < ends)
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

    ``own`` (g, q) are the tokens of its spans; ``passages`` (c,) and ``sentences`` (u,) late interaction.
    """

    own: Floats
    alignment: Floats
    met: Met
    passages: Floats
    sentences: Floats


def _beside(forms: Sequence[_Form], cosines: Floats, met: Met, rarity: Floats, stop_weight: float) -> list[_Beside]:
    """Return each form of the question beside the block; ``cosines`` and ``met`` hold the forms' tokens in turn."""
    made, start = [], 0
    for form in forms:
        part = slice(start, start + len(form.attention))
        own, own_met = members(form.encoded, form.spans), met.part(part)
        weights = form.attention * _token_weights(own, rarity, stop_weight)
        made.append(_Beside(own, (cosines[:, part] @ own.T).T, own_met, *own_met.weighed(weights)))
        start = part.stop
    return made


def _definitions(
    query: Query,
    rows: Sequence[int],
    sentences: Sequence[Sequence[tuple[int, int]]],
    wording: Wording,
    generation: Generation,
) -> Floats:
    """Return 1 for the sentences that say what a thing is, where that is asked for; 0 for all others."""
    if not asks_what_it_is(query.text):
        return np.zeros(sum(map(len, sentences)), np.float32)
    found = []
    for candidate, (row, within) in enumerate(zip(rows, sentences, strict=True)):
        text, matches = generation.passages[row].reading.text, wording.matches(candidate)
        for start, end in within:
            named = [
                Span(span.start - start, span.end - start) for span in matches if start <= span.start and span.end <= end
            ]
            found.append(float(defines(text[start:end], named)))
    return np.asarray(found, np.float32)


def _aside(query: Query, rows: Sequence[int], generation: Generation) -> Floats:
    """Return 1 for references and notices, or -1 where they are asked for; 0 for what the texts say."""
    aside = np.asarray([generation.passages[row].role != "body" for row in rows], np.float32)
    return -aside if query.of_source else aside


def sentences_within(generation: Generation, row: int) -> list[tuple[int, int]]:
    """Return where the sentences of passage ``row`` stand in its reading."""
    passage = generation.passages[row]
    if not passage.joins:
        start = passage.span.start
        return [(sentence.start - start, sentence.end - start) for sentence in passage.sentences]
    reading = passage.reading
    return [(reading.to_read(sentence.start), reading.to_read(sentence.end)) for sentence in passage.sentences]


def _dense_scores(rows: Sequence[int], vector: Floats, known: Mapping[int, float], generation: Generation) -> Floats:
    return np.asarray(
        [known[row] if row in known else float(generation.dense.vector(row) @ vector) for row in rows], np.float32
    )


def question_tokens(vectors: Floats, language: TextLanguage, generation: Generation) -> Floats:
    """Return the token vectors (q, d) of a question in ``language`` as they are compared with those of a block."""
    reduced = generation.reduction.of(vectors)
    return generation.tokens.beside(centred(reduced, generation.centres.questions[language].tokens))


def token_block(rows: Sequence[int], sentences: Sequence[Sequence[tuple[int, int]]], generation: Generation) -> TokenBlock:
    """Return the tokens of passages ``rows``, whose sentences stand at ``sentences`` of their readings.

    Tokens before the first sentence count as headings: what leads to a list, a table or an answer.
    """
    tokens = generation.tokens.of(rows)
    headings = [len(heading_text(generation.passages[row])) for row in rows]
    own = tokens.spans.astype(np.int64) - np.repeat(np.asarray(headings, np.int64), tokens.counts)[:, None]
    owner = np.repeat(np.arange(len(rows)), tokens.counts)
    starts = np.asarray([start for within in sentences for start, _ in within], np.int64)
    unit_owner = np.repeat(np.arange(len(rows)), [len(within) for within in sentences])
    first = np.asarray([within[0][0] for within in sentences], np.int64)[owner]
    return TokenBlock(
        vectors=tokens.vectors,
        factors=tokens.factors,
        owner=owner,
        unit=np.where((own[:, 1] <= 0) | (own[:, 1] <= first), -1, number_units(owner, own[:, 0], unit_owner, starts)),
        spans=own,
    )


def _token_weights(own: Floats, rarity: Floats, stop_weight: float) -> Floats:
    """Return what each token counts: ``stop_weight`` outside of all subjects, and up to 1 more the rarer its subject."""
    share = rarity / max(float(rarity.max(initial=0.0)), 1e-9)
    weights: Floats = stop_weight + ((own > 0) * share[:, None]).max(axis=0, initial=0.0)
    return weights
