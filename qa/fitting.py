"""``mscqa fit``: the weights learned anew, on the development half of questions with known answers.

Answerability also learns from questions whose answers were taken away: the same question over the same corpus without
the passages that answer. They are many, and as near the subject as can be.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.building import Progress
from index.calibration import LANGUAGES, TextLanguage
from qa.answerability import NAMES, answer_signals, confidence
from qa.engine import Engine
from qa.evaluation.bench import Bench
from qa.evaluation.dataset import Question
from qa.evaluation.metrics import overlap
from qa.learning import AnswerExample, RankingExample, learn_answerability, learn_ranking, rounded, threshold_for
from qa.query import Query
from qa.ranking import rank
from qa.retrieval import Candidates, without
from qa.weights import LanguageWeights, Weights

# Of the answerable questions, at least this share should be answered.
ANSWERED = 0.95
# What a question without its answers counts, beside real unanswerable ones: some still have an answer that nobody listed.
_TAKEN_AWAY = 0.15
_FOLDS = 5
# References and notices are kept from competing with content by rule: few questions ask for them, so nothing is learned.
ASIDE = -0.15
# Below this, corpora of many subjects lose, though on one subject little is learned for it: nDCG@10 of MedicationQA with
# Chinese questions and texts .588 at what was learned, .600 at this.
DENSE = 0.4
# So many questions of real users ask what something is, and so few of ours, that what is learned is not left below this.
DEFINES = 0.3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the development half with its candidates."""

    question: Question
    query: Query
    candidates: Candidates


def fit(bench: Bench, questions: Sequence[Question], made_by: str, progress: Progress) -> Weights:
    """Return weights learned on ``questions``: of ranking by language, of answerability, and its thresholds by language."""
    asked = list(_ask(bench, questions, progress))
    ranking = {side: _ranking([item for item in asked if item.query.side == side]) for side in LANGUAGES}
    examples = [(item, example) for item in asked for example in _answer_examples(item, ranking[item.query.side], bench)]
    answerable, bias = learn_answerability([example for _, example in examples], NAMES)
    languages = {}
    for side in LANGUAGES:
        found = replace(ranking[side], answerable=answerable, bias=bias)
        languages[side] = rounded(replace(found, threshold=_threshold(examples, side)))
    return replace(bench.weights, model=bench.embedder.name, made_by=made_by, languages=languages)


def _ask(bench: Bench, questions: Sequence[Question], progress: Progress) -> Iterator[Asked]:
    engine = Engine(bench.embedder, bench.reader(), bench.weights)
    for done, question in enumerate(questions):
        progress("questions", done, len(questions))
        query, _, candidates = engine.inquire(question.text, bench.generation)
        yield Asked(question, query, candidates)
    progress("questions", len(questions), len(questions))


def _ranking(items: Sequence[Asked]) -> LanguageWeights:
    examples = [RankingExample(_table(item.candidates), _right(item)) for item in items if item.question.answers]
    passage, sentence = items[0].candidates.passage_signals, items[0].candidates.sentence_signals
    found = learn_ranking(examples, [*passage, *(f"sentence_{name}" for name in sentence)])
    by_passage = {name: found[name] for name in passage} | {"aside": ASIDE}
    by_passage["dense"] = max(by_passage["dense"], DENSE)
    by_sentence = {name: found[f"sentence_{name}"] for name in sentence}
    by_sentence["defines"] = max(by_sentence["defines"], DEFINES)
    return LanguageWeights(by_passage, by_sentence, {}, 0.0, 0.5)


def _table(candidates: Candidates) -> npt.NDArray[np.float64]:
    passages = [values[candidates.owner] for values in candidates.passage_signals.values()]
    return np.stack([*passages, *candidates.sentence_signals.values()], axis=1).astype(np.float64)


def _right(item: Asked) -> npt.NDArray[np.bool_]:
    """Return for each sentence of the candidates whether it answers: most of it, or of the answer, is shared."""
    right = []
    for owner, number in zip(item.candidates.owner, item.candidates.number, strict=True):
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


def _answer_examples(item: Asked, ranking: LanguageWeights, bench: Bench) -> Iterator[AnswerExample]:
    yield AnswerExample(_signals(item.query, item.candidates, ranking, bench), bool(item.question.answerable))
    if item.question.answers:
        rest = without(item.candidates, set(item.candidates.owner[_right(item)].tolist()))
        if rest.rows:
            yield AnswerExample(_signals(item.query, rest, ranking, bench), False, _TAKEN_AWAY)


def _signals(query: Query, candidates: Candidates, ranking: LanguageWeights, bench: Bench) -> npt.NDArray[np.float64]:
    signals = answer_signals(query, candidates, rank(candidates, ranking, bench.generation))
    return np.asarray([signals[name] for name in NAMES], np.float64)


def _threshold(examples: Sequence[tuple[Asked, AnswerExample]], side: TextLanguage) -> float:
    """Return the confidence that the wanted share of answerable questions reaches, by models that don't know their facts."""
    folds = [hashlib.sha256(item.question.fact.encode()).digest()[1] % _FOLDS for item, _ in examples]
    confidences = []
    for fold in range(_FOLDS):
        seen = [example for (_, example), own in zip(examples, folds, strict=True) if own != fold]
        model = LanguageWeights({}, {}, *learn_answerability(seen, NAMES), 0.5)
        confidences += [
            confidence(dict(zip(NAMES, example.signals.tolist(), strict=True)), model)
            for (item, example), own in zip(examples, folds, strict=True)
            if own == fold and example.answerable and item.query.side == side
        ]
    return threshold_for(confidences, ANSWERED)
