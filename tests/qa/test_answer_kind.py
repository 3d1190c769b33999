"""A sentence without a number doesn't say how many, one without a place doesn't say where, and what defines a thing."""

from pathlib import Path

import pytest

from corpus.model import Span
from qa.questions.focus import background
from qa.questions.kinds import Kind, KindError, asked_kind, asks_what_it_is, defines, kinds

COUNTED = "这种疗法已有 400 多例商业应用和 190 例临床试验，没有出现严重不良事件。"
NOT_COUNTED = "Ⅲ期研究里，NLRP3 和 IL-10 的水平都下降了，这是第一步。"


def lacks_kind(question: str, sentence: str) -> bool:
    """Tell whether ``sentence`` has nothing of the kind that ``question`` asks for."""
    kind = asked_kind(question, background(question))
    return kind is not None and not kind.is_in(sentence)


@pytest.mark.parametrize(("kind", "question"), [(kind, question) for kind in kinds() for question in kind.asked])
def test_what_is_asked_for_must_be_there(kind: Kind, question: str) -> None:
    """An amount, a share, a date, a place …: a text without one lacks it, whatever other numbers it has."""
    asked = asked_kind(question, background(question))
    assert asked is not None and asked.name == kind.name
    assert any(map(asked.is_in, kind.answers))
    assert not any(map(asked.is_in, kind.no_answers))


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind in kinds() for text in kind.answers])
def test_what_has_the_kind_answers_one_of_its_questions(kind: Kind, text: str) -> None:
    """Each example of an answer is one."""
    assert any(asked.is_in(text) for asked in map(asked_kind, kind.asked) if asked)


def test_every_kind_has_examples_and_a_name_of_its_own() -> None:
    """Without them nobody could mend it."""
    assert len({kind.name for kind in kinds()}) == len(kinds())
    assert all(kind.asked and kind.answers and kind.no_answers for kind in kinds())


def test_a_kind_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its file and the reason."""
    path = tmp_path / "kinds.toml"
    path.write_text('[[kind]]\nname = "price"\nasks = "("\nasked = []\nanswers = []\nno_answers = []\n', encoding="utf-8")
    monkeypatch.setattr("qa.questions.kinds.FILE", path)
    with pytest.raises(KindError, match=r"kinds\.toml, price: "):
        kinds.__wrapped__()


def test_a_counting_word_is_asked_for_by_itself() -> None:
    """So many patents (件) are told by a number of 件, not of days."""
    assert lacks_kind("一共有多少件？", "3 只大鼠养了 5 天。") and not lacks_kind("一共有多少件？", "共 356 件。")


@pytest.mark.parametrize(
    "question",
    [
        "它对星形胶质细胞有什么 effect？",
        "Do they protect neurons?",
        "平时饮食不健康会得这种病吗？",
        "My grant application was turned down. What still stands in the way?",
        "How much of the mind is left?",
    ],
)
def test_words_that_only_look_like_it_ask_for_no_kind(question: str) -> None:
    """A part of a word, a subject, a story, an extent."""
    assert not lacks_kind(question, NOT_COUNTED) and not lacks_kind(question, "MSC 主要靠旁分泌起作用。")


def test_a_part_of_another_word_gives_no_kind() -> None:
    """融入组织 is no 入组."""
    assert lacks_kind("乙肝患者能接受干细胞移植吗？", "细胞怎样更好地融入组织，仍是难题。")


@pytest.mark.parametrize("question", ["细胞没几天就死了，那怎么还有用？", "好几年了，还能治吗？"])
def test_vague_times_ask_for_no_time(question: str) -> None:
    """Though 几天 and 几年 do elsewhere."""
    assert not lacks_kind(question, "MSC 主要靠旁分泌起作用。")


@pytest.mark.parametrize(
    "question", ["安全吗？", "有哪些作用？", "从哪几个方面起作用？", "这几年热不热？", "Is it safe?", "外泌体", ""]
)
def test_other_questions_need_neither(question: str) -> None:
    """Nothing is held against a sentence where no kind is asked for."""
    assert not lacks_kind(question, NOT_COUNTED) and not lacks_kind(question, COUNTED)


@pytest.mark.parametrize(
    "question", ["外泌体是什么？", "什么是外泌体", "外泌体指什么", "外泌体的定义是什么", "What is NfL?", "define exosome"]
)
def test_who_asks_what_a_thing_is_is_understood(question: str) -> None:
    """In either language, with or without a mark."""
    assert asks_what_it_is(question)


@pytest.mark.parametrize(
    "question",
    [
        "外泌体有什么作用？",
        "ALS 的病理特点是什么？",
        "有几个特点，分别是什么？",
        "What is the dose that is given?",
        "为什么是外泌体",
    ],
)
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
