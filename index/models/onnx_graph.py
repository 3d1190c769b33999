"""The default model as graphs for ONNX Runtime, written straight from its 4-bit weights.

One multiplies the 4 bits themselves, none of them rounded again (`MatMulNBits`). The other has rows of 8 bits and rounds
what comes in to 8 bits a token, which a processor that multiplies bytes by bytes does in half the time; its vectors agree
with the first one's to a cosine of .9997. A few dimensions of this model's states are ten times as great as the others and
would leave these few bits: each is spread over several columns, in equal parts. Weights stand in one file (onnx_file.py).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.models.carrier import BLOCK, Blocks, Carrier
from index.models.onnx_file import FLOAT, INT4, INT32, MICROSOFT, Graph, WeightFile

FOUR_BITS, EIGHT_BITS, WEIGHTS = "model.onnx", "model_8bit.onnx", "model.onnx_data"
INPUTS, OUTPUTS = ("input_ids", "attention_mask"), ("last_hidden_state", "sentence_embedding")

_EPSILON = 1e-12
# Into how many parts the great dimensions of normalised states are taken, by their greatest values on the gold questions
# and the bundled text: 44 in dimension 35, 36 in 15, 20 in 321, where the median is 1.4. 64 columns more than 384.
_PARTS = {15: 12, 35: 14, 60: 4, 87: 3, 321: 7, 351: 3}
_HALVED = (3, 11, 58, 62, 65, 101, 104, 110, 119, 132, 135, 142, 146, 219, 223, 227, 232, 248, 268, 297, 304, 329, 335)
_PARTS |= dict.fromkeys((*_HALVED, 345, 347, 352, 383), 2)

Floats = npt.NDArray[np.float32]


def write_graphs(carrier: Carrier, folder: Path) -> None:
    """Write the encoder of ``carrier`` into ``folder``, with mean pooling and unit length behind it, both ways.

    Inputs are token ids and mask (b, s) of int64; outputs the last hidden states (b, s, d) and the pooled vectors (b, d).
    """
    folder.mkdir(parents=True, exist_ok=True)
    inputs = dict.fromkeys(INPUTS, ("batch", "tokens"))
    shapes = (("batch", "tokens", carrier.hidden), ("batch", carrier.hidden))
    with (folder / WEIGHTS).open("wb") as file:
        weights = WeightFile(file, WEIGHTS)
        for name, layer in ((FOUR_BITS, _layer_of_4), (EIGHT_BITS, _layer_of_8)):
            graph = Graph(weights)
            states = _embedded(graph, carrier)
            for number in range(carrier.layers):
                states = layer(graph, carrier, f"l{number}.", states)
            graph.add("Identity", [states], OUTPUTS[0])
            _pooling(graph, states)
            (folder / name).write_bytes(graph.model(inputs, dict(zip(OUTPUTS, shapes, strict=True))))


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


def _layer_of_4(graph: Graph, carrier: Carrier, name: str, states: str) -> str:
    sides = [_linear(graph, carrier, name + side, states) for side in ("q", "k", "v")]
    attended = _attended(graph, carrier, name, [*sides, ""])
    states = _added(graph, carrier, name + "aln", [states, _linear(graph, carrier, name + "ao", attended)])
    inner = graph.add("Gelu", [_linear(graph, carrier, name + "fi", states)], name + "inner", MICROSOFT)
    return _added(graph, carrier, name + "oln", [states, _linear(graph, carrier, name + "fo", inner)])


def _linear(graph: Graph, carrier: Carrier, name: str, states: str) -> str:
    blocks, bias = carrier.blocks[name + ".w"], carrier.whole[name + ".b"]
    rows, columns = len(bias), blocks.codes.size // len(bias)
    weight = graph.weight(name + ".w", _packed(blocks), (rows, columns // BLOCK, BLOCK // 2))
    scales = graph.weight(name + ".s", blocks.scales.reshape(rows, -1))
    inputs = [states, weight, scales, "", "", graph.weight(name + ".b", bias)]
    # Level 4: both sides are multiplied as whole numbers of eight bits, the states rounded in blocks of 32.
    sizes = {"K": columns, "N": rows, "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
    return graph.add("MatMulNBits", inputs, name, MICROSOFT, **sizes)


def _layer_of_8(graph: Graph, carrier: Carrier, name: str, states: str) -> str:
    sides = [name + side for side in ("q", "k", "v")]
    all_three = _product(graph, carrier, sides, name + "qkv", _rounded(graph, states, spread=True), spread=True)
    graph.add_split("Split", [all_three], sides, axis=-1, num_outputs=3)
    biases = graph.weight(name + "qkv.b", np.concatenate([carrier.whole[side + ".b"] for side in sides]))
    attended = _attended(graph, carrier, name, [*sides, biases])
    out = _product(graph, carrier, [name + "ao"], name + "ao", _rounded(graph, attended))
    states = _added(graph, carrier, name + "aln", [states, out], name + "ao")
    inner = _product(graph, carrier, [name + "fi"], name + "fi", _rounded(graph, states, spread=True), spread=True)
    bias = graph.weight(name + "fi.b", carrier.whole[name + "fi.b"])
    active = graph.add("BiasGelu", [inner, bias], name + "inner", MICROSOFT)
    out = _product(graph, carrier, [name + "fo"], name + "fo", _rounded(graph, active))
    return _added(graph, carrier, name + "oln", [states, out], name + "fo")


def _rounded(graph: Graph, states: str, *, spread: bool = False) -> tuple[str, str]:
    """Add the states rounded to bytes around 128, and the factor of each token, which its greatest number decides."""
    if spread:
        columns, parts = _columns()
        graph.constant("columns", columns)
        graph.constant("shares", (1 / parts).astype(np.float32))
        wide = graph.add("Gather", [states, "columns"], states + ".wide", axis=-1)
        states = graph.add("Mul", [wide, "shares"], states + ".spread")
    graph.constant("last_axis", np.asarray([-1], np.int64))
    graph.constant("part", np.asarray(1 / 127, np.float32))
    graph.constant("one", np.asarray(1, np.float32))
    graph.constant("middle", np.asarray(128, np.uint8))
    size = graph.add("Abs", [states], states + ".size")
    most = graph.add("ReduceMax", [size, "last_axis"], states + ".most", keepdims=1)
    factor = graph.add("Mul", [most, "part"], states + ".factor")
    scaled = graph.add("Div", [states, factor], states + ".scaled")
    return graph.add("QuantizeLinear", [scaled, "one", "middle"], states + ".bytes"), factor


def _product(
    graph: Graph, carrier: Carrier, names: list[str], output: str, states: tuple[str, str], *, spread: bool = False
) -> str:
    """Add the product of bytes with the rows of ``names``, each row at its own scale; biases are left to what follows."""
    rows = np.concatenate([carrier.values(name + ".w").reshape(len(carrier.whole[name + ".b"]), -1) for name in names])
    if spread:
        rows = rows[:, _columns()[0]]
    scales = (np.abs(rows).max(axis=1) / 127).astype(np.float32)
    whole = np.rint(rows / scales[:, None]).astype(np.int8).T
    inputs = [states[0], graph.weight(output + ".w8", np.ascontiguousarray(whole)), "one"]
    inputs += [graph.weight(output + ".s8", scales), "middle"]
    product = graph.add("MatMulIntegerToFloat", inputs, output + ".product", MICROSOFT)
    return graph.add("Mul", [product, states[1]], output + ".out")


def _columns() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return which dimension each column is a part of, and of how many."""
    columns = np.repeat(np.arange(384), [_PARTS.get(dimension, 1) for dimension in range(384)])
    return columns, np.asarray([_PARTS.get(int(dimension), 1) for dimension in columns], np.int64)


def _attended(graph: Graph, carrier: Carrier, name: str, inputs: list[str]) -> str:
    return graph.add("MultiHeadAttention", [*inputs, "mask"], name + "attended", MICROSOFT, num_heads=carrier.heads)


def _added(graph: Graph, carrier: Carrier, name: str, states: list[str], biased: str = "") -> str:
    bias = [graph.weight(biased + ".b", carrier.whole[biased + ".b"])] if biased else []
    inputs = [*states, *_norm(graph, carrier, name), *bias]
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
