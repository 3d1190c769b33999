"""Whether the corpus answers at all.

Two questions, each a probability from several signals: is it the corpus's business, and if so, is it told there?

A cosine alone can't tell a question that the corpus answers from one that is merely near its subject. What is far from it
is nearer to questions about anything else than to the passages. What is near it has a term, a name or a kind of thing asked
for that the best passage doesn't have.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from index.arrays import Floats
from index.generations.opening import Generation
from index.models.calibration import centred
from index.models.embedding import Encoded
from qa.answers.absence import ALIKE, Absence, find_absence
from qa.questions.kinds import Kind
from qa.questions.query import Query
from qa.questions.wants import COMPARES, read_wants
from qa.retrieval.candidates import Candidates
from qa.retrieval.ranking import Ranked, introduction
from qa.retrieval.scoring import sentence_scores
from qa.retrieval.signals import ANSWER, BIAS, SUBJECT
from qa.retrieval.weights import LanguageWeights

# Cosines of what has nothing to do with each other, and of what means the same.
_UNLIKE = 0.35
_NEAREST = 3  # unrelated questions that are looked at
_BEST = 5  # sentences that are looked at
_OF_OTHERS = 0.5  # of the threshold: the most that is certain of a question that turns on what no text names
_HEADING_SHARE = 0.9  # what a heading counts for a sentence below it


def answer_signals(
    query: Query,
    encoded: Encoded,
    candidates: Candidates,
    ranked: Sequence[Ranked],
    weights: LanguageWeights,
    generation: Generation,
    absence: Absence | None = None,
) -> dict[str, float]:
    """Return the signals of answerability, each about 0 to 1, and the bias, 1; all others are 0 where nothing was found.

    A question that wants several things, or compares some, may have each in a passage of its own: as many are looked at. The
    word that compares, such as 区别, need not stand there.

    Of the question: how near it is to questions about anything else (``unrelated``) and to the nearest passage (``dense``),
    what part of its words stands ``nowhere``, whether a name or code does, or a disease, cell or molecule (``unknown``), and
    of its words that stand nowhere and that nothing means the least ordinary one (``strange``). Of the best passage: how its
    best sentence meets the tokens of the question in the texts' terms (``canonical``), the share of the question's rare
    words that it holds or at least means (``meant``; ``weakest`` is the least of them), the rarest term that it neither
    holds nor means (``unmet``), and whether its best sentence and all of it lack the kind of thing that is asked for
    (``kindless``, a half each), or whether it is a reference or notice and such was asked for (``source``). Of the best
    sentence, its headings heard: how near it comes to all rare words at once (``told``). Of the best few: the rarest term
    that even the best of them for it doesn't mean (``untold``). Of all sentences: the greatest share of the question's words
    in one (``words``).
    """
    if not ranked:
        return dict.fromkeys((*SUBJECT, *ANSWER), 0.0) | {BIAS: 1.0}
    absence = absence or find_absence(query, candidates, generation)
    first = ranked[: len(read_wants(query))]
    best = [item.candidate for item in first]
    own = candidates.sentences.of(best[0])
    content = [number for number, group in enumerate(query.groups) if not COMPARES.fullmatch(group.label)]
    groups = [query.groups[number] for number in content]
    rarity, held = candidates.wording.rarity[content], candidates.wording.held[:, content]
    meaning = candidates.meaning[:, content]
    held_best = held[best].max(axis=0)
    terms = np.asarray([group.origin == "concept" for group in groups], np.bool_)
    common = np.asarray([group.common for group in groups], np.float32)
    asked = np.asarray([group.weight == 1.0 for group in groups], np.bool_)
    meant = np.maximum(held_best, _alike(meaning[best].max(axis=0)))
    told = _told(candidates, weights, best)[:, content]
    greatest = max(float(rarity.max(initial=0.0)), 1e-9)
    nearest = meaning.max(axis=0, initial=0.0)
    strange = (1.0 - common) * (1.0 - _alike(nearest))
    nowhere = held.max(axis=0, initial=0.0) == 0.0
    return {
        BIAS: 1.0,
        "unrelated": _nearness(encoded, query, generation),
        "dense": float(candidates.passage_signals.dense.max()),
        "canonical": float(candidates.sentence_signals.canonical[own].max()),
        "nowhere": float(nowhere.mean()) if len(nowhere) else 1.0,
        "told": _share(told[: len(best)].max(axis=0), rarity),
        "words": float(candidates.sentence_signals.words.max()),
        "meant": _share(meant, rarity),
        "weakest": float(meant[asked].min(initial=1.0)),
        "unmet": float(((1.0 - meant) * rarity)[terms].max(initial=0.0)) / greatest,
        "untold": float(((1.0 - _alike(told)) * rarity)[:, terms].max(axis=1, initial=0.0).min()) / greatest,
        "strange": float(strange[asked & nowhere].max(initial=0.0)),
        "unknown": float(bool(absence.names) or absence.counts),
        "kindless": _kindless(candidates.kind, ranked[0]),
        "source": float(query.of_source and ranked[0].passage.role != "body"),
    }


def _kindless(kind: Kind | None, best: Ranked) -> float:
    if kind is None or kind.is_in(best.sentences[0].reading) or kind.is_in(introduction(best.passage)):
        return 0.0
    return 0.5 if kind.is_in(best.passage.reading.text) else 1.0


def _told(candidates: Candidates, weights: LanguageWeights, first: Sequence[int]) -> Floats:
    """Return how near sentences come to each thing asked for: cosines (s, g).

    They are the best one of each candidate of ``first``, then the best ones of all.
    """
    block, owner = candidates.block, candidates.owner
    scores = sentence_scores(candidates.passage_signals, candidates.sentence_signals, owner, weights)
    order = np.argsort(-scores, kind="stable").tolist()
    best = [next(unit for unit in order if owner[unit] == candidate) for candidate in first]
    best += [unit for unit in order[:_BEST] if unit not in best]
    rows = []
    for number in best:
        tokens = block.of(int(owner[number]))
        unit, alignment = block.unit[tokens], candidates.alignment(tokens)
        own = alignment[:, unit == number].max(axis=1, initial=0.0)
        above = alignment[:, unit < 0].max(axis=1, initial=0.0)
        rows.append(np.maximum(own, _HEADING_SHARE * above))
    return np.stack(rows)


def _alike(cosines: Floats) -> Floats:
    """Return how surely tokens of these cosines mean the same, 0 to 1."""
    result: Floats = np.clip((cosines - _UNLIKE) / (ALIKE - _UNLIKE), 0.0, 1.0)
    return result


def _nearness(encoded: Encoded, query: Query, generation: Generation) -> float:
    """Return the mean cosine of the question with the unrelated questions of its language that are nearest to it."""
    others = generation.unrelated[query.side]
    cosines = np.sort(others @ centred(encoded.pooled, generation.centres.questions[query.side].pooled))
    return float(cosines[-_NEAREST:].mean()) if len(cosines) else 0.0


def _share(held: Floats, rarity: Floats) -> float:
    return float(held @ rarity) / max(float(rarity.sum()), 1e-9)


def judge(
    query: Query,
    encoded: Encoded,
    candidates: Candidates,
    ranked: Sequence[Ranked],
    weights: LanguageWeights,
    generation: Generation,
    absence: Absence,
) -> float:
    """Return how sure it is, from 0 to 1, that ``generation`` answers ``query``: below the threshold it is refused."""
    if not query.groups:
        return 0.0
    sure = confidence(answer_signals(query, encoded, candidates, ranked, weights, generation, absence), weights)
    return min(sure, _OF_OTHERS * weights.threshold) if absence.decides else sure


def confidence(signals: Mapping[str, float], weights: LanguageWeights) -> float:
    """Return the probability, from 0 to 1, that the corpus answers: that it is its business, and that it is told there."""
    return _probability(signals, weights.subject) * _probability(signals, weights.answerable)


def _probability(signals: Mapping[str, float], weights: Mapping[str, float]) -> float:
    odds = sum(weight * signals[name] for name, weight in weights.items())
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))
