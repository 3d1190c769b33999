"""Reading what an evaluation asks: BEIR folders and our own questions; what is wrong is named with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.model import Span
from corpus.reading import read_folder
from qa.evaluation.beir import read_beir
from qa.evaluation.dataset import DatasetError, GoldAnswer
from qa.evaluation.gold import read_gold

CORPUS = [
    {"_id": "answer-of-q1", "title": "Cells", "text": "Stem cells renew themselves.", "lang": "en"},
    {"_id": "other", "title": "", "text": "外泌体很小。", "lang": "zh"},
    {"_id": "blank", "title": "", "text": " "},
]
QUERIES = [
    {"_id": "q1", "text": "What renews itself?", "lang": "en"},
    {"_id": "q2", "text": "谁很小？"},
    {"_id": "unjudged", "text": "And this?"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tanswer-of-q1\t2\nq1\tother\t0\nq2\tother\t1\n"


def write_beir(folder: Path, corpus: Any = CORPUS, queries: Any = QUERIES, qrels: str | None = QRELS) -> Path:
    """Write a set, each part given as objects or as the file's text, without the parts that are None."""
    folder.mkdir(exist_ok=True)
    for name, content in (("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels.tsv", qrels)):
        if content is not None:
            text = content if isinstance(content, str) else "".join(json.dumps(item) + "\n" for item in content)
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_beir_folder_becomes_documents_and_judged_questions(tmp_path: Path) -> None:
    """Ids stay out of the documents, languages are kept or found, and questions without a judgement are left out."""
    dataset = read_beir(write_beir(tmp_path / "set"))
    first, second = dataset.documents
    assert (first.text, first.language, first.title) == (CORPUS[0]["text"], "en", "Cells")
    assert second.sections[0].path == ()
    assert not any(item["_id"] in str(document) for item in CORPUS for document in dataset.documents)
    assert dataset.empty == 1
    assert [(question.text, question.language) for question in dataset.questions] == [
        ("What renews itself?", "en"),
        ("谁很小？", "zh"),
    ]
    assert dataset.questions[0].relevant == {first.id: 2, second.id: 0}
    assert dataset.questions[0].answerable is True


def test_candidates_and_answerable_are_read_as_nomiracl_gives_them(tmp_path: Path) -> None:
    """A question is asked of its candidates only, and says whether they answer."""
    queries = [{"_id": "q1", "text": "Who?", "answerable": False}, {"_id": "q2", "text": "What?", "answerable": True}]
    folder = write_beir(tmp_path / "set", queries=queries, qrels="query-id\tcorpus-id\tscore\n")
    (folder / "candidates.tsv").write_text("query-id\tcorpus-id\trank\nq1\tother\t1\nq1\tblank\t2\n", encoding="utf-8")
    dataset = read_beir(folder)
    assert [question.answerable for question in dataset.questions] == [False, True]
    assert [question.among for question in dataset.questions] == [(dataset.documents[1].id,), ()]


def test_judgements_are_found_where_beir_itself_puts_them(tmp_path: Path) -> None:
    """``qrels/test.tsv`` is read where there is no ``qrels.tsv``."""
    folder = write_beir(tmp_path / "set", qrels=None)
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    assert len(read_beir(folder).questions) == 2


BROKEN = [
    ({"corpus": None}, "corpus.jsonl: there is no such file"),
    ({"queries": None}, "queries.jsonl: there is no such file"),
    ({"qrels": None}, "qrels.tsv: there is no such file"),
    ({"corpus": ""}, "corpus.jsonl: it holds no document"),
    ({"queries": ""}, "queries.jsonl: it holds no question"),
    ({"qrels": ""}, "no question of queries.jsonl has a judgement in qrels.tsv"),
    ({"corpus": '{"_id": "a", "text": "x"}\n{"_id": '}, "corpus.jsonl, line 2: it isn't JSON"),
    ({"corpus": '\n["a"]\n'}, "corpus.jsonl, line 2: it isn't a JSON object"),
    ({"corpus": [*CORPUS, CORPUS[0]]}, "corpus.jsonl, line 4: the id 'answer-of-q1' stands twice"),
    ({"corpus": [*CORPUS, {"text": "x"}]}, "corpus.jsonl, line 4: '_id' is missing"),
    ({"corpus": [*CORPUS, {"_id": "x"}]}, "corpus.jsonl, line 4: 'text' is missing"),
    ({"corpus": [*CORPUS, {"_id": "x", "text": 7}]}, "corpus.jsonl, line 4: 'title', 'text' and 'lang' must be texts"),
    ({"queries": [*QUERIES, QUERIES[0]]}, "queries.jsonl, line 4: the id 'q1' stands twice"),
    ({"queries": [*QUERIES, {"_id": "x", "text": " "}]}, "queries.jsonl, line 4: 'text' must be a text that isn't empty"),
    ({"queries": [{"_id": "x", "text": "a", "answerable": "no"}]}, "line 1: 'answerable' must be true or false, not 'no'"),
    ({"qrels": QRELS + "q9\tother\t1\n"}, "qrels.tsv, line 5: queries.jsonl has no question 'q9'"),
    ({"qrels": QRELS + "q1\tnowhere\t1\n"}, "qrels.tsv, line 5: corpus.jsonl has no document 'nowhere'"),
    ({"qrels": QRELS + "q1 other 1\n"}, "qrels.tsv, line 5: 1 columns (parted by tabs) instead of 3"),
    ({"qrels": QRELS + "q1\tother\tyes\n"}, "qrels.tsv, line 5: the score must be a whole number, not 'yes'"),
]


