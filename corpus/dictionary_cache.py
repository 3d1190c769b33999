"""jieba's dictionary, parsed once and kept: parsing takes .7 s at each start and the cache a tenth of it.

jieba's own cache is read without a look at what is in it, by a format that a flipped bit can make crash. This one holds the
SHA-256 of its content; where that doesn't fit, the dictionary is parsed again.
"""

import hashlib
import logging
import marshal
import os
from contextlib import suppress
from pathlib import Path

import jieba

_HASH = 32  # bytes of a SHA-256


def dictionary_tokenizer(folder: Path | None) -> jieba.Tokenizer:
    """Return a new tokenizer with jieba's dictionary, kept in ``folder`` where that can be written."""
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    path = folder / f"dictionary-{jieba.__version__}-{marshal.version}.cache" if folder else None
    kept = _read(path) if path else None
    tokenizer.FREQ, tokenizer.total = kept or tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    if path and not kept:
        with suppress(OSError):  # the next start parses it again
            _write(path, marshal.dumps((tokenizer.FREQ, tokenizer.total)))
    return tokenizer


def _read(path: Path) -> tuple[dict[str, int], int] | None:
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    content = kept[:-_HASH]
    if hashlib.sha256(content).digest() != kept[-_HASH:]:
        return None
    frequencies, total = marshal.loads(content)  # noqa: S302 - the hash holds: this is what `_write` wrote
    return frequencies, total


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp-{os.getpid()}")
    try:
        temporary.write_bytes(content + hashlib.sha256(content).digest())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
