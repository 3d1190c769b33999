"""The pointer: one small file that names the serving generation, with a check sum of the name."""

import hashlib
import re
from pathlib import Path

from index.durable import replace_file

POINTER = "CURRENT"
GENERATION = re.compile(r"[0-9]{6,}")


def read_pointer(data_dir: Path) -> str | None:
    """Return the name that the pointer holds, or None where it is missing or damaged."""
    try:
        content = (data_dir / POINTER).read_bytes()
    except OSError:
        return None
    name = content.split(b" ")[0].decode(errors="replace")
    return name if GENERATION.fullmatch(name) and content == _content(name) else None


def write_pointer(data_dir: Path, name: str) -> None:
    """Point at another generation in one step that survives power loss; raises ``OSError``."""
    replace_file(data_dir / POINTER, _content(name))


def remove_unfinished(data_dir: Path) -> None:
    """Remove what a process left that was killed while it wrote the pointer."""
    for path in data_dir.glob(f".{POINTER}.tmp-*"):
        path.unlink(missing_ok=True)


def _content(name: str) -> bytes:
    # One flipped bit makes 000003 of 000002, and both may exist: the sum tells.
    return f"{name} {hashlib.sha256(name.encode()).hexdigest()[:16]}\n".encode()
