"""The default model on ONNX Runtime beside the same folder in sentence-transformers, which is what it must agree with."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models import onnx_embedder
from index.models.default_model import ensure_default_model
from index.models.embedding import Embedder
from index.models.loading import load_embedder
from index.models.onnx_embedder import OnnxEmbedder
from index.models.sentence_transformer import SentenceTransformerEmbedder
from qa.settings import BUNDLED_CORPUS
from tests.data_folder import VAR

ROOT = Path(__file__).parents[2]
QUESTIONS = [
    json.loads(line)["question"]
    for line in (ROOT / "tests" / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
ODD = [
    "",
    " ",
    "\x00",
    "\ufdfa" * 9,
    "😀" * 400,
    "\u202e干细胞",
    "长" * 2000,
    "半个\ud800字符",
    "e\u0301tude ＭＳＣ　Ⅲ期 ﬁbrosis ½ ㎏",
    "a\tb\n\nc  d",
    "TGF-β1↑ 与 α-syn（Aβ）",
]


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEmbedder:
    """The library over the same folder."""
    return SentenceTransformerEmbedder(str(ensure_default_model(VAR)))


def test_the_pooled_vector_is_what_sentence_transformers_gives(reference: SentenceTransformerEmbedder) -> None:
    """One forward pass of ours equals the library's own encode_query and encode_document."""
    model = reference._model
    for text in ("外泌体能穿过血脑屏障吗？", "What is NfL?", "长" * 2000):
        assert float(reference.encode_question(text).pooled @ model.encode_query(text)) > 0.99999
        assert float(reference.encode_passage(text).pooled @ model.encode_document(text)) > 0.99999


def test_vectors_and_offsets_are_those_of_sentence_transformers(
    embedder: Embedder, reference: SentenceTransformerEmbedder
) -> None:
    """The same tokens at the same places, and cosines of .999 and more; of texts in no language that is asked, .998."""
    path = next(path for path in sorted(BUNDLED_CORPUS.glob("*.md")) if ".en." not in path.name)
    text = path.read_text(encoding="utf-8")
    passages = [text[start : start + 300] for start in range(0, len(text), 1500)]
    for texts, ours, theirs, least in (
        (QUESTIONS[::40], embedder.encode_question, reference.encode_question, 0.999),
        (passages, embedder.encode_passage, reference.encode_passage, 0.999),
        (ODD, embedder.encode_question, reference.encode_question, 0.998),
    ):
        for item in texts:
            one, other = ours(item), theirs(item)
            assert np.array_equal(one.tokens.spans, other.tokens.spans), item
            assert float(one.pooled @ other.pooled) > least, item
            if len(one.tokens.spans):
                cosines = (one.tokens.vectors * other.tokens.vectors).sum(axis=1)
                assert float(cosines.mean()) > least, item


def test_gold_questions_rank_passages_as_with_sentence_transformers(
    embedder: Embedder, reference: SentenceTransformerEmbedder
) -> None:
    """By cosine with passages of the bundled text: two change places only where they are as near as rounding is."""
    text = next(path for path in sorted(BUNDLED_CORPUS.glob("*.md")) if ".en." not in path.name).read_text(encoding="utf-8")
    passages = [text[start : start + 150] for start in range(0, len(text), 450)]
    ours = np.stack([embedder.encode_passage(item).pooled for item in passages])
    theirs = np.stack([reference.encode_passage(item).pooled for item in passages])
    for question in QUESTIONS[::3]:
        one, other = ours @ embedder.encode_question(question).pooled, theirs @ reference.encode_question(question).pooled
        order = other[np.argsort(-one)]
        fall = np.maximum.accumulate(order[::-1])[::-1] - order  # how much better is the best of those that come later
        assert float(fall.max()) < 0.01, question  # cosines spread three times as wide as before training


def test_questions_asked_at_once_have_the_vectors_that_each_has_alone(embedder: Embedder) -> None:
    """From eight threads, to the bit: nothing is shared but what is only read."""
    questions = QUESTIONS[:64]
    alone = [embedder.encode_question(question) for question in questions]
    found: dict[int, object] = {}

    def work(part: int) -> None:
        for number in range(part, len(questions), 8):
            made = embedder.encode_question(questions[number])
            same = np.array_equal(made.pooled, alone[number].pooled)
            found[number] = same and np.array_equal(made.tokens.vectors, alone[number].tokens.vectors)

    threads = [threading.Thread(target=work, args=(part,)) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(len(questions)), True)


def test_no_questions_have_no_vectors(embedder: Embedder) -> None:
    """A pass over nothing isn't run."""
    assert embedder.encode_questions([]) == []


_NOTHING_HEAVY = """
import sys
from pathlib import Path
from qa.bootstrap import start
from qa.settings import Settings
import api.app
corpus, data = map(Path, sys.argv[1:])
service = start(Settings(corpus_dir=corpus, data_dir=data))
service.rebuild()
assert service.ask("外泌体能穿过血脑屏障吗？").answer.text
assert service.serving.verifier.quote("外泌体能够穿过血脑屏障").verdict == "verbatim"
service.serving.verifier.claim("外泌体能够穿过血脑屏障")
print(sorted({"torch", "transformers", "sentence_transformers", "onnx", "sympy"} & sys.modules.keys()))
"""


def test_torch_is_not_imported_to_build_ask_verify_or_serve(tmp_path: Path) -> None:
    """Nor what is built on it; with the default model they are there for other models only."""
    corpus, data = tmp_path / "corpus", tmp_path / "data"
    corpus.mkdir()
    data.mkdir()
    (data / "models").symlink_to(VAR / "models")
    (corpus / "a.md").write_text("# 旁分泌\n\n外泌体能够穿过血脑屏障。\n", encoding="utf-8")
    words = [sys.executable, "-c", _NOTHING_HEAVY, str(corpus), str(data)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout == "[]\n", done.stderr


def test_a_read_only_model_folder_serves(tmp_path: Path) -> None:
    """Nothing is written beside the model."""
    (tmp_path / "models").symlink_to(VAR / "models")
    mode = tmp_path.stat().st_mode
    tmp_path.chmod(0o500)
    try:
        assert load_embedder("default", tmp_path).dimension == 384
    finally:
        os.chmod(tmp_path, mode)  # noqa: PTH101


def test_a_missing_runtime_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="pip install onnxruntime==") as raised:
        load_embedder("default", VAR)
    assert "\n" not in str(raised.value)


def test_a_graph_that_the_runtime_refuses_is_named_with_what_to_do(tmp_path: Path, embedder: Embedder) -> None:
    """As one of another version would be."""
    folder = ensure_default_model(VAR)
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "onnx").unlink()
    (tmp_path / "onnx").mkdir()
    for name in ("model.onnx", "model_8bit.onnx"):
        (tmp_path / "onnx" / name).write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match=f"onnxruntime=={onnx_embedder.VERSION}") as raised:
        OnnxEmbedder(tmp_path, name="multilingual-e5-small", fingerprint=embedder.fingerprint)
    assert "\n" not in str(raised.value)
