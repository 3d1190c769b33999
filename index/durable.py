"""Writing so that power loss loses nothing: files and folders are flushed to the disk before anything points at them."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# Bytes that are read and hashed at a time. After each piece a thread waits 5 ms for its turn where another is busy with
# Python: in a server that answers questions, pieces of a 32nd of this made hashing 900 MB take 30 s and not 2.
_PIECE = 8 << 20


def write_file(path: Path, content: bytes) -> None:
    """Write a new file and flush it to the disk; raises ``OSError`` if a byte could not be written."""
    write_pieces(path, [content])


def write_pieces(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write a new file piece by piece, as `write_file` does; a file may be larger than the memory."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_file(path: Path) -> None:
    """Flush a file that somebody else wrote."""
    _flush(path, os.O_RDONLY)


def flush_folder(path: Path) -> None:
    """Flush a folder's entries: new names in it survive power loss only after this."""
    _flush(path, os.O_RDONLY | os.O_DIRECTORY)


def make_folder(path: Path) -> None:
    """Create a folder and the parents that it lacks, each flushed into the folder that holds it."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
    with suppress(PermissionError):  # of a folder that was there
        flush_folder(path.parent)  # even then: whoever made it may not have done so


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``path`` in one step: readers see the old file or the new one, whole."""
    temporary = path.with_name(f".{path.name}.tmp-{os.getpid()}")
    try:
        write_file(temporary, content)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def hash_file(path: Path) -> tuple[int, str]:
    """Return the size in bytes and the SHA-256 (hexadecimal) of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        buffer = memoryview(bytearray(max(1, min(os.fstat(file.fileno()).st_size, _PIECE))))
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
            size += count
    return size, digest.hexdigest()


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
