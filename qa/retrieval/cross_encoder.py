"""A sentence-transformers CrossEncoder as a reranker; the only module of this package that imports the library."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from index.arrays import Floats
from index.errors import ModelError


class CrossEncoderReranker:
    """A model loaded from a folder or by name, such as ``BAAI/bge-reranker-v2-m3``; safe to use from many threads."""

    def __init__(self, path_or_name: str) -> None:
        self.name = path_or_name
        self._model = _load(path_or_name)
        self._lock = threading.Lock()

    def score(self, question: str, texts: Sequence[str]) -> Floats:
        """Return one score a text (n,), higher where it answers better."""
        if not texts:
            return np.zeros(0, np.float32)
        with self._lock:
            scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(scores, np.float32)


def _load(path_or_name: str) -> Any:
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(path_or_name, device="cpu")
    except Exception as error:  # the library raises many kinds for one thing: no such model
        raise ModelError(
            f"The reranker {path_or_name!r} can't be loaded ({type(error).__name__}). Leave MSCQA_RERANKER empty, or set it"
            " to a folder that holds a CrossEncoder, or, with a network, to a model's name."
        ) from error
    if model.config.num_labels != 1:
        raise ModelError(f"The reranker {path_or_name!r} gives {model.config.num_labels} scores for a pair; it must give 1.")
    return model
