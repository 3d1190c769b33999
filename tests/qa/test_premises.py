"""What questions take for granted isn't answered as if it were so where the texts say otherwise."""

import pytest

from qa.answers.premises import WRONG
from qa.questions.premises import read_premise
from qa.service import Service


@pytest.mark.parametrize(
    ("question", "premise"),
    [
        ("为什么细胞越传越年轻？", "细胞越传越年轻"),
        ("Why were the cells positive for CD34?", "the cells positive for CD34"),
        ("How does IL-10 worsen inflammation?", "IL-10 worsen inflammation"),
        ("衡晞素注射液是哪一年上市的？", "衡晞素注射液    上市的"),
        ("Which events did the therapy cause?", "events did the therapy cause"),
    ],
)
def test_a_premise_is_the_question_without_the_words_that_ask(question: str, premise: str) -> None:
    """Blanks stand in their place, so that places in one are places in the other."""
    found = read_premise(question)
    assert found.strip() == premise and len(found) == len(question)


@pytest.mark.parametrize(
    "question", ["有哪些药物？", "How many drugs are approved?", "What is NfL?", "Can exosomes cross it?", "为什么？"]
)
def test_a_question_that_merely_asks_takes_nothing_for_granted(question: str) -> None:
    """How many, what, whether: each answer is open."""
    assert not read_premise(question)


@pytest.mark.parametrize(
    "question", ["为什么外泌体不能越过血脑屏障？", "Why are exosomes unable to cross the blood-brain barrier?"]
)
def test_a_false_premise_is_named_with_the_sentence_that_contradicts_it(service: Service, question: str) -> None:
    """In the asker's language."""
    result = service.ask(question)
    language = result.answer_language
    assert result.answer.premise == WRONG[language]
    (sentence,) = result.answer.sentences
    assert "外泌体能够越过血脑屏障" in sentence.text


@pytest.mark.parametrize("question", ["为什么外泌体能够越过血脑屏障？", "为什么神经退行性疾病的病例在增加？"])
def test_a_true_premise_is_let_be(service: Service, question: str) -> None:
    """Nothing is said of it."""
    assert service.ask(question).answer.premise == ""
