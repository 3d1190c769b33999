"""A folder of files that were written once: their hashes are kept beside them, and hold at each load.

``SHA256SUMS`` has the form that ``sha256sum --check`` reads.
"""

from collections.abc import Mapping
from pathlib import Path

from index.durable import hash_file, write_file

SUMS = "SHA256SUMS"


def seal(folder: Path) -> None:
    """Write down the hashes of all files in ``folder``; to be called anew after one was added. Raises ``OSError``."""
    lines = [f"{hash_file(folder / name)[1]}  {name}\n" for name in _names(folder)]
    (folder / SUMS).unlink(missing_ok=True)
    write_file(folder / SUMS, "".join(lines).encode())


def sealed_hashes(folder: Path) -> Mapping[str, str]:
    """Return the SHA-256 in hexadecimal of each file as it was sealed, unchecked; raises ``OSError`` or ``ValueError``."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def is_sound(folder: Path, loaded: str = "") -> bool:
    """Tell whether ``folder`` holds just the files that were sealed, and what begins with ``loaded`` to the last bit."""
    try:
        sealed = sealed_hashes(folder)
        hashed = [name for name in sealed if name.startswith(loaded)]
        return sorted(sealed) == _names(folder) and all(hash_file(folder / name)[1] == sealed[name] for name in hashed)
    except (OSError, ValueError):
        return False


def _names(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in files if path != folder / SUMS)
