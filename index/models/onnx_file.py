"""ONNX's file, a message of Protocol Buffers (onnx.proto), encoded by hand.

So little of the format is needed here that no package for it has to be installed. Weights stand in a file beside the graphs,
which the runtime maps instead of reading.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

FLOAT, UINT8, INT8, INT32, INT64, INT4 = 1, 2, 3, 6, 7, 22  # TensorProto.DataType
MICROSOFT = "com.microsoft"  # the domain of onnxruntime's own operators
_TYPES = {np.dtype(np.float32): FLOAT, np.dtype(np.uint8): UINT8, np.dtype(np.int8): INT8, np.dtype(np.int64): INT64}
_INT, _REAL = 2, 1  # AttributeProto.AttributeType
_IR_VERSION, _OPSET = 10, 21
_PAGE = 4096  # weights begin on pages, so that each can be mapped


class WeightFile:
    """The file of the weights of a graph; a weight that is used twice stands in it once."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self._file = file
        self._places: dict[str, tuple[int, int]] = {}

    def place(self, key: str, values: npt.NDArray[np.generic]) -> tuple[int, int]:
        """Return where the bytes of ``values`` stand and how many they are, after writing them if ``key`` is new."""
        if key not in self._places:
            content = np.ascontiguousarray(values).data
            self._places[key] = self._file.tell(), content.nbytes
            self._file.write(content)
            self._file.write(bytes(-content.nbytes % _PAGE))
        return self._places[key]


@dataclass(slots=True)
class Graph:
    """Nodes and initializers as they are encoded; large initializers go to ``weights``."""

    weights: WeightFile
    nodes: list[bytes] = field(default_factory=list)
    initializers: list[bytes] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def add(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: float) -> str:
        """Add a node with one output, and return the output's name."""
        parts = [_text(1, name) for name in inputs] + [_text(2, output)]
        parts += [_text(3, output), _text(4, operator)]
        parts += [_message(5, _attribute(name, value)) for name, value in attributes.items()]
        self.nodes.append(_message(1, b"".join([*parts, _text(7, domain)])))
        return output

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """Add a small initializer that stands in the graph itself, unless it is there, and return its name."""
        if name not in self.names:
            self.names.add(name)
            head = _head(name, values.shape, _TYPES[values.dtype])
            self.initializers.append(_message(5, head + _message(9, values.tobytes())))
        return name

    def weight(self, name: str, values: npt.NDArray[np.generic], shape: Sequence[int] = (), kind: int = 0) -> str:
        """Add an initializer that stands in the file of weights; ``shape`` and ``kind`` are the array's own by default."""
        offset, length = self.weights.place(name, values)
        places = {"location": self.weights.name, "offset": str(offset), "length": str(length)}
        head = _head(name, shape or values.shape, kind or _TYPES[values.dtype])
        entries = b"".join(_message(13, _text(1, key) + _text(2, value)) for key, value in places.items())
        self.initializers.append(_message(5, head + entries + _number(14, 1)))
        return name

    def model(self, inputs: Mapping[str, Sequence[str | int]], outputs: Mapping[str, Sequence[str | int]]) -> bytes:
        """Return the whole model's message; ``inputs`` are whole numbers and ``outputs`` real ones, of these shapes."""
        given = [_message(11, _value(name, INT64, shape)) for name, shape in inputs.items()]
        made = [_message(12, _value(name, FLOAT, shape)) for name, shape in outputs.items()]
        graph = b"".join([*self.nodes, _text(2, "encoder"), *self.initializers, *given, *made])
        versions = [_text(1, domain) + _number(2, number) for domain, number in (("", _OPSET), (MICROSOFT, 1))]
        return _number(1, _IR_VERSION) + _message(7, graph) + b"".join(_message(8, version) for version in versions)


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
