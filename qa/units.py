"""Which sentence a place lies in, for many places in many passages at once."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_FAR = 1 << 32  # further than any passage is long


def number_units(owner: Ints, places: Ints, unit_owner: Ints, starts: Ints) -> Ints:
    """Return for each place (n,) the number of its sentence among those of all passages; a passage's first where none is.

    ``owner`` (n,) is the passage of each place; sentences come in order, ``unit_owner`` (u,) is the passage of each and
    ``starts`` (u,) where it begins in that.
    """
    after = np.searchsorted(unit_owner * _FAR + starts, owner * _FAR + places, "right")
    found: Ints = np.maximum(after - 1, np.searchsorted(unit_owner, owner))
    return found
