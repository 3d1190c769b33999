"""The files of the corpus folder: which are texts, which are passed over, and their bytes as they are."""

import hashlib
import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError, Problem
from corpus.formats.registry import CONVERTED
from corpus.formats.registry import LARGEST_BYTES as LARGEST_CONVERTED

MARKDOWN = (".md", ".markdown")
SUFFIXES = (*MARKDOWN, ".txt", ".rst", *CONVERTED)
LARGEST_BYTES = 5_000_000
ENGLISH = ".en.md"
READ = f"{', '.join(SUFFIXES[:-1])} and {SUFFIXES[-1]}"


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a folder, in order, and what of it can't be looked into."""

    paths: Sequence[Path]
    problems: tuple[Problem, ...]

    @property
    def texts(self) -> list[Path]:
        """Those that hold a document."""
        return list(filter(is_text, self.paths))

    @property
    def passed_over(self) -> Mapping[str, int]:
        """How many files of each other kind there are, by suffix."""
        others = (path for path in self.paths if not is_text(path) and not path.name.endswith(ENGLISH))
        return dict(sorted(Counter(path.suffix.lower() or "no suffix" for path in others).items()))


def is_text(path: Path) -> bool:
    """Tell whether a file of this name holds a document."""
    return path.suffix.lower() in SUFFIXES and not path.name.endswith(ENGLISH)


def is_markdown(path: Path) -> bool:
    """Tell whether a file of this name is Markdown."""
    return path.suffix.lower() in MARKDOWN


def is_converted(path: Path) -> bool:
    """Tell whether a file of this name is no text but holds one."""
    return path.suffix.lower() in CONVERTED


def shown(name: str) -> str:
    """Return a file's name so that it can be printed: what isn't printable is escaped."""
    return name if is_printable(name) else ascii(name)


def is_printable(name: str) -> bool:
    """Tell whether a name holds no control character; blanks of any width (U+3000) are printed as they are."""
    return "".join(" " if unicodedata.category(one) == "Zs" else one for one in name).isprintable()


def find_files(folder: Path) -> Found:
    """Return the files of ``folder`` and its subfolders; hidden files and folders are passed over."""
    paths: list[Path] = []
    problems: list[Problem] = []

    def unreadable(error: OSError) -> None:
        problems.append(Problem(shown(str(error.filename)), f"the folder can't be read: {error.strerror}"))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        here = Path(place)
        odd = [name for name in (*folders, *names) if not is_printable(name)]  # no UTF-8, or a line break that forges output
        problems += [Problem(ascii(name), "its name holds characters that can't be shown; rename it") for name in odd]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and is_printable(name))
        for name in folders:
            if (here / name).is_symlink():
                filename = (here / name).relative_to(folder).as_posix()
                problems.append(Problem(filename, "it is a link to a folder, which isn't followed; move its texts here"))
        paths += [here / name for name in names if is_printable(name) and not name.startswith(".")]
    return Found(sorted(paths), tuple(problems))


def text_files(folder: Path) -> list[Path]:
    """Return the files of ``folder`` and its subfolders that are taken for documents, in order."""
    return find_files(folder).texts


def read_content(path: Path, folder: Path, filename: str) -> bytes:
    """Return the bytes of a plain file of ``folder`` that nobody writes meanwhile; raises ``CorpusError``."""
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise CorpusError([Problem(filename, "it is a link that leads out of the corpus folder")])
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):  # reading a pipe would wait for a writer
            raise CorpusError([Problem(filename, "it isn't a plain file")])
        largest = LARGEST_CONVERTED if is_converted(path) else LARGEST_BYTES
        if before.st_size > largest:
            raise CorpusError([Problem(filename, f"it is larger than {largest // 1_000_000} MB; split it")])
        content = path.read_bytes()
        after = path.stat()
    except (OSError, RuntimeError) as error:  # the latter: links in a circle
        reason = error.strerror if isinstance(error, OSError) else "its links go in a circle"
        raise CorpusError([Problem(filename, f"it can't be read: {reason}")]) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise CorpusError([Problem(filename, "it was being written while it was read; build again when that is done")])
    return content


def side_file(path: Path, folder: Path) -> tuple[str, bytes] | None:
    """Return the name and the bytes of a Markdown file's English side file, or None where there is none."""
    side = path.with_name(path.stem + ENGLISH)
    try:
        if not is_markdown(path) or not side.exists():
            return None
    except OSError:  # a name as long as may be has no room for another suffix
        return None
    filename = side.relative_to(folder).as_posix()
    return filename, read_content(side, folder, filename)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
