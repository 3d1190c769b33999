"""What the default model's carrier file holds: sizes, vocabulary and weights, most of them in blocks of 4 bits."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

Floats = npt.NDArray[np.float32]

BLOCK = 32
_BLOCK_BYTES = 18


@dataclass(frozen=True, slots=True)
class Blocks:
    """Weights in blocks of 32: ``scales`` (b,), and ``codes`` (b, 32) of 4 or 8 ``bits``.

    A value is a code less half of their number (8 or 128), times its block's scale.
    """

    scales: Floats
    codes: npt.NDArray[np.uint8]
    bits: int = 4

    def values(self) -> Floats:
        """Return the weights in a row (32 b,)."""
        values: Floats = (self.codes.astype(np.float32) - np.float32(1 << self.bits - 1)) * self.scales[:, None]
        return values.reshape(-1)


@dataclass(frozen=True, slots=True)
class Carrier:
    """The content of the carrier file: sizes, vocabulary (piece, score), and weights by name, whole or in blocks."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    rows: int
    positions: int
    types: int
    vocabulary: tuple[tuple[str, float], ...]
    whole: Mapping[str, Floats]
    blocks: Mapping[str, Blocks]

    def values(self, name: str) -> Floats:
        """Return the weights of that name in a row."""
        return self.blocks[name].values() if name in self.blocks else self.whole[name]


def read_carrier(content: bytes) -> Carrier:
    """Return what the carrier file holds.

    Little-endian: magic ``E5S1``, u32 version, seven i32 sizes, f32 epsilon, i32 block size; the vocabulary (count, four
    special ids, u64 blob length, u32 offsets, f32 scores, blob); a normaliser table, skipped; a directory of tensors
    (u16 name length, name, u8 type, i32 count, u64 offset, u64 bytes), f32 or blocks of 32 values in 18 bytes: an f16
    scale and 16 bytes of low, then high nibbles; value = (nibble - 8) * scale.
    """
    if content[:4] != b"E5S1":
        raise ModelError("The model's file has another format than expected.")
    hidden, layers, heads, feed_forward, rows, positions, types = struct.unpack_from("<7i", content, 8)
    place = 44
    (count,) = struct.unpack_from("<i", content, place)
    (blob_bytes,) = struct.unpack_from("<Q", content, place + 20)
    place += 28
    offsets = np.frombuffer(content, "<u4", count + 1, place).tolist()
    place += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, place).tolist()
    place += 4 * count
    blob = content[place : place + blob_bytes]
    place += blob_bytes + 4
    (table_bytes,) = struct.unpack_from("<I", content, place)
    place += 4 + table_bytes
    pieces = (blob[start:end].decode("utf-8") for start, end in pairwise(offsets))
    vocabulary = tuple(zip(pieces, scores, strict=True))
    whole, blocks = _read_tensors(content, place)
    return Carrier(hidden, layers, heads, feed_forward, rows, positions, types, vocabulary, whole, blocks)


def _read_tensors(content: bytes, place: int) -> tuple[dict[str, Floats], dict[str, Blocks]]:
    (number,) = struct.unpack_from("<i", content, place)
    place += 4
    whole: dict[str, Floats] = {}
    blocks: dict[str, Blocks] = {}
    for _ in range(number):
        (length,) = struct.unpack_from("<H", content, place)
        name = content[place + 2 : place + 2 + length].decode()
        kind, count, offset, size = struct.unpack_from("<BIQQ", content, place + 2 + length)
        place += 2 + length + struct.calcsize("<BIQQ")
        if kind == 0:
            whole[name] = np.frombuffer(content, "<f4", count, offset)
            continue
        rows = np.frombuffer(content, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
        codes = np.concatenate([rows[:, 2:] & 15, rows[:, 2:] >> 4], axis=1)
        blocks[name] = Blocks(rows[:, :2].copy().view("<f2").astype(np.float32).reshape(-1), codes)
    return whole, blocks
