"""``mscqa fit``: the weights learned anew, on questions with known answers about many texts.

Whether a question is about the corpus's subject is also learned from everyday questions about anything else. What the
weights are worth on a text that they weren't learned on is measured by leaving each text out in turn (`leave_out`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.building.build import Progress
from index.generations.opening import Generation
from index.models.calibration import LANGUAGES, TextLanguage, unrelated_questions
from index.models.embedding import Encoded
from qa.answers.absence import find_absence
from qa.answers.answerability import answer_signals, confidence, judge
from qa.answers.engine import Engine
from qa.evaluation.bench import Bench
from qa.evaluation.dataset import Question
from qa.evaluation.learning import OddsExample, RankingExample, learn_odds, learn_ranking, rounded, threshold_for
from qa.evaluation.metrics import DEPTH, Finding, Found, overlap
from qa.questions.query import Query
from qa.retrieval.candidates import Candidates
from qa.retrieval.ranking import prefer_kind, rank
from qa.retrieval.signals import ANSWER, NAMES, SUBJECT, named
from qa.retrieval.weights import LanguageWeights, Weights

# Of the answerable questions in each language this share should be answered, on texts that the weights weren't learned on.
ANSWERED: Mapping[TextLanguage, float] = {"zh": 0.97, "en": 0.957}
FAR = "far"  # the kind of unanswerable questions that aren't about the subject
_FOLDS = 5
_GROUPS = 8  # of texts that are left out together
# References and notices are kept from competing with content by rule: few questions ask for them, so nothing is learned.
ASIDE = -0.6
# Likewise the least that a question for the source counts as the corpus's business: any text has one.
SOURCE = 4.0
# Below this, corpora of many subjects lose, though on one subject little is learned for it: nDCG@10 of MedicationQA with
# Chinese questions and texts .588 at what was learned, .600 at this.
DENSE = 0.4
# So many questions of real users ask what something is, and so few of ours, that what is learned is not left below this.
DEFINES = 0.3


@dataclass(frozen=True, slots=True)
class Item:
    """A question to learn from, how it is understood, and the passages of ``generation`` that may answer it."""

    question: Question
    query: Query
    encoded: Encoded
    candidates: Candidates
    generation: Generation


@dataclass(frozen=True, slots=True)
class _Known:
    """A question, its side and its signals of answerability."""

    question: Question
    side: TextLanguage
    signals: Mapping[str, float]


def ask(bench: Bench, questions: Sequence[Question], progress: Progress) -> list[Item]:
    """Return ``questions`` as the service understands them, each with its candidates."""
    engine = Engine(bench.embedder, bench.reader(), bench.weights)
    items = []
    for done, question in enumerate(questions):
        progress("questions", done, len(questions))
        items.append(Item(question, *engine.inquire(question.text, bench.generation), bench.generation))
    progress("questions", len(questions), len(questions))
    return items


def ask_unrelated(bench: Bench, part: int = 0, parts: int = 1) -> Iterator[Item]:
    """Yield the everyday questions about anything else, each with a generation that doesn't know it as such.

    Of several benches each is asked its ``part`` of them: they shouldn't outweigh the questions that are far from a text.
    """
    engine = Engine(bench.embedder, bench.reader(), bench.weights)
    for side in LANGUAGES:
        for number, text in list(enumerate(unrelated_questions(side)))[part::parts]:
            question = Question(f"unrelated-{side}-{number}", text, side, (FAR,), answerable=False)
            others = np.delete(bench.generation.unrelated[side], number, axis=0)
            generation = replace(bench.generation, unrelated={**bench.generation.unrelated, side: others})
            yield Item(question, *engine.inquire(text, generation), generation)


def learn(items: Sequence[Item], unrelated: Sequence[Item], start: Weights, made_by: str) -> Weights:
    """Return weights learned on ``items``: of ranking by language, of answerability, and its thresholds by language."""
    ranking = {side: _ranking([item for item in items if item.query.side == side]) for side in LANGUAGES}
    known = [_known(item, ranking[item.query.side]) for item in (*items, *unrelated)]
    subject, answerable = _learn(known)
    languages = {}
    for side in LANGUAGES:
        found = replace(ranking[side], subject=subject, answerable=answerable)
        languages[side] = rounded(replace(found, threshold=_threshold(known, side)))
    return replace(start, made_by=made_by, languages=languages)


def leave_out(items: Sequence[Item], unrelated: Sequence[Item], start: Weights) -> Iterator[tuple[Question, Finding]]:
    """Yield each question with what is found by weights that were learned on other texts than its own.

    Texts are left out in groups, as each time all weights are learned anew.
    """
    texts = list(dict.fromkeys(item.question.about for item in items))
    group = {text: number % _GROUPS for number, text in enumerate(texts)}
    for left_out in range(min(_GROUPS, len(texts))):
        seen = [item for item in items if group[item.question.about] != left_out]
        weights = learn(seen, unrelated, start, "")
        yield from ((item.question, find(item, weights)) for item in items if group[item.question.about] == left_out)


def find(item: Item, weights: Weights) -> Finding:
    """Return what the service finds for ``item`` with ``weights``: passages, the first evidence, and whether it answers."""
    own = weights.languages[item.query.side]
    ranked = rank(item.candidates, own, item.generation, DEPTH)
    absence = find_absence(item.query, item.candidates, item.generation)
    sure = judge(item.query, item.encoded, item.candidates, ranked, own, item.generation, absence)
    ranked = prefer_kind(ranked, item.candidates.kind)
    evidence = ranked[0].sentences[0].span if ranked else None
    return Finding(
        tuple(Found(one.passage, one.also_in) for one in ranked), evidence, bool(ranked) and sure >= own.threshold, sure
    )


def _ranking(items: Sequence[Item]) -> LanguageWeights:
    examples = [RankingExample(_table(item.candidates), _right(item)) for item in items if item.question.answers]
    passage, sentence = NAMES["passage"], NAMES["sentence"]
    found = learn_ranking(examples, [*passage, *(f"sentence_{name}" for name in sentence)])
    by_passage = {name: found[name] for name in passage} | {"aside": ASIDE}
    by_passage["dense"] = max(by_passage["dense"], DENSE)
    by_sentence = {name: found[f"sentence_{name}"] for name in sentence}
    by_sentence["defines"] = max(by_sentence["defines"], DEFINES)
    return LanguageWeights(by_passage, by_sentence, {}, {}, threshold=0.5)


def _table(candidates: Candidates) -> npt.NDArray[np.float64]:
    passages = [values[candidates.owner] for values in named(candidates.passage_signals).values()]
    return np.stack([*passages, *named(candidates.sentence_signals).values()], axis=1).astype(np.float64)


def _right(item: Item) -> npt.NDArray[np.bool_]:
    """Return for each sentence of the candidates whether it answers: most of it, or of the answer, is shared."""
    right = []
    for owner, number in zip(item.candidates.sentences.owner, item.candidates.sentences.number, strict=True):
        passage = item.candidates.passages[int(owner)]
        span = passage.sentences[int(number)]
        right.append(
            any(
                answer.document_id == passage.document_id
                and 2 * overlap(span, answer.span) > min(len(span), len(answer.span))
                for answer in item.question.answers
            )
        )
    return np.asarray(right, np.bool_)


def _known(item: Item, ranking: LanguageWeights) -> _Known:
    ranked = rank(item.candidates, ranking, item.generation)
    signals = answer_signals(item.query, item.encoded, item.candidates, ranked, ranking, item.generation)
    return _Known(item.question, item.query.side, signals)


def _learn(known: Sequence[_Known]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weights of the log odds that a question is about the subject, and that it is answered if it is."""
    near = [one for one in known if FAR not in one.question.kinds]
    subject = learn_odds([_example(one, SUBJECT, FAR not in one.question.kinds) for one in known], SUBJECT)
    answered = [_example(one, ANSWER, bool(one.question.answerable)) for one in near]
    return subject | {"source": max(subject["source"], SOURCE)}, learn_odds(answered, ANSWER)


def _example(one: _Known, names: Sequence[str], holds: bool) -> OddsExample:
    return OddsExample(np.asarray([one.signals[name] for name in names], np.float64), holds)


def _threshold(known: Sequence[_Known], side: TextLanguage) -> float:
    """Return the confidence that the wanted share of answerable questions reaches, by models that don't know their facts."""
    folds = [hashlib.sha256(one.question.fact.encode()).digest()[1] % _FOLDS for one in known]
    confidences = []
    for fold in range(_FOLDS):
        seen = [one for one, own in zip(known, folds, strict=True) if own != fold]
        model = LanguageWeights({}, {}, *_learn(seen), threshold=0.5)
        confidences += [
            confidence(one.signals, model)
            for one, own in zip(known, folds, strict=True)
            if own == fold and one.question.answerable and one.side == side
        ]
    return threshold_for(confidences, ANSWERED[side])
