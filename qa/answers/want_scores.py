"""How well each candidate sentence answers a part of the question; nothing is embedded again for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus.model import Span
from index.arrays import Floats
from index.generations.opening import Generation
from index.models.embedding import Encoded
from qa.questions.query import Group, Query
from qa.questions.wants import Want
from qa.retrieval.candidates import Candidates
from qa.retrieval.scoring import sentence_scores
from qa.retrieval.weights import Weights


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
    candidates = asked.candidates
    passages, sentences = candidates.met.weighed(_token_weights(want, asked))
    words, headings, sentence_words = candidates.wording.shares(_numbers(want.groups, asked.query))
    return sentence_scores(
        replace(candidates.passage_signals, tokens=passages, words=words, headings=headings),
        replace(candidates.sentence_signals, tokens=sentences, canonical=sentences, words=sentence_words),
        candidates.owner,
        asked.weights.languages[asked.query.side],
    )


def subjects_named(want: Want, asked: Asked) -> npt.NDArray[np.int64]:
    """Return how many of the subjects of ``want.within`` each candidate sentence is about.

    Its passage or headings must name one; where that is a side of a comparison, the sentence itself or a heading.
    """
    wording, owner = asked.candidates.wording, asked.candidates.owner
    subjects = _numbers(want.within, asked.query)
    text = wording.sentences if want.side else wording.passages[owner]
    named: npt.NDArray[np.int64] = ((text[:, subjects] > 0) | (wording.headings[owner][:, subjects] > 0)).sum(axis=1)
    return named


def _numbers(groups: Sequence[Group], query: Query) -> list[int]:
    """Return which of the question's groups ``groups`` are."""
    return [number for number, group in enumerate(query.groups) if any(group is one for one in groups)]


def _token_weights(want: Want, asked: Asked) -> Floats:
    """Return the weights of the question's tokens for ``want``: none outside its spans."""
    weights = np.zeros(len(asked.encoded.tokens.spans), np.float32)
    for number, (start, end) in enumerate(asked.encoded.tokens.spans):
        token = Span(int(start), int(end))
        if any(span.overlaps(token) for span in want.spans):
            subject = any(group.span.overlaps(token) for group in want.groups)
            weights[number] = 1.0 if subject else asked.weights.stop_weight
    return weights
