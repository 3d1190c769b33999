"""The arrays that vectors, places and numbers come in."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def ranges(starts: Ints, counts: Ints) -> Ints:
    """Return the numbers from each of ``starts`` (n,) on, so many of each as ``counts`` (n,) says, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    numbers: Ints = np.arange(total) + np.repeat(starts - (ends - counts), counts)
    return numbers
