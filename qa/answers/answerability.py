"""Whether the corpus answers at all.

Two questions, each a probability from several signals: is it the corpus's business, and if so, is it told there?

A cosine alone can't tell a question that the corpus answers from one that is merely near its subject. What is far from it
is nearer to questions about anything else than to the passages. What is near it has a term, a name or a kind of thing asked
for that the best passage doesn't have.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from corpus.categories import SOUGHT
from corpus.matching import HAN
from corpus.model import Span
from corpus.words import is_word
from index.arrays import Floats
from index.generations.opening import Generation
from index.models.calibration import centred
from index.models.embedding import Encoded
from qa.questions.kinds import Kind
from qa.questions.query import Group, Query
from qa.questions.wants import COMPARES, read_wants
from qa.retrieval.candidates import Candidates
from qa.retrieval.ranking import Ranked, introduction
from qa.retrieval.scoring import sentence_scores
from qa.retrieval.signals import ANSWER, BIAS, SUBJECT
from qa.retrieval.weights import LanguageWeights

# Cosines of what has nothing to do with each other, and of what means the same.
_UNLIKE, _ALIKE = 0.35, 0.75
_NEAREST = 3  # unrelated questions that are looked at
_BEST = 5  # sentences that are looked at
_OF_OTHERS = 0.5  # of the threshold: the most that is certain of a question that turns on what no text names
_HEADING_SHARE = 0.9  # what a heading counts for a sentence below it
_NAME = re.compile(r"[A-Za-z]+[-.]?\d|\d[A-Za-z]|[A-Z]{2}")
_PARTS = re.compile(r"[-/+–—]|['’]s\b")
_HAN = re.compile(f"[{HAN}]")
_PROPER = re.compile(r"[A-Z][a-z]{2}")
_WITHIN = re.compile(r"[a-z0-9,'’)] $")  # before a word within a sentence
_CAPITALS = 0.5  # of so many capitalised words, a question is a title, and capitals tell nothing


def answer_signals(
    query: Query,
    encoded: Encoded,
    candidates: Candidates,
    ranked: Sequence[Ranked],
    weights: LanguageWeights,
    generation: Generation,
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
    first = ranked[: len(read_wants(query))]
    best = [item.candidate for item in first]
    own = np.flatnonzero(candidates.owner == best[0])
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
        "unknown": float(bool(unknown(query, candidates, generation)) or _counts_nowhere(query, candidates, generation)),
        "kindless": _kindless(candidates.kind, ranked[0]),
        "source": float(query.of_source and ranked[0].passage.role != "body"),
    }


def unknown(query: Query, candidates: Candidates, generation: Generation) -> tuple[str, ...]:
    """Return what ``query`` names, as a name, a code, a disease, a cell, a molecule or a treatment, and no text does."""
    spans = _subjects_nowhere(query, candidates, generation)
    spans += [span for span in _named_nowhere(query, candidates, generation) if not any(map(span.overlaps, spans))]
    return tuple(span.of(query.text) for span in sorted(spans))


def lacks_subject(query: Query, candidates: Candidates, generation: Generation) -> bool:
    """Tell whether ``query`` turns on what no text names.

    That is so where a disease, cell, molecule, treatment, name or code of a question for one thing stands nowhere, or all
    that it names do. What the texts say of others then answers nothing, however well it fits otherwise.
    """
    nowhere = _subjects_nowhere(query, candidates, generation)
    if len(read_wants(query)) == 1 and (nowhere or _named_nowhere(query, candidates, generation, _ALIKE)):
        return True
    asked = [group.span for group in query.groups if _names_one(group)]
    return bool(nowhere) and all(any(span.contains(one) for span in nowhere) for one in [*asked, *query.names])


def _named_nowhere(query: Query, candidates: Candidates, generation: Generation, alike: float = np.inf) -> list[Span]:
    """Return the names and codes of ``query`` that stand nowhere, where nothing comes as near to them as ``alike``.

    Of a compound, such as DDX4-positive, each part that is a name must stand somewhere.
    """
    return [
        group.span
        for group, cosine in _nowhere(query, candidates, generation)
        if cosine < alike
        and _is_name(group, query)
        and not all(_stands_anywhere(part, generation) for part in _name_parts(group.label))
    ]


def _counts_nowhere(query: Query, candidates: Candidates, generation: Generation) -> bool:
    """Tell whether a number of ``query`` stands nowhere: people over 85."""
    return any(group.label.isdecimal() for group, _ in _nowhere(query, candidates, generation))


def _name_parts(label: str) -> list[str]:
    """Return the parts of ``label`` that are names themselves; a single one is, since all of it is."""
    parts = [part for part in _PARTS.split(label) if part]
    return [part for part in parts if _NAME.search(part)] if len(parts) > 1 else parts


def _subjects_nowhere(query: Query, candidates: Candidates, generation: Generation) -> list[Span]:
    """Return the spans of the diseases, cells, molecules and treatments of ``query``, by form too, that no text names."""
    nowhere = [(group, cosine) for group, cosine in _nowhere(query, candidates, generation) if cosine < _ALIKE]
    by_form = [
        span
        for span in query.names
        if any(span.contains(group.span) for group, _ in nowhere) and not _stands_anywhere(span.of(query.text), generation)
    ]
    known = [
        group.span
        for group, _ in nowhere
        if _names_one(group) and not _stands_anywhere(group.span.of(query.text), generation)
    ]
    return [*by_form, *(span for span in known if not any(name.contains(span) for name in by_form))]


def _nowhere(query: Query, candidates: Candidates, generation: Generation) -> list[tuple[Group, float]]:
    """Return the groups of ``query`` whose words stand nowhere, each with how near the nearest token comes to it."""
    nearest = candidates.meaning.max(axis=0, initial=0.0)
    return [
        (group, float(cosine))
        for group, cosine in zip(query.groups, nearest, strict=True)
        if not any(key in generation.features.vocabulary for key in group.alternatives)
        and not COMPARES.fullmatch(group.label)
    ]


def _stands_anywhere(name: str, generation: Generation) -> bool:
    """Tell whether some text holds ``name``, letter by letter: a segmenter may have cut it otherwise there."""
    forms = {name, name.upper(), name.lower(), name.capitalize()}
    return any(
        form in text
        for document in generation.documents.values()
        for text in (document.title, document.text)
        for form in forms
    )


def _kindless(kind: Kind | None, best: Ranked) -> float:
    if kind is None or kind.is_in(best.sentences[0].reading) or kind.is_in(introduction(best.passage)):
        return 0.0
    return 0.5 if kind.is_in(best.passage.reading.text) else 1.0


def _names_one(group: Group) -> bool:
    """Tell whether ``group`` is a definite disease, cell, molecule or treatment that is asked about."""
    return group.definite and group.category in SOUGHT and group.weight == 1.0


def _is_name(group: Group, query: Query) -> bool:
    return group.origin == "word" and (_NAME.search(group.label) is not None or _is_proper(group, query))


def _is_proper(group: Group, query: Query) -> bool:
    """Tell whether a Latin word is written as a name is: Germany, Neuralink.

    In English within a sentence only, where a capital tells; among Chinese anywhere, but for words that English has.
    """
    text = query.text
    if _HAN.search(text):
        return bool(_PROPER.match(group.label)) and group.common == 0.0 and not is_word(group.label.lower())
    if group.common == 1.0 or not _PROPER.match(group.label) or not _WITHIN.search(text[: group.span.start]):
        return False
    # Whether others than the first, the terms and this one are written so, too.
    terms = [other.span for other in query.groups if other.origin == "concept" or other is group]
    words = [
        found[0]
        for found in re.finditer(r"[A-Za-z]{3,}", text)
        if text[: found.start()].strip() and not any(span.start <= found.start() < span.end for span in terms)
    ]
    return sum(word[0].isupper() for word in words) <= _CAPITALS * len(words)


def _told(candidates: Candidates, weights: LanguageWeights, first: Sequence[int]) -> Floats:
    """Return how near sentences come to each thing asked for: cosines (s, g).

    They are the best one of each candidate of ``first``, then the best ones of all.
    """
    block = candidates.block
    scores = sentence_scores(candidates.passage_signals, candidates.sentence_signals, candidates.owner, weights)
    order = np.argsort(-scores, kind="stable")
    best = [next(unit for unit in order if candidates.owner[unit] == candidate) for candidate in first]
    best += [unit for unit in order[:_BEST] if unit not in best]
    tokens = np.flatnonzero(np.isin(block.owner, candidates.owner[best]))
    unit, owner, alignment = block.unit[tokens], block.owner[tokens], candidates.alignment[:, tokens]
    rows = []
    for number in best:
        own = alignment[:, unit == number].max(axis=1, initial=0.0)
        above = alignment[:, (unit < 0) & (owner == candidates.owner[number])].max(axis=1, initial=0.0)
        rows.append(np.maximum(own, _HEADING_SHARE * above))
    return np.stack(rows)


def _alike(cosines: Floats) -> Floats:
    """Return how surely tokens of these cosines mean the same, 0 to 1."""
    result: Floats = np.clip((cosines - _UNLIKE) / (_ALIKE - _UNLIKE), 0.0, 1.0)
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
) -> float:
    """Return how sure it is, from 0 to 1, that ``generation`` answers ``query``: below the threshold it is refused."""
    if not query.groups:
        return 0.0
    sure = confidence(answer_signals(query, encoded, candidates, ranked, weights, generation), weights)
    return min(sure, _OF_OTHERS * weights.threshold) if lacks_subject(query, candidates, generation) else sure


def confidence(signals: Mapping[str, float], weights: LanguageWeights) -> float:
    """Return the probability, from 0 to 1, that the corpus answers: that it is its business, and that it is told there."""
    return _probability(signals, weights.subject) * _probability(signals, weights.answerable)


def _probability(signals: Mapping[str, float], weights: Mapping[str, float]) -> float:
    odds = sum(weight * signals[name] for name, weight in weights.items())
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))
