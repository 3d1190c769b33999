"""The default model as a graph for ONNX Runtime, written straight from its 4-bit weights, none of them rounded again.

ONNX's file is a message of Protocol Buffers (onnx.proto), of which so little is needed here that it is encoded by hand: no
package for it has to be installed. Weights stand in a file of their own, which the runtime maps instead of reading. The
matrices go to `MatMulNBits`, the word embeddings to `GatherBlockQuantized` (operators of com.microsoft, onnxruntime's own).
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.models.carrier import BLOCK, Blocks, Carrier

GRAPH, WEIGHTS = "model.onnx", "model.onnx_data"
INPUTS, OUTPUTS = ("input_ids", "attention_mask"), ("last_hidden_state", "sentence_embedding")

_FLOAT, _UINT8, _INT32, _INT64, _INT4 = 1, 2, 6, 7, 22  # TensorProto.DataType
_TYPES = {np.dtype(np.float32): _FLOAT, np.dtype(np.uint8): _UINT8, np.dtype(np.int64): _INT64}
_INT, _REAL = 2, 1  # AttributeProto.AttributeType
_IR_VERSION, _OPSET = 10, 21
_MICROSOFT = "com.microsoft"
_EPSILON = 1e-12
_PAGE = 4096  # weights begin on pages, so that each can be mapped


def write_graph(carrier: Carrier, folder: Path) -> None:
    """Write the encoder of ``carrier`` into ``folder``, with mean pooling and unit length behind it.

    Inputs are token ids and mask (b, s) of int64; outputs the last hidden states (b, s, d) and the pooled vectors (b, d).
    """
    graph = _Graph()
    states = _encoder(graph, carrier)
    graph.add("Identity", [states], OUTPUTS[0])
    _pooling(graph, states)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / WEIGHTS).open("wb") as weights:
        for content in graph.weights:
            weights.write(content)
            weights.write(bytes(-len(content) % _PAGE))
    (folder / GRAPH).write_bytes(graph.model(carrier.hidden))


@dataclass(slots=True)
class _Graph:
    """The nodes and initializers as they are encoded, and the bytes of those that stand beside the graph."""

    nodes: list[bytes] = field(default_factory=list)
    initializers: list[bytes] = field(default_factory=list)
    weights: list[bytes] = field(default_factory=list)
    written: int = 0

    def add(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: float) -> str:
        """Add a node with one output, and return the output's name."""
        parts = [_text(1, name) for name in inputs]
        parts += [_text(2, output), _text(3, output), _text(4, operator)]
        parts += [_message(5, _attribute(name, value)) for name, value in attributes.items()]
        self.nodes.append(_message(1, b"".join([*parts, _text(7, domain)])))
        return output

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """Add a small initializer that stands in the graph itself, and return its name."""
        head = _head(name, values.shape, _TYPES[values.dtype])
        self.initializers.append(_message(5, head + _message(9, values.tobytes())))
        return name

    def weight(self, name: str, values: npt.NDArray[np.generic], shape: Sequence[int] = (), kind: int = 0) -> str:
        """Add an initializer that stands in the file of weights; ``shape`` and ``kind`` are the array's own by default."""
        content = np.ascontiguousarray(values).tobytes()
        places = {"location": WEIGHTS, "offset": str(self.written), "length": str(len(content))}
        head = _head(name, shape or values.shape, kind or _TYPES[values.dtype])
        entries = b"".join(_message(13, _text(1, key) + _text(2, value)) for key, value in places.items())
        self.initializers.append(_message(5, head + entries + _number(14, 1)))
        self.weights.append(content)
        self.written += len(content) + -len(content) % _PAGE
        return name

    def model(self, hidden: int) -> bytes:
        """Return the whole model's message."""
        given = [_message(11, _value(name, _INT64, ("batch", "tokens"))) for name in INPUTS]
        shapes = (("batch", "tokens", hidden), ("batch", hidden))
        made = [_message(12, _value(name, _FLOAT, shape)) for name, shape in zip(OUTPUTS, shapes, strict=True)]
        graph = b"".join([*self.nodes, _text(2, "encoder"), *self.initializers, *given, *made])
        versions = [_text(1, domain) + _number(2, number) for domain, number in (("", _OPSET), (_MICROSOFT, 1))]
        return _number(1, _IR_VERSION) + _message(7, graph) + b"".join(_message(8, version) for version in versions)


