"""What the encoder is trained on, and what is kept of it."""

import gzip
import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from index.errors import ModelError
from index.models import field_layers
from index.models.carrier import Carrier
from index.models.field_layers import FIELD_LAYERS, LAYER_NAMES, read_field_layers, with_field_layers
from index.training.packing import pack_layers
from index.training.pairs import HELD_OUT, abstract_triples, health_triples, question_triples, read_abstracts
from index.training.questions import from_keywords, from_statement, read_templates, with_slip

GOLD = Path(__file__).parents[1] / "gold"


def rows(path: Path, items: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three papers, two of which share a keyword, one that is held out, and a question of each kind."""
    folder = tmp_path_factory.mktemp("data")

    def paper(number: str, cell: str, english: str) -> dict[str, Any]:
        return {
            "id": number,
            "title_zh": f"{cell}对骨修复的影响研究",
            "abstract_zh": f"{cell}在骨修复中有重要作用，来源很广。结果表明{cell}促进成骨分化。"
            f"{cell}能够抑制伤口局部的炎症反应。对照组自始至终没有什么变化可言。",
            "abstract_en": f"{english} cells play an important role in the repair of bone. The results showed that {english}"
            f" cells promote osteogenic differentiation. {english} cells inhibit local inflammation in the wound.",
            "keywords": [["骨修复", "bone repair"], [cell, f"{english} cells"]],
            "medicine": 5.0,
            "biology": 5.0,
            "msc": 1,
        }

    apart = HELD_OUT.read_text(encoding="utf-8").split()[0]
    rows(
        folder / "chinaxiv/abstracts.jsonl.gz",
        [paper("1", "甲细胞", "alpha"), paper("2", "乙细胞", "beta"), paper(apart, "丙细胞", "gamma")],
    )
    question = {
        "question": "谁写了这本书？",
        "passage": "这本书是王某写的。" + "其余的话与此无关。" * 60,
        "answers": [[4, "王某"]],
    }
    rows(folder / "questions/cmrc2018.jsonl.gz", [question])
    rows(folder / "questions/drcd.jsonl.gz", [question])
    health = {
        "question": "What causes X?",
        "type": "causes",
        "focus": "X",
        "answer": "X is caused by a change in one gene of many.",
    }
    rows(
        folder / "questions/medquad.jsonl.gz",
        [health, {**health, "type": "treatment", "answer": "X is treated with rest and with care at home."}],
    )
    return folder


def test_papers_that_are_asked_about_are_never_trained_on(data: Path) -> None:
    """The list names every paper of our questions, claims and digests."""
    assert [paper.number for paper in read_abstracts(data)] == ["1", "2"]
    apart = set(HELD_OUT.read_text(encoding="utf-8").split())
    for file in ("judge.jsonl", "papers.jsonl", "claims/claims.jsonl"):
        for line in (GOLD / file).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            name = row.get("text") or row["document_id"]
            assert name.replace("-", ".", 1) in apart or name == "msc-neurodegenerative-review", name
    for path in (GOLD.parents[1] / "corpus/documents").glob("*.md"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "chinaxiv.org/abs/" in line:
                assert line.rpartition("/abs/")[2].strip(" 。")[:12] in apart, path.name


def test_triples_ask_of_a_window_and_put_a_sibling_beside_it(data: Path) -> None:
    """The near passage is of another paper with a keyword in common; queries come in both languages, many as questions."""
    triples = abstract_triples(read_abstracts(data), 60, 1)
    assert len(triples) == 60 and triples == abstract_triples(read_abstracts(data), 60, 1)
    for one in triples:
        mine, other = ("甲", "乙") if ("甲" in one.positive or "alpha" in one.positive) else ("乙", "甲")
        assert mine in one.positive or {"甲": "alpha", "乙": "beta"}[mine] in one.positive
        assert other in one.negative or {"甲": "alpha", "乙": "beta"}[other] in one.negative
    assert {one.query.isascii() for one in triples} == {True, False}
    assert sum(one.query.rstrip().endswith(("?", "？")) for one in triples) > 15


def test_questions_and_their_siblings(data: Path) -> None:
    """A Chinese question's passage holds its answer, the near one doesn't; an English one's answers another question."""
    for one in question_triples(data, 5, 1):
        assert "王某" in one.positive and "王某" not in one.negative
    for health in health_triples(data, 5, 1):
        assert health.query and health.positive != health.negative


@pytest.mark.parametrize(
    ("language", "statement", "parts"),
    [
        ("en", "The results showed that BDNF promotes neuronal survival.", ("BDNF", "neuronal survival", "promote")),
        ("zh", "结果表明，脑源性神经营养因子促进神经元存活。", ("脑源性神经营养因子", "神经元存活", "促进")),
    ],
)
def test_a_statement_becomes_a_question_of_its_own_words(language: str, statement: str, parts: tuple[str, ...]) -> None:
    """What leads falls away, and no word is in the question that neither the statement nor a template has."""
    templates = read_templates()[language]
    made = {from_statement(statement, templates, random.Random(seed)) for seed in range(40)}
    assert None not in made and len(made) > 4
    assert all(any(part in question for part in parts) for question in made if question)
    assert not any("showed" in question or "表明" in question for question in made if question)
    assert from_statement("This is short.", templates, random.Random(1)) is None


def test_keywords_and_slips() -> None:
    """One keyword needs no other; a slip changes one letter and nothing else."""
    chance = random.Random(3)
    assert "{" not in from_keywords(["hydrogel"], read_templates()["en"], chance)
    slipped = {with_slip("mesenchymal stem cells", random.Random(seed)) for seed in range(20)}
    assert len(slipped) > 5 and all(abs(len(text) - 22) <= 1 for text in slipped)
    assert with_slip("干细胞", chance) == "干细胞"


def test_packed_layers_read_back_to_within_half_a_step(tmp_path: Path) -> None:
    """Each weight within half of a 254th of its block's range; norms and biases to the last bit."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    sizes = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128, "vocab_size": 10}
    model = transformers.BertModel(transformers.BertConfig(**sizes))
    path = pack_layers([SimpleNamespace(model=model)], 1, tmp_path)
    whole, blocks = read_field_layers(path.read_bytes())
    layer = model.encoder.layer[1]
    for theirs, ours in LAYER_NAMES.items():
        module = layer.get_submodule(theirs)
        assert np.array_equal(whole[f"l1.{ours}.b"], module.bias.detach().numpy())
        weight = module.weight.detach().numpy()
        if weight.ndim == 1:
            assert np.array_equal(whole[f"l1.{ours}.w"], weight)
        else:
            close = np.abs(blocks[f"l1.{ours}.w"].values() - weight.reshape(-1)).reshape(-1, 32)
            assert (close <= 0.51 * blocks[f"l1.{ours}.w"].scales[:, None] + 1e-7).all()
    assert not any(name.startswith("l0") for name in (*whole, *blocks)) and torch is not None


def test_layers_that_are_not_ours_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One flipped bit is another model."""
    content = bytearray(Path(field_layers.__file__).with_name(FIELD_LAYERS).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / FIELD_LAYERS).write_bytes(content)
    monkeypatch.setattr(field_layers, "__file__", str(tmp_path / "field_layers.py"))
    carrier = Carrier(64, 2, 2, 128, 10, 8, 2, (), {}, {})
    with pytest.raises(ModelError, match="SHA-256 differs"):
        with_field_layers(carrier)
