"""The default model's own tokenizer beside the `tokenizers` library, which reads the same pieces from a JSON file."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from index.models.default_model import ensure_default_model
from index.models.pieces import PIECES, PieceReader
from qa.settings import BUNDLED_CORPUS
from tests.data_folder import VAR

ROOT = Path(__file__).parents[2]
LONGEST = 512
ODD = [
    "",
    " ",
    "\x00",
    "干\x00细胞\x00\x00",
    "\ufdfa" * 9,
    "😀" * 400,
    "\u202e干细胞",
    "长" * 2000,
    "半个\ufffd字符",
    "e\u0301tude ＭＳＣ　Ⅲ期 ﬁbrosis ½ ㎏",
    "a\tb\n\nc  d",
    "TGF-β1↑ 与 α-syn（Aβ）",
    "<s>x</s> <mask> a<pad>",
    "  x  ",
    "①②③ ｱｲｳﾞ 각 \u1112\u1161\u11ab",
    "a\u0300\u0301b c\u0327\u0301",
    " \u00a0 x\u3000\u3000y",
    "\u2581\u2581x",
]


@pytest.fixture(scope="module")
def reference() -> Any:
    made = Tokenizer.from_file(str(ensure_default_model(VAR) / "tokenizer.json"))
    made.enable_truncation(LONGEST)
    return made


@pytest.fixture(scope="module")
def reader() -> PieceReader:
    return PieceReader(ensure_default_model(VAR) / "onnx" / PIECES, LONGEST)


def agrees(text: str, reader: PieceReader, reference: Any) -> bool:
    ours, theirs = reader.read(text), reference.encode(text)
    return ours.ids == theirs.ids and ours.offsets.tolist() == [list(place) for place in theirs.offsets]


def test_questions_and_texts_are_cut_as_the_library_cuts_them(reader: PieceReader, reference: Any) -> None:
    """All gold questions, and the bundled text in both languages: the same numbers at the same places."""
    lines = (ROOT / "tests" / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = ["query: " + json.loads(line)["question"] for line in lines]
    for path in sorted(BUNDLED_CORPUS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        texts += ["passage: " + text[start : start + 300] for start in range(0, len(text), 300)]
    assert [text for text in texts if not agrees(text, reader, reference)] == []


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("prompt", ["", "query: "])
def test_odd_texts_are_cut_as_the_library_cuts_them(text: str, prompt: str, reader: PieceReader, reference: Any) -> None:
    """Compositions, special tokens in the text, unknown characters, and what is longer than the model reads."""
    assert agrees(prompt + text, reader, reference)


def test_texts_drawn_by_chance_are_cut_as_the_library_cuts_them(reader: PieceReader, reference: Any) -> None:
    """Characters of all scripts side by side."""
    chance = random.Random(1)
    letters = [chr(chance.randrange(0x20, 0x3000)) for _ in range(3000)]
    letters += [chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(500)]
    letters += [chr(chance.randrange(0xAC00, 0xD7A0)) for _ in range(500)]
    letters += [chr(chance.randrange(0xF900, 0xFFE0)) for _ in range(300)] + list("abc   def123,.") * 50
    texts = ["query: " + "".join(chance.choices(letters, k=chance.randrange(1, 14))) for _ in range(3000)]
    assert [text for text in texts if not agrees(text, reader, reference)] == []