def _encoder(graph: _Graph, carrier: Carrier) -> str:
    """Add embeddings and layers (BERT: Devlin and others, NAACL 2019); return the name of the last hidden states."""
    words = carrier.blocks["emb.word"]
    signed = Blocks(words.scales, words.codes ^ np.uint8(8))  # codes of two's complement, which are the values themselves
    graph.weight("words", _packed(signed), (carrier.rows, carrier.hidden), _INT4)
    graph.weight("word_scales", words.scales.reshape(carrier.rows, -1))
    axes = {"gather_axis": 0, "quantize_axis": 1, "block_size": BLOCK}
    graph.add("GatherBlockQuantized", ["words", INPUTS[0], "word_scales"], "word", _MICROSOFT, **axes)
    types = carrier.values("emb.type").reshape(carrier.types, -1)[0]  # every token is of the first type
    graph.weight("positions", carrier.values("emb.pos").reshape(carrier.positions, -1) + types)
    for number in (0, 1):
        graph.constant(f"int_{number}", np.asarray(number, np.int64))
    graph.add("Shape", [INPUTS[0]], "shape")
    graph.add("Gather", ["shape", "int_1"], "length")
    graph.add("Range", ["int_0", "length", "int_1"], "places")
    graph.add("Gather", ["positions", "places"], "position")
    graph.add("Add", ["word", "position"], "embedded")
    scale, bias = _norm(graph, carrier, "emb.ln")
    states = graph.add("LayerNormalization", ["embedded", scale, bias], "states", axis=-1, epsilon=_EPSILON)
    graph.add("Cast", [INPUTS[1]], "mask", to=_INT32)
    for layer in range(carrier.layers):
        states = _layer(graph, carrier, f"l{layer}.", states)
    return states


def _layer(graph: _Graph, carrier: Carrier, name: str, states: str) -> str:
    sides = [_linear(graph, carrier, name + side, states) for side in ("q", "k", "v")]
    attended = graph.add("MultiHeadAttention", [*sides, "", "mask"], name + "attended", _MICROSOFT, num_heads=carrier.heads)
    states = _added(graph, carrier, name + "aln", states, _linear(graph, carrier, name + "ao", attended))
    inner = graph.add("Gelu", [_linear(graph, carrier, name + "fi", states)], name + "inner", _MICROSOFT)
    return _added(graph, carrier, name + "oln", states, _linear(graph, carrier, name + "fo", inner))


def _linear(graph: _Graph, carrier: Carrier, name: str, states: str) -> str:
    blocks, bias = carrier.blocks[name + ".w"], carrier.whole[name + ".b"]
    rows, columns = len(bias), blocks.codes.size // len(bias)
    inputs = [
        states,
        graph.weight(name + ".w", _packed(blocks), (rows, columns // BLOCK, BLOCK // 2)),
        graph.weight(name + ".s", blocks.scales.reshape(rows, -1)),
        "",
        "",
        graph.weight(name + ".b", bias),
    ]
    # Level 4: both sides are multiplied as whole numbers of eight bits, the states rounded in blocks of 32.
    sizes = {"K": columns, "N": rows, "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
    return graph.add("MatMulNBits", inputs, name, _MICROSOFT, **sizes)


def _added(graph: _Graph, carrier: Carrier, name: str, states: str, change: str) -> str:
    scale, bias = _norm(graph, carrier, name)
    return graph.add("SkipLayerNormalization", [states, change, scale, bias], name, _MICROSOFT, epsilon=_EPSILON)


def _norm(graph: _Graph, carrier: Carrier, name: str) -> list[str]:
    return [graph.weight(f"{name}.{part}", carrier.values(f"{name}.{part}")) for part in ("w", "b")]


def _pooling(graph: _Graph, states: str) -> None:
    graph.constant("axis_1", np.asarray([1], np.int64))
    graph.constant("axis_2", np.asarray([2], np.int64))
    graph.add("Cast", [INPUTS[1]], "kept", to=_FLOAT)
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


# What follows is the wire format of Protocol Buffers: a field's number and kind, then its value.


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative ones as 64 bits of two's complement
    pieces = list(_septets(value))
    return bytes([*(piece | 0x80 for piece in pieces[:-1]), pieces[-1]])


def _septets(value: int) -> Iterator[int]:
    yield value & 0x7F
    while value := value >> 7:
        yield value & 0x7F


def _number(field_number: int, value: int) -> bytes:
    return _varint(field_number << 3) + _varint(value)


def _message(field_number: int, content: bytes) -> bytes:
    return _varint(field_number << 3 | 2) + _varint(len(content)) + content


def _text(field_number: int, text: str) -> bytes:
    return _message(field_number, text.encode())


def _attribute(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, _REAL)


def _head(name: str, shape: Sequence[int], kind: int) -> bytes:
    return b"".join(_number(1, size) for size in shape) + _number(2, kind) + _text(8, name)


def _value(name: str, kind: int, shape: Sequence[str | int]) -> bytes:
    sizes = [_text(2, size) if isinstance(size, str) else _number(1, size) for size in shape]
    tensor = _number(1, kind) + _message(2, b"".join(_message(1, size) for size in sizes))
    return _text(1, name) + _message(2, _message(1, tensor))
