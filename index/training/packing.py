"""From a trained encoder to the file that is shipped: its upper layers, each weight in 8 bits.

In 4 bits, as the rest of the model stands, most of what was learned would be rounded away: a step of training moves a
weight by less than half of a step of its grid.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.models.carrier import BLOCK
from index.models.field_layers import FIELD_LAYERS, LAYER_NAMES

_MOST = 127.0


def pack_layers(model: Any, count: int, folder: Path) -> Path:
    """Write the ``count`` upper layers of a sentence-transformers ``model`` into ``folder``, and return the file's path."""
    layers = model[0].model.encoder.layer
    arrays: dict[str, npt.NDArray[Any]] = {}
    for number in range(len(layers) - count, len(layers)):
        values = {name: tensor.detach().float().numpy() for name, tensor in layers[number].named_parameters()}
        for theirs, ours in LAYER_NAMES.items():
            name = f"l{number}.{ours}"
            weight, arrays[f"{name}.b"] = values[f"{theirs}.weight"], values[f"{theirs}.bias"]
            if weight.ndim == 1:
                arrays[f"{name}.w"] = weight
            else:
                arrays[f"{name}.w.scales"], arrays[f"{name}.w.codes"] = _blocks(weight)
    path = folder / FIELD_LAYERS
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    return path


def _blocks(weight: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.uint8]]:
    """Return the scales (b,) and codes (b, 32) of a weight's rows; a value is a code less 128, times its scale."""
    rows = weight.reshape(-1, BLOCK)
    scales = (np.abs(rows).max(axis=1) / _MOST).astype(np.float16)
    steps = np.maximum(scales.astype(np.float32), 1e-12)[:, None]
    return scales, (np.clip(np.rint(rows / steps), -_MOST, _MOST) + 128).astype(np.uint8)
