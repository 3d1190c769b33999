"""Who wrote a text, where it appeared and what its notices say: asked for, references and notices go first."""

import pytest

from qa.questions.kinds import asks_for_source
from qa.service import Service


@pytest.mark.parametrize(
    "question",
    [
        "原综述第一作者是谁？",
        "文末列出的那篇论文题目是什么？",
        "刊在第几卷第几期？",
        "免责声明说了什么？",
        "What is the title of the cited article?",
        "Who are the authors of the review?",
        "Which journal was it in?",
        "May I reprint a figure?",
    ],
)
def test_questions_for_the_source_are_known(question: str) -> None:
    """Authors, titles, places in a journal, notices."""
    assert asks_for_source(question)


@pytest.mark.parametrize(
    "question",
    [
        "綜合起來，作者對幹細胞這條路看好嗎？",
        "那是第几期临床试验？",
        "NfL 的参考值是多少？",
        "What is the reference range of NfL?",
        "What do the authors conclude?",
        "How do exosomes enter the brain?",
    ],
)
def test_questions_for_what_a_text_says_are_others(question: str) -> None:
    """An author's opinion, a phase of a trial and a reference range are no sources."""
    assert not asks_for_source(question)


@pytest.mark.parametrize(
    ("question", "role"),
    [
        pytest.param(
            "文末列出的那篇英文论文，题目是什么？",
            "reference",
            marks=pytest.mark.xfail(reason="the notice comes before the reference by a hair", strict=True),
        ),
        ("What is the title of the paper in the reference list?", "reference"),
        ("文末的声明说了什么？", "notice"),
        ("How are mesenchymal stem cells drawn to a lesion?", "body"),
    ],
)
def test_what_was_asked_for_goes_first(service: Service, question: str, role: str) -> None:
    """References and notices come first where they are asked for, and nowhere else."""
    result = service.ask(question)
    assert result.hits[0].passage.role == role and result.answerable
