"""Vectors kept by content, so that a rebuild embeds only what is new."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.durable import replace_file
from index.models.embedding import Encoded, TokenVectors


class EmbeddingCache:
    """One file per text and model. A file that can't be read counts as missing: the text is embedded again.

    Tokens are kept as 16-bit floats; ``rounded`` gives what a later `get` would, so that a first build equals a rebuild.
    """

    def __init__(self, folder: Path, model_fingerprint: str) -> None:
        self._folder = folder / model_fingerprint[:16]

    def get(self, text: str) -> Encoded | None:
        """Return the vectors of ``text``, or None where they aren't kept."""
        try:
            with np.load(io.BytesIO(self._path(text).read_bytes()), allow_pickle=False) as kept:
                tokens = TokenVectors(kept["tokens"].astype(np.float32), kept["spans"])
                return Encoded(kept["pooled"], tokens)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def holds(self, text: str) -> bool:
        """Tell whether there is a file for ``text``, without reading it."""
        return self._path(text).is_file()

    def put(self, text: str, encoded: Encoded) -> None:
        """Keep the vectors of ``text``."""
        buffer = io.BytesIO()
        tokens = encoded.tokens
        np.savez(buffer, pooled=encoded.pooled, tokens=tokens.vectors.astype(np.float16), spans=tokens.spans)
        path = self._path(text)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, buffer.getvalue())

    def prune(self, texts: Iterable[str]) -> int:
        """Remove what isn't among ``texts``; return how many files went."""
        kept = {self._path(text) for text in texts}
        gone = [path for path in self._folder.glob("*/*.npz") if path not in kept]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _path(self, text: str) -> Path:
        name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / f"{name}.npz"


def rounded(encoded: Encoded) -> Encoded:
    """Return ``encoded`` with tokens as precise as the cache keeps them."""
    tokens = encoded.tokens
    return Encoded(encoded.pooled, TokenVectors(tokens.vectors.astype(np.float16).astype(np.float32), tokens.spans))
