"""Candidates and their signals: dense, lexical and late-interaction scores of passages and of their sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.calibration import LANGUAGES, centred
from index.embedding import Encoded, heading_text
from index.opening import Generation
from qa.interaction import TokenBlock, interact, number_sentences, similarities
from qa.query import Query
from qa.wording import Wording, score_words

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_HEADING_BOOST = 0.5


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer, with what each signal says of them and of their sentences.

    ``rows`` number passages of the generation, in no order. ``owner`` gives each sentence's candidate, ``number`` its
    place in the passage. ``passage_signals`` have one value a candidate, ``sentence_signals`` one a sentence.
    ``cosines`` (q, t) align the question's tokens with the tokens of ``block``.
    """

    rows: tuple[int, ...]
    owner: Ints
    number: Ints
    passage_signals: Mapping[str, Floats]
    sentence_signals: Mapping[str, Floats]
    wording: Wording
    cosines: Floats
    block: TokenBlock


def find_candidates(
    query: Query, encoded: Encoded, generation: Generation, *, limit: int, stop_weight: float, heading_share: float
) -> Candidates:
    """Return up to ``limit`` candidates of each leg for ``query``, with their signals.

    ``encoded`` is the question as the generation's model sees it; ``stop_weight`` what a token that belongs to no subject
    counts in late interaction; ``heading_share`` what headings count for the sentences below them.
    """
    centre = generation.centres.questions[query.side]
    vector = centred(encoded.pooled, centre.pooled)
    dense = dict(generation.dense.search(vector, limit))
    lexical = generation.lexical.search(_key_weights(query), {"body": 1.0, "heading": _HEADING_BOOST}, limit)
    rows = tuple(dict.fromkeys([*dense, *(row for row, _ in lexical)]))
    sentences = [sentences_within(generation, row) for row in rows]
    owner = np.repeat(np.arange(len(rows)), [len(spans) for spans in sentences])
    number = np.concatenate([np.arange(len(spans)) for spans in sentences]) if rows else np.zeros(0, np.int64)
    block = token_block(rows, sentences, generation)
    cosines = similarities(centred(encoded.tokens.vectors, centre.tokens), block)
    met = interact(cosines, _token_weights(query, encoded, stop_weight), block, owner, heading_share)
    wording = score_words(query.groups, rows, sentences, generation)
    return Candidates(
        rows=rows,
        owner=owner,
        number=number,
        passage_signals={
            "dense": _dense_scores(rows, vector, dense, generation),
            "tokens": met.passages,
            "words": wording.passages,
            "headings": wording.headings,
            "aside": np.asarray([generation.passages[row].role != "body" for row in rows], np.float32),
        },
        sentence_signals={"tokens": met.sentences, "words": wording.sentences},
        wording=wording,
        cosines=cosines,
        block=block,
    )


def _key_weights(query: Query) -> dict[str, float]:
    weights: dict[str, float] = {}
    for group in query.groups:
        for key, weight in group.alternatives.items():
            weights[key] = max(weight, weights.get(key, 0.0))
    return weights


def sentences_within(generation: Generation, row: int) -> list[tuple[int, int]]:
    """Return where the sentences of passage ``row`` stand in its text."""
    passage = generation.passages[row]
    start = passage.span.start
    return [(sentence.start - start, sentence.end - start) for sentence in passage.sentences]


def _dense_scores(rows: Sequence[int], vector: Floats, known: Mapping[int, float], generation: Generation) -> Floats:
    return np.asarray(
        [known[row] if row in known else float(generation.dense.vector(row) @ vector) for row in rows], np.float32
    )


def token_block(rows: Sequence[int], sentences: Sequence[Sequence[tuple[int, int]]], generation: Generation) -> TokenBlock:
    """Return the tokens of passages ``rows``, whose sentences stand at ``sentences`` of their texts."""
    vectors, spans, counts = generation.tokens.of(rows)
    headings = [len(heading_text(generation.passages[row])) for row in rows]
    own = spans.astype(np.int64) - np.repeat(np.asarray(headings, np.int64), counts)[:, None]
    units = []
    first_token, first_unit = 0, 0
    for count, within in zip(counts, sentences, strict=True):
        unit = number_sentences(own[first_token : first_token + count], within)
        units.append(np.where(unit < 0, -1, unit + first_unit))
        first_token, first_unit = first_token + int(count), first_unit + len(within)
    languages = np.asarray([LANGUAGES.index(generation.languages[row]) for row in rows], np.int64)
    return TokenBlock(
        vectors=vectors,
        means=np.stack([generation.centres.passages[language].tokens for language in LANGUAGES]),
        mean_of=np.repeat(languages, counts),
        owner=np.repeat(np.arange(len(rows)), counts),
        unit=np.concatenate([np.zeros(0, np.int64), *units]),
        spans=own,
    )


def _token_weights(query: Query, encoded: Encoded, stop_weight: float) -> Floats:
    """Return 1 for tokens of the question that lie in one of its subjects, ``stop_weight`` for the others."""
    weights = np.full(len(encoded.tokens.spans), stop_weight, np.float32)
    for number, (start, end) in enumerate(encoded.tokens.spans):
        if any(group.span.start < end and start < group.span.end for group in query.groups):
            weights[number] = 1.0
    return weights
