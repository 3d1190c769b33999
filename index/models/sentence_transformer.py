"""Any sentence-transformers model as an embedder; the only module that imports the library (its import takes seconds)."""

import hashlib
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from index.errors import ModelError
from index.models.embedding import Encoded, Encoder, encoded
from index.models.memory import TOO_LITTLE, is_short_of_memory
from index.models.sealed_folder import sealed_hashes

_WEIGHTS = (".safetensors", ".bin", ".onnx", ".json", ".txt", ".model")


class SentenceTransformerEmbedder(Encoder):
    """A model loaded from a folder or by name; safe to use from many threads, which wait for one another."""

    def __init__(self, path_or_name: str, *, name: str | None = None, threads: int = 1) -> None:
        self.name = name or path_or_name
        self._model = _load(path_or_name, threads)
        self._lock = threading.Lock()  # fast tokenizers can't be shared while they are set up for a call
        self.fingerprint = _fingerprint(path_or_name, self._model)
        self.dimension = int(self._model.get_embedding_dimension())
        prompts = self._model.prompts
        self._question_prompt = prompts.get("query") or ""
        self._passage_prompt = prompts.get("document") or prompts.get("passage") or ""

    def _encode(self, texts: Sequence[str], prompt: str) -> list[Encoded]:
        import torch

        with self._lock, torch.inference_mode():
            batch = self._model.tokenizer(
                [prompt + text for text in texts],
                padding=len(texts) > 1,
                truncation=True,
                max_length=self._model.max_seq_length or 512,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            offsets = batch.pop("offset_mapping").numpy()
            batch.pop("token_type_ids", None)
            output = self._model(dict(batch))
            states = output["token_embeddings"].float().numpy()
            pooled = output["sentence_embedding"].float().numpy()
        return [encoded(*item, len(prompt)) for item in zip(pooled, states, offsets, strict=True)]


def _load(path_or_name: str, threads: int) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    if Path(path_or_name).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(threads)
        model = SentenceTransformer(path_or_name, device="cpu")
    except Exception as error:  # the library raises many kinds for one thing: no such model
        if is_short_of_memory(error):
            raise ModelError(TOO_LITTLE.format(name=path_or_name)) from error
        raise ModelError(
            f"The embedding model {path_or_name!r} can't be loaded ({type(error).__name__}). Set MSCQA_EMBEDDING_MODEL to"
            " 'default', to a folder that holds a sentence-transformers model, or, with a network, to a model's name."
        ) from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelError(f"The embedding model {path_or_name!r} has no fast tokenizer, which token offsets need.")
    return model.eval()


def _fingerprint(path_or_name: str, model: Any) -> str:
    """Return a hash over the model's files where it is a folder, else over its weights and configuration."""
    if Path(path_or_name).is_dir():
        return folder_fingerprint(Path(path_or_name))
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.float().numpy().tobytes())
    return digest.hexdigest()


def folder_fingerprint(folder: Path) -> str:
    """Return a hash over a model's files; those of a sealed folder were hashed when it was loaded."""
    sealed: Mapping[str, str] = {}
    with suppress(OSError, ValueError):
        sealed = sealed_hashes(folder)
    digest = hashlib.sha256()
    for path in sorted(item for item in folder.rglob("*") if item.suffix in _WEIGHTS):
        name = path.relative_to(folder).as_posix()
        digest.update(name.encode())
        if name in sealed:
            digest.update(bytes.fromhex(sealed[name]))
            continue
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
