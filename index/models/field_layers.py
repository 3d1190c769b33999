"""The upper layers of the default model as they were trained for this field, which take the place of the carrier's.

`index/training` made the file, and its card (docs/model.md) says of what and how. It is NumPy's own format of several
arrays: for each weight of a layer, in blocks of 32, codes of 8 bits and scales; for each norm and bias, its numbers.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.arrays import Floats
from index.errors import ModelError
from index.models.carrier import Blocks, Carrier

FIELD_LAYERS = "field_layers.npz"
FIELD_SHA256 = "2037ce8ad669be6621daafe178d883fd096ed5c8a892e51327fd943deddadef6"

LAYER_NAMES = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
"""The parts of a layer: BERT's names, and the carrier's."""


def with_field_layers(carrier: Carrier) -> Carrier:
    """Return ``carrier`` with the trained layers in the place of its own; raises ``ModelError`` if the file isn't ours."""
    content = Path(__file__).with_name(FIELD_LAYERS).read_bytes()
    if hashlib.sha256(content).hexdigest() != FIELD_SHA256:
        raise ModelError(
            f"{FIELD_LAYERS} isn't the file that this version was made with (its SHA-256 differs). Install mscqa anew."
        )
    whole, blocks = read_field_layers(content)
    return replace(carrier, whole={**carrier.whole, **whole}, blocks={**carrier.blocks, **blocks})


def read_field_layers(content: bytes) -> tuple[Mapping[str, Floats], Mapping[str, Blocks]]:
    """Return the weights that the file holds whole, and those in blocks, by the carrier's names."""
    whole: dict[str, Floats] = {}
    blocks: dict[str, Blocks] = {}
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        for name in arrays.files:
            if name.endswith(".codes"):
                weight = name.removesuffix(".codes")
                scales = arrays[f"{weight}.scales"].astype(np.float32)
                blocks[weight] = Blocks(scales, arrays[name], bits=8)
            elif not name.endswith(".scales"):
                whole[name] = arrays[name]
    return whole, blocks
