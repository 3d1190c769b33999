"""The measures, on rankings made by hand whose values can be worked out on paper."""

import math

import pytest

from corpus.model import Passage, Span
from qa.evaluation.dataset import GoldAnswer, Question
from qa.evaluation.metrics import Figure, Finding, Found, gains, measure, summarise
from qa.evaluation.reliability import calibration_error, reliability


def passage(document: str, start: int, end: int) -> Found:
    """A ranked passage that covers ``start`` to ``end`` of ``document``."""
    text = "x" * (end - start)
    return Found(Passage(f"{document}{start}", document, (), Span(start, end), (Span(start, end),), text))


def asked(*answers: GoldAnswer, **values: object) -> Question:
    """A question with answers."""
    return Question("Q/1", "?", "en", answers=answers, **values)  # type: ignore[arg-type]


ANSWER = GoldAnswer("d", Span(10, 20), "x" * 10)


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        (passage("d", 0, 30), True),
        (passage("d", 14, 30), True),
        (passage("d", 15, 30), False),  # exactly half isn't more than half
        (passage("d", 20, 30), False),
        (passage("other", 0, 30), False),
    ],
)
def test_a_passage_answers_if_it_holds_more_than_half_of_the_answer(found: Found, holds: bool) -> None:
    """In the same document, by code points."""
    assert measure(asked(ANSWER), Finding((found,)))["R@1"] == (float(holds), 1.0)


def test_ranks_give_what_the_definitions_say() -> None:
    """A first right passage at rank 4: in the first five, a quarter of a reciprocal rank, one over log2 of five."""
    wrong = passage("d", 40, 50)
    measured = measure(asked(ANSWER), Finding((wrong, wrong, wrong, passage("d", 0, 30))))
    values = {name: value for name, (value, _) in measured.items()}
    assert values == {"R@1": 0, "R@3": 0, "R@5": 1, "MRR@10": 0.25, "nDCG@10": pytest.approx(1 / math.log2(5))}


def test_a_right_passage_past_the_tenth_rank_counts_for_nothing() -> None:
    """MRR and nDCG look at ten ranks."""
    measured = measure(asked(ANSWER), Finding((passage("d", 40, 50),) * 10 + (passage("d", 0, 30),)))
    assert measured["MRR@10"] == (0.0, 1.0) and measured["nDCG@10"] == (0.0, 1.0)


def test_parts_are_each_needed_and_alternatives_are_not() -> None:
    """Two parts in two passages give a whole nDCG; one part twice gives no more than once."""
    other = GoldAnswer("d", Span(50, 60), "x" * 10, "b")
    question = asked(ANSWER, GoldAnswer("e", Span(0, 10), "x" * 10), other)
    both = Finding((passage("d", 0, 30), passage("d", 45, 70)))
    again = Finding((passage("d", 0, 30), passage("e", 0, 30)))
    assert gains(question, both) == [1, 1] and measure(question, both)["nDCG@10"][0] == 1
    assert gains(question, again) == [1, 0] and measure(question, again)["nDCG@10"][0] < 0.7


def test_a_document_ranks_where_its_best_passage_does() -> None:
    """Several passages of one document take one rank, and grades order the ideal."""
    question = Question("q", "?", "en", relevant={"a": 1, "b": 2, "c": 0})
    finding = Finding((passage("a", 0, 9), passage("a", 9, 19), passage("c", 0, 9), passage("b", 0, 9)))
    assert gains(question, finding) == [1, 0, 2]
    assert measure(question, finding)["nDCG@10"][0] == pytest.approx((1 + 2 / 2) / (2 + 1 / math.log2(3)))


@pytest.mark.parametrize(
    ("marked", "right"),
    [(Span(10, 20), True), (Span(12, 14), True), (Span(14, 40), True), (Span(16, 40), False), (Span(30, 40), False)],
)
def test_marked_evidence_is_right_if_it_lies_in_the_answer_or_has_most_of_it(marked: Span, right: bool) -> None:
    """The first passage's best sentence is compared, whatever else the passage holds."""
    measured = measure(asked(ANSWER), Finding((passage("d", 0, 50),), evidence=marked))
    assert measured["evidence@1"] == (float(right), 1.0)


def test_refusals_are_counted_on_both_sides() -> None:
    """Of three refusals two are right; one of three unanswerable questions is answered all the same."""
    cases = [(True, True), (True, False), (False, False), (False, False), (False, True)]
    measured = [
        (str(n), measure(Question(str(n), "?", "en", answerable=truth), Finding((), answerable=said)))
        for n, (truth, said) in enumerate(cases)
    ]
    figures = summarise(measured)
    assert {name: figure.value for name, figure in figures.items()} == {
        "answered": 0.5,
        "refused": 0.6667,
        "refusal precision": 0.6667,
    }


def test_intervals_are_over_facts_and_the_same_each_time() -> None:
    """Ten wordings of one fact that all agree say no more than one; more facts make an interval narrower."""
    wordings = summarise([(fact, {"R@1": (float(fact == "A"), 1.0)}) for fact in "AB" for _ in range(10)])
    assert wordings["R@1"] == Figure(0.5, 0.0, 1.0, 20)
    many = [(str(n), {"R@1": (float(n % 2), 1.0)}) for n in range(400)]
    figure = summarise(many)["R@1"]
    assert figure == summarise(many)["R@1"]
    assert 0.44 < figure.low < 0.46 and 0.54 < figure.high < 0.56  # 0.5 ± 1.96 sqrt(0.25 / 400)


def test_reliability_compares_confidence_with_what_was_so() -> None:
    """Ten questions at .8 of which eight are answerable are reliable; ten at .25 of which none is are off by .25."""
    judged = [(0.8, n < 8) for n in range(10)] + [(0.25, False)] * 10 + [(1.0, True)] * 10
    bins = reliability(judged)
    assert [(item.low, item.questions, item.answerable) for item in bins] == [(0.2, 10, 0.0), (0.8, 10, 0.8), (0.9, 10, 1.0)]
    assert calibration_error(bins) == pytest.approx(0.25 / 3, abs=1e-4)
    assert calibration_error(()) == 0


def test_citations_are_right_where_they_quote_a_gold_sentence() -> None:
    """Two of three are right, and both parts are met; without an answer there is nothing to measure."""
    question = asked(ANSWER, GoldAnswer("d", Span(30, 40), "x" * 10, "b"))
    cited = (("d", Span(10, 20)), ("d", Span(28, 42)), ("e", Span(10, 20)))
    measured = measure(question, Finding((passage("d", 0, 60),), answerable=True, cited=cited))
    assert measured["citation precision"] == (pytest.approx(2 / 3), 1.0) and measured["citation recall"] == (1.0, 1.0)
    only_one = measure(question, Finding((passage("d", 0, 60),), answerable=True, cited=cited[:1]))
    assert only_one["citation precision"] == (1.0, 1.0) and only_one["citation recall"] == (0.5, 1.0)
    assert "citation precision" not in measure(question, Finding((passage("d", 0, 60),), answerable=False))


def test_every_marked_sentence_of_the_first_passage_counts() -> None:
    """One of two is right."""
    marked = (("d", Span(10, 20)), ("d", Span(20, 30)))
    measured = measure(asked(ANSWER), Finding((passage("d", 0, 60),), marked=marked))
    assert measured["evidence precision"] == (0.5, 1.0)
