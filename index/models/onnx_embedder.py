"""The default model on ONNX Runtime: no torch, a third of the time and of the memory; the only module that imports it.

The graph is that of index/models/onnx_graph.py, the tokenizer that of index/models/pieces.py. Vectors agree with those of
`SentenceTransformerEmbedder` over the same folder to a cosine of .999 (tests/index/test_onnx.py).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import ModelError
from index.models.embedding import Encoded, Encoder, encoded
from index.models.memory import TOO_LITTLE, is_short_of_memory
from index.models.onnx_graph import INPUTS, MODEL, OUTPUTS
from index.models.pieces import PIECES, PieceReader

VERSION = "1.32.0"
_FOLDER = "onnx"
_PAD = 1


class OnnxEmbedder(Encoder):
    """A decoded folder of the default model; safe to use from many threads, which then run beside one another.

    A call runs on ``threads`` processors.
    """

    def __init__(self, folder: Path, *, name: str, fingerprint: str, threads: int = 1) -> None:
        self.name = name
        self.fingerprint = fingerprint
        settings = json.loads((folder / "sentence_bert_config.json").read_bytes())
        prompts = json.loads((folder / "config_sentence_transformers.json").read_bytes())["prompts"]
        self._question_prompt, self._passage_prompt = prompts["query"], prompts["document"]
        self._session = _session(folder / _FOLDER / MODEL, threads)
        self._pieces = PieceReader(folder / _FOLDER / PIECES, settings["max_seq_length"])
        self.dimension = int(self._session.get_outputs()[1].shape[1])

    def _encode(self, texts: Sequence[str], prompt: str) -> list[Encoded]:
        read = [self._pieces.read(prompt + text) for text in texts]
        lengths = [len(item.ids) for item in read]
        ids = np.full((len(read), max(lengths, default=0)), _PAD, np.int64)
        mask = np.zeros_like(ids)
        for row, item in enumerate(read):
            ids[row, : lengths[row]] = item.ids
            mask[row, : lengths[row]] = 1
        states, pooled = self._session.run(OUTPUTS, dict(zip(INPUTS, (ids, mask), strict=True))) if read else ((), ())
        return [
            encoded(vector, rows[:length], item.offsets, len(prompt))
            for vector, rows, length, item in zip(pooled, states, lengths, read, strict=True)
        ]


def _session(graph: Path, threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        if is_short_of_memory(error):
            raise ModelError(TOO_LITTLE.format(name=graph.parent.parent.name)) from error
        raise ModelError(f"The default model runs on onnxruntime. Install it: pip install onnxruntime=={VERSION}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # one is kept for each length of text
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others need the processor
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises many kinds
        if is_short_of_memory(error):
            raise ModelError(TOO_LITTLE.format(name=graph.parent.parent.name)) from error
        raise ModelError(
            f"onnxruntime {onnxruntime.__version__} can't load the default model from {graph.parent}. Install the version"
            f" that mscqa was tested with (pip install onnxruntime=={VERSION}), or remove that folder's parent to have the"
            f" model decoded anew."
        ) from error
