"""How well each candidate sentence answers a part of the question; nothing is embedded again for it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.model import Span
from index.embedding import Encoded
from index.opening import Generation
from qa.inquiry import Want
from qa.query import Query
from qa.ranking import Floats, sentence_scores
from qa.retrieval import Candidates, sentences_within
from qa.weights import Weights
from qa.wording import score_words


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that was found out about it."""

    query: Query
    encoded: Encoded
    candidates: Candidates
    generation: Generation
    weights: Weights


def whole_scores(asked: Asked) -> Floats:
    """Return the score of each candidate sentence for the whole question."""
    candidates = asked.candidates
    weights = asked.weights.languages[asked.query.side]
    return sentence_scores(candidates.passage_signals, candidates.sentence_signals, candidates.owner, weights)


def want_scores(want: Want, asked: Asked) -> Floats:
    """Return the score of each candidate sentence for ``want`` alone: its tokens and its words, all else as it was."""
    candidates, generation = asked.candidates, asked.generation
    passages, sentences = candidates.met.weighed(_token_weights(want, asked))
    wording = score_words(
        want.groups, candidates.rows, [sentences_within(generation, row) for row in candidates.rows], generation
    )
    return sentence_scores(
        {**candidates.passage_signals, "tokens": passages, "words": wording.passages, "headings": wording.headings},
        {**candidates.sentence_signals, "tokens": sentences, "canonical": sentences, "words": wording.sentences},
        candidates.owner,
        asked.weights.languages[asked.query.side],
    )


def subjects_named(want: Want, asked: Asked) -> npt.NDArray[np.int64]:
    """Return how many of the subjects of ``want.within`` each candidate sentence is about.

    Its passage or headings must name one; where that is a side of a comparison, the sentence itself or a heading.
    """
    candidates, generation = asked.candidates, asked.generation
    named = np.zeros(len(candidates.owner), np.int64)
    for group in want.within:
        wording = score_words(
            (group,), candidates.rows, [sentences_within(generation, row) for row in candidates.rows], generation
        )
        headings = wording.headings[candidates.owner] > 0
        if want.side:
            named += (wording.sentences > 0) | headings
        else:
            named += (wording.passages[candidates.owner] > 0) | headings
    return named


def _token_weights(want: Want, asked: Asked) -> Floats:
    """Return the weights of the question's tokens for ``want``: none outside its spans."""
    weights = np.zeros(len(asked.encoded.tokens.spans), np.float32)
    for number, (start, end) in enumerate(asked.encoded.tokens.spans):
        token = Span(int(start), int(end))
        if any(span.start < token.end and token.start < span.end for span in want.spans):
            subject = any(group.span.start < token.end and token.start < group.span.end for group in want.groups)
            weights[number] = 1.0 if subject else asked.weights.stop_weight
    return weights
