"""The project's own gold questions: what they quote stands in the text, and both halves are fair."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jieba
import pytest

from corpus.matching import normalise_text
from corpus.model import Document, Span
from corpus.passages.chunking import split_passages
from corpus.stopwords import CHINESE
from qa.evaluation.collection import Member, read_collection
from qa.evaluation.dataset import half_of
from tests.data_folder import read_review

ROOT = Path(__file__).parents[2]
KINDS = {
    "plain", "paraphrase", "abbreviation", "lay", "typo", "traditional", "keyword", "long", "parts", "list",
    "comparison", "number", "near", "far", "garbage", "injection", "same-words",
}  # fmt: skip
EVERY_LANGUAGE_HAS = KINDS - {"traditional", "garbage", "injection", "same-words"}


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    lines = (ROOT / "tests/gold/questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    review = read_review()
    return {review.id: review}


def fact(question: dict[str, Any]) -> str:
    return str(question["id"].rpartition("/")[0])


def test_quotes_stand_where_they_say(questions: list[dict[str, Any]], documents: dict[str, Document]) -> None:
    """Every quote is the document's text at its offsets."""
    for question in questions:
        for answer in question["answers"]:
            text = documents[answer["document_id"]].text
            assert text[answer["start"] : answer["end"]] == answer["quote"], question["id"]


def test_quotes_are_whole_sentences(questions: list[dict[str, Any]], documents: dict[str, Document]) -> None:
    """Every quote is one sentence as the corpus splits its passages."""
    sentences = {
        (document.id, sentence)
        for document in documents.values()
        for passage in split_passages(document)
        for sentence in passage.sentences
    }
    for question in questions:
        for answer in question["answers"]:
            assert (answer["document_id"], Span(answer["start"], answer["end"])) in sentences, question["id"]


def test_every_sentence_with_a_fact_is_asked_for(questions: list[dict[str, Any]], documents: dict[str, Document]) -> None:
    """All sentences of the document answer some question, but for the one that announces the comparison."""
    asked = {(answer["document_id"], answer["start"]) for question in questions for answer in question["answers"]}
    unasked = [
        sentence.of(document.text)
        for document in documents.values()
        for passage in split_passages(document)
        for sentence in passage.sentences
        if (document.id, sentence.start) not in asked
    ]
    assert unasked == ["下面按疾病归纳综述所报告的要点，便于比较。"]


def test_questions_are_well_formed(questions: list[dict[str, Any]]) -> None:
    """Each question has an id of fact, language and number, known kinds, and answers just where it isn't near or far."""
    for question in questions:
        assert set(question) == {"id", "question", "language", "kinds", "answers"}, question["id"]
        assert question["id"].rpartition("/")[2].rpartition("-")[0] == question["language"], question["id"]
        assert question["kinds"], question["id"]
        assert set(question["kinds"]) <= KINDS, question["id"]
        assert bool(question["answers"]) != bool({"near", "far"} & set(question["kinds"])), question["id"]


def test_questions_differ(questions: list[dict[str, Any]]) -> None:
    """No id comes twice, nor any question once case, width and spelling variants are folded."""
    ids = Counter(question["id"] for question in questions)
    texts = Counter(normalise_text(question["question"]) for question in questions)
    assert [identifier for identifier, count in ids.items() if count > 1] == []
    assert [text for text, count in texts.items() if count > 1] == []


def test_parts_are_numbered(questions: list[dict[str, Any]]) -> None:
    """A question of several parts says which part each answer answers, from 1 on; others name no part."""
    for question in questions:
        parts = {answer.get("part", 0) for answer in question["answers"]}
        expected = set(range(1, max(parts) + 1)) if "parts" in question["kinds"] else {0}
        assert not parts or parts == expected, question["id"]