@pytest.mark.parametrize(("parts", "message"), BROKEN)
def test_a_broken_beir_folder_is_refused_naming_file_and_line(tmp_path: Path, parts: dict[str, Any], message: str) -> None:
    """Missing, empty and malformed files, twice given and unknown ids are each named."""
    with pytest.raises(DatasetError) as raised:
        read_beir(write_beir(tmp_path / "set", **parts))
    assert message in str(raised.value)


def test_all_problems_of_a_folder_are_named_at_once(tmp_path: Path) -> None:
    """Somebody who mends a set sees everything that is wrong with it."""
    parts: dict[str, Any] = {"corpus": [*CORPUS, {"text": "x"}], "qrels": QRELS + "q9\tother\t1\n"}
    with pytest.raises(DatasetError) as raised:
        read_beir(write_beir(tmp_path / "set", **parts))
    assert len(raised.value.problems) == 2


TEXT = "间充质干细胞能够自我更新。外泌体很小。\n"
ANSWER = {"document_id": "text", "start": 13, "end": 19, "quote": "外泌体很小。"}


def gold_of(folder: Path, *items: dict[str, Any]) -> Any:
    """Read questions over a corpus of one short text."""
    (folder / "corpus").mkdir()
    (folder / "corpus" / "text.md").write_text(TEXT, encoding="utf-8")
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps({"kinds": ["plain"], "language": "zh"} | item) + "\n" for item in items))
    return read_gold(path, read_folder(folder / "corpus"))


def test_our_own_questions_name_places_in_the_corpus(tmp_path: Path) -> None:
    """A question without answers is one that the corpus doesn't answer; its fact is what precedes the slash."""
    dataset = gold_of(
        tmp_path,
        {"id": "SIZE/zh-1", "question": "外泌体大吗", "answers": [ANSWER]},
        {"id": "FAR/zh-1", "question": "天气", "answers": [], "kinds": ["far"]},
    )
    answered, unanswered = dataset.questions
    assert answered.answers == (GoldAnswer("text", Span(13, 19), "外泌体很小。"),)
    assert (answered.fact, answered.answerable, unanswered.answerable) == ("SIZE", True, False)


def test_wordings_of_one_fact_fall_into_one_half(tmp_path: Path) -> None:
    """The first byte of the fact's SHA-256 decides: even for development, odd for test."""
    items = [{"id": f"{fact}/{n}", "question": "外泌体", "answers": [ANSWER]} for fact in ("A", "a") for n in (1, 2)]
    halves = [question.half for question in gold_of(tmp_path, *items).questions]
    assert halves == ["testing", "testing", "development", "development"]  # SHA-256 begins with 55 and ca


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"answers": [ANSWER | {"start": 12}]}, "line 1: the quote isn't at 12 to 19 of text; it stands at 13"),
        ({"answers": [ANSWER | {"quote": "外泌体很大。"}]}, "of text; it stands nowhere in that text"),
        ({"answers": [ANSWER | {"document_id": "gone"}]}, "line 1: the corpus has no document 'gone'"),
        ({"answers": [ANSWER | {"start": "13"}]}, "line 1: an answer needs 'quote'"),
        ({"answers": [ANSWER | {"quote": None, "sha256": "0" * 16}]}, "line 1: the quote isn't at 13 to 19 of text"),
        ({"answers": ["外泌体"]}, "line 1: an answer must be a JSON object"),
        ({"answers": None}, "line 1: 'answers' must be a list"),
        ({"answers": [], "language": "fr"}, "line 1: 'language' must be one of zh, en, mixed, not 'fr'"),
        ({"answers": [], "kinds": "typo"}, "line 1: 'kinds' must be a list of texts"),
        ({"answers": [], "question": ""}, "line 1: 'question' must be a text that isn't empty"),
    ],
)
def test_a_broken_question_is_refused_naming_its_line(tmp_path: Path, item: dict[str, Any], message: str) -> None:
    """Above all a quote that doesn't stand in the corpus where it is said to."""
    with pytest.raises(DatasetError) as raised:
        gold_of(tmp_path, {"id": "A/1", "question": "外泌体", **item})
    assert message in str(raised.value)


def test_an_empty_file_of_questions_is_refused(tmp_path: Path) -> None:
    """It would give figures of nothing."""
    with pytest.raises(DatasetError, match="it holds no question"):
        gold_of(tmp_path)
