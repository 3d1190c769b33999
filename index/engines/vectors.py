"""One vector a passage as the model gave it, and the sum of its reduced token vectors, from which the centres follow.

The dense index holds the same vectors centred, and centres move with every edit: these are what a later build starts from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import Floats
from index.durable import write_file
from index.models.calibration import Centre
from index.models.reduction import token_dimension

VECTORS = "passage_vectors.f32"


@dataclass(frozen=True, slots=True)
class VectorStore:
    """By passage (n, d + k): the pooled vector of size ``dimension``, and the sum of its reduced token vectors."""

    rows: Floats
    dimension: int

    @property
    def pooled(self) -> Floats:
        """The pooled vectors (n, d), of unit length."""
        return self.rows[:, : self.dimension]

    def centre(self, rows: Sequence[int], tokens: int) -> Centre:
        """Return the mean of the passages ``rows``, which hold so many ``tokens``."""
        pooled, summed = np.split(self.rows[rows].sum(axis=0, dtype=np.float64), [self.dimension])
        return Centre((pooled / len(rows)).astype(np.float32), (summed / max(tokens, 1)).astype(np.float32))


def write_vectors(folder: Path, vectors: VectorStore) -> None:
    """Write ``vectors`` into ``folder``."""
    write_file(folder / VECTORS, np.ascontiguousarray(vectors.rows, np.float32).tobytes())


def open_vectors(folder: Path, dimension: int) -> VectorStore:
    """Return the vectors of ``folder``, made with a model of ``dimension``, memory-mapped."""
    path, width = folder / VECTORS, dimension + token_dimension(dimension)
    if not path.stat().st_size:
        return VectorStore(np.zeros((0, width), np.float32), dimension)
    return VectorStore(np.memmap(path, np.float32, mode="r").reshape(-1, width), dimension)
