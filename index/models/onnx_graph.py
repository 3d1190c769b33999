"""The default model as a graph for ONNX Runtime, written straight from its weights in blocks, none of them rounded again.

One graph for all processors: vectors of another would be other vectors, and an index is asked on machines that didn't build
it. Rows of 8 bits, one scale for each, took half the time of the carrier's 4-bit blocks and put another passage first for
29 of 878 gold questions (the blocks for 12). Weights stand in a file of their own (onnx_file.py).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.models.carrier import BLOCK, Blocks, Carrier
from index.models.onnx_file import FLOAT, INT4, INT32, MICROSOFT, Graph, WeightFile

MODEL, WEIGHTS = "model.onnx", "model.onnx_data"
INPUTS, OUTPUTS = ("input_ids", "attention_mask"), ("last_hidden_state", "sentence_embedding")

_EPSILON = 1e-12


def write_graph(carrier: Carrier, folder: Path) -> None:
    """Write the encoder of ``carrier`` into ``folder``, with mean pooling and unit length behind it.

    Inputs are token ids and mask (b, s) of int64; outputs the last hidden states (b, s, d) and the pooled vectors (b, d).
    """
    folder.mkdir(parents=True, exist_ok=True)
    inputs = dict.fromkeys(INPUTS, ("batch", "tokens"))
    shapes = (("batch", "tokens", carrier.hidden), ("batch", carrier.hidden))
    with (folder / WEIGHTS).open("wb") as file:
        graph = Graph(WeightFile(file, WEIGHTS))
        states = _embedded(graph, carrier)
        for number in range(carrier.layers):
            states = _layer(graph, carrier, f"l{number}.", states)
        graph.add("Identity", [states], OUTPUTS[0])
        _pooling(graph, states)
        (folder / MODEL).write_bytes(graph.model(inputs, dict(zip(OUTPUTS, shapes, strict=True))))


def _embedded(graph: Graph, carrier: Carrier) -> str:
    """Add the embeddings of BERT (Devlin and others, NAACL 2019); return the name of the states."""
    words = carrier.blocks["emb.word"]
    signed = Blocks(words.scales, words.codes ^ np.uint8(8))  # codes of two's complement, which are the values themselves
    graph.weight("words", _packed(signed), (carrier.rows, carrier.hidden), INT4)
    graph.weight("word_scales", words.scales.reshape(carrier.rows, -1))
    axes = {"gather_axis": 0, "quantize_axis": 1, "block_size": BLOCK}
    graph.add("GatherBlockQuantized", ["words", INPUTS[0], "word_scales"], "word", MICROSOFT, **axes)
    types = carrier.values("emb.type").reshape(carrier.types, -1)[0]  # every token is of the first type
    graph.weight("positions", carrier.values("emb.pos").reshape(carrier.positions, -1) + types)
    for number in (0, 1):
        graph.constant(f"int_{number}", np.asarray(number, np.int64))
    graph.add("Shape", [INPUTS[0]], "shape")
    graph.add("Gather", ["shape", "int_1"], "length")
    graph.add("Range", ["int_0", "length", "int_1"], "places")
    graph.add("Gather", ["positions", "places"], "position")
    graph.add("Add", ["word", "position"], "embedded")
    graph.add("Cast", [INPUTS[1]], "mask", to=INT32)
    scale, bias = _norm(graph, carrier, "emb.ln")
    return graph.add("LayerNormalization", ["embedded", scale, bias], "states", axis=-1, epsilon=_EPSILON)


def _layer(graph: Graph, carrier: Carrier, name: str, states: str) -> str:
    sides = [_linear(graph, carrier, name + side, states) for side in ("q", "k", "v")]
    attended = _attended(graph, carrier, name, [*sides, ""])
    states = _added(graph, carrier, name + "aln", [states, _linear(graph, carrier, name + "ao", attended)])
    inner = graph.add("Gelu", [_linear(graph, carrier, name + "fi", states)], name + "inner", MICROSOFT)
    return _added(graph, carrier, name + "oln", [states, _linear(graph, carrier, name + "fo", inner)])


def _linear(graph: Graph, carrier: Carrier, name: str, states: str) -> str:
    blocks, bias = carrier.blocks[name + ".w"], carrier.whole[name + ".b"]
    rows, columns = len(bias), blocks.codes.size // len(bias)
    packed = _packed(blocks) if blocks.bits == 4 else blocks.codes
    weight = graph.weight(name + ".w", packed, (rows, columns // BLOCK, BLOCK * blocks.bits // 8))
    scales = graph.weight(name + ".s", blocks.scales.reshape(rows, -1))
    inputs = [states, weight, scales, "", "", graph.weight(name + ".b", bias)]
    # Level 4: both sides are multiplied as whole numbers of eight bits, the states rounded in blocks of 32.
    sizes = {"K": columns, "N": rows, "bits": blocks.bits, "block_size": BLOCK, "accuracy_level": 4}
    return graph.add("MatMulNBits", inputs, name, MICROSOFT, **sizes)


def _attended(graph: Graph, carrier: Carrier, name: str, inputs: list[str]) -> str:
    return graph.add("MultiHeadAttention", [*inputs, "mask"], name + "attended", MICROSOFT, num_heads=carrier.heads)


def _added(graph: Graph, carrier: Carrier, name: str, states: list[str]) -> str:
    inputs = [*states, *_norm(graph, carrier, name)]
    return graph.add("SkipLayerNormalization", inputs, name, MICROSOFT, epsilon=_EPSILON)


def _norm(graph: Graph, carrier: Carrier, name: str) -> list[str]:
    return [graph.weight(f"{name}.{part}", carrier.values(f"{name}.{part}")) for part in ("w", "b")]


def _pooling(graph: Graph, states: str) -> None:
    graph.constant("axis_1", np.asarray([1], np.int64))
    graph.constant("axis_2", np.asarray([2], np.int64))
    graph.add("Cast", [INPUTS[1]], "kept", to=FLOAT)
    graph.add("Unsqueeze", ["kept", "axis_2"], "kept_states")
    graph.add("Mul", [states, "kept_states"], "summands")
    graph.add("ReduceSum", ["summands", "axis_1"], "sum", keepdims=0)
    graph.add("ReduceSum", ["kept", "axis_1"], "count", keepdims=1)
    graph.add("Div", ["sum", "count"], "mean")
    graph.add("LpNormalization", ["mean"], OUTPUTS[1], axis=-1, p=2)


def _packed(blocks: Blocks) -> npt.NDArray[np.uint8]:
    """Return codes two a byte (b, 16), the earlier one in the low half."""
    packed: npt.NDArray[np.uint8] = blocks.codes[:, 0::2] | (blocks.codes[:, 1::2] << np.uint8(4))
    return packed
