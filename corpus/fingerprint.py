"""One hash for a whole corpus."""

import hashlib
from collections.abc import Iterable

from corpus.model import Document


def fingerprint(documents: Iterable[Document]) -> str:
    """Return a SHA-256 (hexadecimal) that changes when a document is added, removed, renamed or edited."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda item: item.id):
        digest.update(f"{document.id}\x00{document.filename}\x00{document.fingerprint}\n".encode())
    return digest.hexdigest()
