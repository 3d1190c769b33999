"""The pointer: one small file that names the serving generation, with a check sum of the name."""

import hashlib
import re
from pathlib import Path

from index.durable import replace_file

POINTER = "CURRENT"
GENERATION = re.compile(r"[0-9]{6,}")


def read_pointer(data_dir: Path) -> str | None:
    """Return the name that the pointer holds, or None where it is missing or damaged."""
    return _read(data_dir)[0]


def was_rolled_back(data_dir: Path) -> bool:
    """Tell whether the pointer was last moved by going back and not by publishing."""
    return _read(data_dir)[1]


def write_pointer(data_dir: Path, name: str, *, back: bool = False) -> None:
    """Point at another generation in one step that survives power loss; raises ``OSError``."""
    replace_file(data_dir / POINTER, _content(name, back))


def remove_unfinished(data_dir: Path) -> None:
    """Remove what a process left that was killed while it wrote the pointer."""
    for path in data_dir.glob(f".{POINTER}.tmp-*"):
        path.unlink(missing_ok=True)


def _read(data_dir: Path) -> tuple[str | None, bool]:
    try:
        content = (data_dir / POINTER).read_bytes()
    except OSError:
        return None, False
    name = content.split(b" ")[0].decode(errors="replace")
    for back in (False, True):
        if GENERATION.fullmatch(name) and content == _content(name, back):
            return name, back
    return None, False


def _content(name: str, back: bool) -> bytes:
    # One flipped bit makes 000003 of 000002, and both may exist: the sum tells.
    words = f"{name} back" if back else name
    return f"{words} {hashlib.sha256(words.encode()).hexdigest()[:16]}\n".encode()