def test_there_are_as_many_as_promised(questions: list[dict[str, Any]]) -> None:
    """At least 160 Chinese, 160 English and 36 mixed questions, and 50 in each language that the text doesn't answer."""
    answerable = Counter(question["language"] for question in questions if question["answers"])
    kinds = Counter((question["language"], kind) for question in questions for kind in question["kinds"])
    assert answerable["zh"] >= 160
    assert answerable["en"] >= 160
    assert answerable["mixed"] >= 36
    for language in ("zh", "en"):
        assert kinds[language, "near"] >= 25
        assert kinds[language, "far"] >= 25
        assert [kind for kind in sorted(EVERY_LANGUAGE_HAS) if kinds[language, kind] < 8] == []
    assert kinds["zh", "traditional"] >= 8


def test_halves_are_even(questions: list[dict[str, Any]]) -> None:
    """Each language has about as many questions of each kind for testing as for development."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for question in questions:
        for kind in [*question["kinds"], "answerable" if question["answers"] else "unanswerable"]:
            counts.setdefault((question["language"], kind), Counter())[half_of(fact(question))] += 1
    uneven = {
        key: dict(halves)
        for key, halves in counts.items()
        if abs(halves["development"] - halves["testing"]) > max(2, 0.2 * halves.total())
    }
    assert uneven == {}


def test_halves_hardly_share_a_sentence(questions: list[dict[str, Any]]) -> None:
    """Few sentences answer questions of both halves: summaries, and definitions given in passing."""
    halves: dict[str, set[str]] = {}
    for question in questions:
        for answer in question["answers"]:
            halves.setdefault(answer["quote"], set()).add(half_of(fact(question)))
    shared = [quote for quote, found in halves.items() if len(found) > 1]
    assert len(shared) <= 0.08 * len(halves), shared


def test_chinese_paraphrases_share_no_word(questions: list[dict[str, Any]]) -> None:
    """A Chinese paraphrase has no content word of two or more characters in common with any answering sentence."""

    def words(text: str) -> set[str]:
        return {word for word in jieba.cut(normalise_text(text)) if len(word) > 1} - CHINESE

    paraphrases = [question for question in questions if "paraphrase" in question["kinds"] and question["language"] == "zh"]
    shared = [
        (question["id"], words(question["question"]) & words(answer["quote"]))
        for question in paraphrases
        for answer in question["answers"]
    ]
    assert [found for found in shared if found[1]] == []


def test_half_is_decided_by_the_name_of_the_fact() -> None:
    """The rule is the parity of the first byte of the name's SHA-256, so it never moves a question."""
    assert half_of("abc") == "development"  # ba7816bf…: 0xba is even
    assert half_of("") == "testing"  # e3b0c442…: 0xe3 is odd


@pytest.fixture(scope="module")
def members() -> dict[str, Member]:
    return {member.dataset.name: member for member in read_collection(ROOT / "tests/gold/sets.toml")}


def test_every_bundled_text_and_every_made_up_one_is_asked_about(members: dict[str, Member]) -> None:
    """At least 45 questions on each text, both languages, and a fifth and more without an answer."""
    for name, wordings in (("digests", 55), ("texts", 45)):
        dataset = members[name].dataset
        texts = {document.id for document in dataset.documents} - {"msc-neurodegenerative-review"}
        assert {question.about for question in dataset.questions} == texts
        for text in texts:
            own = [question for question in dataset.questions if question.about == text]
            assert len(own) >= wordings, text
            assert min(sum(question.language == side for question in own) for side in ("zh", "en")) >= 20, text
            assert sum(not question.answers for question in own) >= len(own) // 5, text


def test_quotes_of_all_sets_are_whole_sentences(members: dict[str, Member]) -> None:
    """Every quote is one sentence, item or row as the corpus splits its passages."""
    for name in ("digests", "texts"):
        dataset = members[name].dataset
        sentences = {
            (document.id, sentence)
            for document in dataset.documents
            for passage in split_passages(document)
            for sentence in passage.sentences
        }
        for question in dataset.questions:
            for answer in question.answers:
                assert (answer.document_id, answer.span) in sentences, question.id


def test_made_up_texts_say_that_they_are() -> None:
    """Nobody takes a price or a dose of them for real."""
    for path in (ROOT / "tests/gold/texts").iterdir():
        assert "虚构" in path.read_text(encoding="utf-8")[:600], path.name
