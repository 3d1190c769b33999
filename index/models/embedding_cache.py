"""Vectors kept by content, so that a rebuild embeds only what is new."""

import hashlib
import io
import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.durable import replace_file
from index.models.embedding import Encoded, TokenVectors

_HASH = 32  # bytes of a SHA-256
# NumPy reads an array's head with Python's own parser, which fails in Python 3.11 where two threads are in it at once.
_READING = threading.Lock()


class EmbeddingCache:
    """One file per text and model, the SHA-256 of its content at its end.

    A file whose content isn't what was written counts as missing, and so does one of older versions, which had no hash:
    the text is embedded again.

    Tokens are kept as 16-bit floats; ``rounded`` gives what a later `get` would, so that a first build equals a rebuild.
    """

    def __init__(self, folder: Path, model_fingerprint: str) -> None:
        self._folder = folder / model_fingerprint[:16]

    def get(self, text: str) -> Encoded | None:
        """Return the vectors of ``text``, or None where they aren't kept."""
        try:
            kept = self._path(text).read_bytes()
        except OSError:
            return None
        content = kept[:-_HASH]
        if hashlib.sha256(content).digest() != kept[-_HASH:]:
            return None
        with _READING, np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            tokens = TokenVectors(arrays["tokens"].astype(np.float32), arrays["spans"])
            return Encoded(arrays["pooled"], tokens)

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
        content = buffer.getvalue()
        replace_file(path, content + hashlib.sha256(content).digest())

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
