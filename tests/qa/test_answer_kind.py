"""A sentence without a number doesn't say how many, one without a place doesn't say where."""

import pytest

from corpus.model import Span
from qa.answer_kind import asks_what_it_is, defines, lacks_kind

COUNTED = "这种疗法已有 400 多例商业应用和 190 例临床试验，没有出现严重不良事件。"
NOT_COUNTED = "Ⅲ期研究里，NLRP3 和 IL-10 的水平都下降了，这是第一步。"
PLACED = "综述由新乡医学院与河南省联合实验室的研究人员完成。"


@pytest.mark.parametrize(
    "question",
    [
        "一共治了多少病人？",
        "有几例商业应用？",
        "How many people had it?",
        "what percentage improved",
        "什么时候公布的",
        "p值是多少",
    ],
)
def test_an_amount_needs_a_number(question: str) -> None:
    """Digits of names, phases of trials and ordinals count nothing."""
    assert not lacks_kind(question, COUNTED)
    assert lacks_kind(question, NOT_COUNTED)


@pytest.mark.parametrize("question", ["在哪几个国家做的？", "Which countries took part?", "Where was it done?", "去哪报名"])
def test_a_place_needs_a_place(question: str) -> None:
    """A country, a town, an institution."""
    assert not lacks_kind(question, PLACED)
    assert lacks_kind(question, NOT_COUNTED)


@pytest.mark.parametrize("question", ["安全吗？", "有哪些作用？", "从哪几个方面起作用？", "Is it safe?", "外泌体", ""])
def test_other_questions_need_neither(question: str) -> None:
    """Nothing is held against a sentence where no kind is asked for."""
    assert not lacks_kind(question, NOT_COUNTED) and not lacks_kind(question, COUNTED)


@pytest.mark.parametrize("question", ["外泌体是什么？", "什么是外泌体", "外泌体指什么", "What is NfL?", "define exosome"])
def test_who_asks_what_a_thing_is_is_understood(question: str) -> None:
    """In either language, with or without a mark."""
    assert asks_what_it_is(question)


@pytest.mark.parametrize("question", ["外泌体有什么作用？", "What is the dose that is given?", "为什么是外泌体"])
def test_other_questions_do_not_ask_what_a_thing_is(question: str) -> None:
    """Though the words are alike."""
    assert not asks_what_it_is(question)


def test_a_sentence_that_says_what_a_thing_is_defines_it() -> None:
    """The name stands before 'is', before its explanation in brackets, or after 'so-called'; mere mention is none."""
    named = Span(0, 3)
    assert defines("外泌体是细胞外囊泡中较小的一类。", named=[named])
    assert defines("外泌体（exosome）即细胞释放的小泡。", named=[named])
    assert defines("所谓归巢，是指 MSC 向受伤的部位迁移。", named=[Span(2, 4)])
    assert not defines("外泌体能够穿过血脑屏障。", named=[named]) and not defines("没有提到它。", named=[])
