"""Tables that packages' data become, made once and then mapped: parsing them at each start took three seconds.

A table stands in a folder under the hash of what it was made from, behind the SHA-256 of itself. One that is missing, cut
or damaged is made anew; where the folder can't be written, it is made at each start.
"""

import fcntl
import hashlib
import mmap
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path

_SEAL = 32
_FOLDER: list[Path] = []


def keep_tables_in(folder: Path) -> None:
    """Keep the tables of this process in ``folder``; until then they are made anew."""
    _FOLDER[:] = [folder]


def table(kind: str, source: Path, make: Callable[[bytes], bytes], folder: Path | None = None) -> memoryview:
    """Return what ``make`` made of the content of the file ``source``, mapped from ``folder`` or where tables are kept."""
    content = source.read_bytes()
    name = f"{kind}-{hashlib.sha256(content).hexdigest()[:16]}.table"
    kept = folder or (_FOLDER[0] if _FOLDER else None)
    if kept is None:
        return _made(kind, source, make)
    return _mapped(kept / name) or _kept(kept / name, content, make)


def _kept(path: Path, content: bytes, make: Callable[[bytes], bytes]) -> memoryview:
    """Return the table of ``path`` after making it, once for all processes that start together."""
    with ExitStack() as held:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context((path.parent / ".lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        found = _mapped(path)
        if found is not None:
            return found
        made = make(content)
        with suppress(OSError):
            _write(path, hashlib.sha256(made).digest() + made)
    return _mapped(path) or memoryview(made)


@cache
def _made(kind: str, source: Path, make: Callable[[bytes], bytes]) -> memoryview:
    return memoryview(make(source.read_bytes()))


def _mapped(path: Path) -> memoryview | None:
    """Return the table of a file, or None where it isn't there or isn't whole."""
    try:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):
        return None
    whole = len(view) > _SEAL and hashlib.sha256(view[_SEAL:]).digest() == view[:_SEAL]
    return view[_SEAL:] if whole else None


def _write(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
