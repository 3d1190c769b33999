"""One vector a passage as the model gave it, and the sum of its token vectors, from which the centres follow.

The dense index holds the same vectors centred, and centres move with every edit: these are what a later build starts from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.calibration import Centre
from index.durable import write_file

Floats = npt.NDArray[np.float32]

VECTORS = "passage_vectors.f32"


@dataclass(frozen=True, slots=True)
class VectorStore:
    """By passage (n, 2, d): the pooled vector, and the sum of its token vectors."""

    rows: Floats

    @property
    def pooled(self) -> Floats:
        """The pooled vectors (n, d), of unit length."""
        return self.rows[:, 0]

    def centre(self, rows: Sequence[int], tokens: int) -> Centre:
        """Return the mean of the passages ``rows``, which hold so many ``tokens``."""
        sums = self.rows[rows].sum(axis=0, dtype=np.float64)
        return Centre((sums[0] / len(rows)).astype(np.float32), (sums[1] / max(tokens, 1)).astype(np.float32))


def write_vectors(folder: Path, vectors: VectorStore) -> None:
    """Write ``vectors`` into ``folder``."""
    write_file(folder / VECTORS, np.ascontiguousarray(vectors.rows, np.float32).tobytes())


def open_vectors(folder: Path, dimension: int) -> VectorStore:
    """Return the vectors of ``folder``, memory-mapped."""
    path = folder / VECTORS
    if not path.stat().st_size:
        return VectorStore(np.zeros((0, 2, dimension), np.float32))
    return VectorStore(np.memmap(path, np.float32, mode="r").reshape(-1, 2, dimension))
