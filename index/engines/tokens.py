"""The token vectors of all passages, eight bits a number, in files that are mapped and not read.

Late interaction (ColBERT: Khattab and Zaharia, SIGIR 2020) compares each token of a question with each token of a passage.
The vectors are the encoder's own last hidden states, reduced (`Reduction`) and not yet centred, so what is stored of
a passage depends on that passage only; they are centred as they are compared (`CentredTokens`). Each vector has a
scale of its own, which keeps the error of a cosine under about .005.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats
from index.durable import write_file, write_pieces
from index.models.embedding import TokenVectors
from index.models.reduction import token_dimension

VECTORS, STARTS, SPANS = "token_vectors.i8", "token_starts.i64", "token_spans.i32"


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """The tokens of neighbouring passages as they are kept: whole numbers (t, d), spans (t, 2), counts by passage (p,)."""

    vectors: npt.NDArray[np.int8]
    spans: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Token vectors by passage: row ``starts[i]`` to ``starts[i + 1]`` belong to passage ``i``.

    ``spans`` are offsets into the text that was embedded (the heading path, a line break, the passage).
    """

    vectors: npt.NDArray[np.int8]
    starts: npt.NDArray[np.int64]
    spans: npt.NDArray[np.int32]

    def stored(self, rows: range) -> StoredTokens:
        """Return the tokens of neighbouring passages as they are kept, without a copy."""
        part = slice(int(self.starts[rows.start]), int(self.starts[rows.stop]))
        return StoredTokens(self.vectors[part], self.spans[part], np.diff(self.starts[rows.start : rows.stop + 1]))


def stored(tokens: TokenVectors) -> StoredTokens:
    """Return the tokens of one passage as they are kept."""
    spans = np.asarray(tokens.spans, np.int32).reshape(-1, 2)
    return StoredTokens(_eight_bits(tokens.vectors), spans, np.asarray([len(spans)], np.int64))


def write_tokens(folder: Path, passages: Iterable[StoredTokens]) -> None:
    """Write the token vectors of ``passages``, in order, into ``folder``; those of one item at a time are looked at."""
    counts, spans = [np.zeros(1, np.int64)], []

    def pieces() -> Iterator[memoryview]:
        for tokens in passages:
            counts.append(tokens.counts)
            spans.append(tokens.spans.tobytes())
            if len(tokens.vectors):
                yield np.ascontiguousarray(tokens.vectors).data.cast("B")

    write_pieces(folder / VECTORS, pieces())
    write_file(folder / STARTS, np.cumsum(np.concatenate(counts)).tobytes())
    write_file(folder / SPANS, b"".join(spans))


def open_tokens(folder: Path, dimension: int) -> TokenStore:
    """Return the token vectors of ``folder``, reduced from those of a model of ``dimension``, memory-mapped."""
    kept = token_dimension(dimension)
    starts = np.frombuffer((folder / STARTS).read_bytes(), dtype=np.int64)
    count = int(starts[-1])
    if count == 0:
        return TokenStore(np.zeros((0, kept), np.int8), starts, np.zeros((0, 2), np.int32))
    vectors = np.memmap(folder / VECTORS, dtype=np.int8, mode="r", shape=(count, kept))
    spans = np.memmap(folder / SPANS, dtype=np.int32, mode="r", shape=(count, 2))
    return TokenStore(vectors, starts, spans)


def _eight_bits(vectors: Floats) -> npt.NDArray[np.int8]:
    """Return ``vectors`` in whole numbers from -127 to 127, each row by its own greatest value."""
    greatest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    small: npt.NDArray[np.int8] = np.rint(vectors * (127.0 / greatest)).astype(np.int8)
    return small
