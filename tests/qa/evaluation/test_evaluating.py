"""Evaluating with the real model: the service beside BM25 and dense alone, legs left out, and the command line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.command.main import run
from index.models.embedding import Embedder
from qa.evaluation.bench import Bench, open_bench
from qa.evaluation.dataset import Question
from qa.evaluation.legs import UnknownLegError, Variant, leg_names, signal_names, vary
from qa.evaluation.restriction import restricted
from qa.evaluation.running import BM25, DENSE, Asked, evaluate
from qa.evaluation.systems import bm25, service
from qa.retrieval.weights import read_weights
from qa.settings import Settings
from tests.data_folder import prepared

CORPUS = (
    ("tired", "Mesenchymal stem cells can renew themselves and turn into bone, cartilage or fat cells."),
    ("small", "外泌体是直径约三十到一百五十纳米的小泡，能够穿过血脑屏障。"),
    ("heart", "心肌梗死以后，瘢痕组织会代替坏死的心肌。"),
    ("price", "比特币的价格在一天之内上涨了百分之十。"),
)
QUERIES = (
    ("q1", "外泌体有多大？", "zh", "small"),
    ("q2", "Can exosomes cross the blood-brain barrier?", "en", "small"),
    ("q3", "What became of the price of bitcoin?", "en", "price"),
    ("q4", "间充质干细胞能变成哪些细胞？", "zh", "tired"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small BEIR folder of both languages."""
    made = tmp_path_factory.mktemp("sets") / "small"
    made.mkdir()
    documents = [{"_id": key, "title": "", "text": text} for key, text in CORPUS]
    queries = [{"_id": key, "text": text, "lang": language} for key, text, language, _ in QUERIES]
    (made / "corpus.jsonl").write_text("".join(json.dumps(item) + "\n" for item in documents), encoding="utf-8")
    (made / "queries.jsonl").write_text("".join(json.dumps(item) + "\n" for item in queries), encoding="utf-8")
    rows = [f"{key}\t{document}\t1\n" for key, _, _, document in QUERIES]
    (made / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(rows), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def questions(folder: Path) -> tuple[Question, ...]:
    """The folder's questions, each with the one document that answers it."""
    from qa.evaluation.beir import read_beir

    return read_beir(folder).questions


@pytest.fixture(scope="module")
def bench(folder: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The parts of the service over the folder's documents."""
    from qa.evaluation.beir import read_beir

    settings = Settings(data_dir=prepared(tmp_path_factory.mktemp("data")))
    index = tmp_path_factory.mktemp("index")
    return open_bench(
        settings.places, read_beir(folder).documents, embedder, read_weights(), index, lambda step, done, whole: None
    )


def test_the_service_is_measured_beside_its_legs_alone(bench: Bench, questions: tuple[Question, ...]) -> None:
    """All systems answer all questions; words alone can't find another language, the service can."""
    done = evaluate([Asked("few", bench, questions)], [Variant()], lambda step, done, whole: None)
    assert done.figures["service"]["all"]["R@1"].value == 1.0
    assert done.figures[BM25]["zh"]["R@1"].value == 0.5 and done.figures[BM25]["en"]["R@1"].value == 0.0
    assert done.figures[DENSE]["all"]["nDCG@10"].questions == 4
    assert done.figures["service"]["en"]["R@1"].questions == 2
    assert 0 < done.times.ask[0] <= done.times.ask[1] and done.times.questions == 4


def test_the_service_measured_is_the_one_that_answers(bench: Bench, questions: tuple[Question, ...]) -> None:
    """Evaluation asks the engine of the service with the service's weights: hits and confidence are the same."""
    from qa.answers.engine import Engine

    finding = service(bench, Variant())(questions[0])
    result = Engine(bench.embedder, bench.reader(), bench.weights).ask(questions[0].text, bench.generation, limit=20)
    assert [found.passage.id for found in finding.ranking] == [hit.passage.id for hit in result.hits]
    assert (finding.answerable, finding.confidence) == (result.answerable, result.confidence)
    assert finding.evidence == result.hits[0].evidence[0].span


def test_each_leg_can_be_left_out(bench: Bench, questions: tuple[Question, ...]) -> None:
    """Without dense and term base and dictionary an English question finds no Chinese candidate; with them it does."""
    alone = service(bench, Variant(("dense", "terms", "dictionary")))
    assert alone(questions[2]).ranking == ()
    assert service(bench, Variant(("dense", "terms")))(questions[2]).ranking != ()
    assert service(bench, Variant(("lexical",)))(questions[2]).ranking != ()
    for leg in leg_names(bench.weights):
        assert service(bench, Variant((leg,)))(questions[0]).ranking != (), leg


def test_one_signal_alone_can_rank(bench: Bench) -> None:
    """Its weight is 1, all others are 0."""
    for name in signal_names(bench.weights):
        weights, _, _ = vary(bench, Variant(only=name))
        for side in weights.languages.values():
            values = [*side.passage.values(), *side.sentence.values()]
            assert sorted(values) == [0.0] * (len(values) - 1) + [1.0]


@pytest.mark.parametrize("variant", [Variant(("tokenz",)), Variant(only="terms")])
def test_an_unknown_leg_is_refused_with_those_there_are(bench: Bench, variant: Variant) -> None:
    """``--only`` takes signals, since a switch ranks nothing by itself."""
    with pytest.raises(UnknownLegError, match=r"Known are: .*sentence_tokens"):
        vary(bench, variant)


def test_a_question_with_candidates_is_asked_of_them_only(bench: Bench, questions: tuple[Question, ...]) -> None:
    """Neither the service nor BM25 finds the answer if it isn't among the candidates."""
    others = tuple(document for document in bench.generation.documents if document not in questions[0].relevant)
    question = replace(questions[0], among=others)
    for system in (service(bench, Variant()), bm25(bench)):
        assert {found.passage.document_id for found in system(question).ranking} <= set(others)
    found = restricted(bench.generation, others[:1]).dense.search(bench.embedder.encode_question("x").pooled, 10)
    assert [bench.generation.passages[row].document_id for row, _ in found] == [others[0]]


def test_the_command_prints_figures_as_json_with_what_made_them(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commit, model, corpus and machine stand with the figures; the same goes into a file."""
    monkeypatch.setenv("MSCQA_DATA_DIR", str(prepared(tmp_path / "data")))
    written = tmp_path / "figures.json"
    assert run(["evaluate", str(folder), "--json", "--write", str(written)]) == 0
    item = json.loads(capsys.readouterr().out)
    assert item == json.loads(written.read_text(encoding="utf-8"))
    assert item["figures"]["service"]["all"]["R@1"]["value"] == 1.0
    assert item["made"]["model"]["name"] == "multilingual-e5-small" and len(item["made"]["corpus"]) == 64
    assert item["made"]["commit"] and item["made"]["machine"]["processor"]
    assert run(["evaluate", str(folder)]) == 0
    assert "nDCG@10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["--without", "tokenz"], "There is no leg 'tokenz'. Did you mean 'tokens'?"),
        (["."], "corpus.jsonl: there is no such file"),
    ],
)
def test_wrong_use_ends_with_1_and_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """Before a model is loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MSCQA_DATA_DIR", str(tmp_path))
    assert run(["evaluate", *arguments]) == 1
    assert message in capsys.readouterr().err.replace("\n", "")
