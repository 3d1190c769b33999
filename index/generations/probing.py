"""The last look at a generation before it is published: its engines open, agree in size, and a passage finds itself."""

import numpy as np

from index.engines.dense import DENSE, DenseIndex
from index.engines.feature_store import open_features
from index.engines.lexical import LEXICAL, LexicalIndex
from index.engines.tokens import open_tokens
from index.errors import CorruptGenerationError
from index.generations.store import VerifiedGeneration

_ROWS = 5
_SAME = 0.999  # cosine from which two passages are the same to the dense index


def probe(verified: VerifiedGeneration) -> None:
    """Raise ``CorruptGenerationError`` unless passages spread over ``verified`` find themselves by vector and by words."""
    folder, manifest = verified.folder, verified.manifest
    dense = DenseIndex.from_bytes((folder / DENSE).read_bytes())
    lexical, features = LexicalIndex.open_apart(folder / LEXICAL), open_features(folder)
    sizes = {
        dense.index.ntotal,
        len(features.starts) - 1,
        len(open_tokens(folder, manifest.recipe.model.dimension).starts) - 1,
        int(lexical.searcher.num_docs),
        manifest.passages,
    }
    if len(sizes) > 1:
        raise CorruptGenerationError("its parts differ in size")
    words = list(features.vocabulary)
    for row in sorted({int(place) for place in np.linspace(0, manifest.passages - 1, _ROWS)}):
        vector = dense.vector(row)
        length = float(np.linalg.norm(vector))  # nothing is left of the only passage of a language once it is centred
        if length > 0.5 and dense.search(vector, 1)[0][1] < _SAME * length**2:
            raise CorruptGenerationError(f"passage {row} doesn't find itself by its vector")
        keys = {words[number]: 1.0 for number in features.of(row)[0].tolist()}
        found = lexical.search(keys, {"body": 1.0, "heading": 1.0}, 1)
        if keys and not found:
            raise CorruptGenerationError(f"passage {row} doesn't find itself by its words")
