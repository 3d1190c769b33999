"""Putting documents into the corpus folder and taking them out, for those who may; nothing is half-written.

A new document's id becomes a path only if it matches one strict pattern of letters, digits and hyphens; a file that is
there already is taken only if the reader finds the id in it.
"""

import fcntl
import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from corpus.errors import CorpusError, Problem
from corpus.model import Document
from corpus.reading import ENGLISH, id_of_name, id_with_suffix, read_document, read_id, text_files
from index.durable import flush_folder, make_folder, replace_file

DOCUMENT_ID = r"^[a-z0-9\u4e00-\u9fff]+(-[a-z0-9\u4e00-\u9fff]+)*$"
LONGEST_ID = 60  # characters of a new one; a file name has 255 bytes, and a Chinese character is three

Agrees = Callable[[str | None], bool]


def anything(sha256: str | None) -> bool:
    """Agree to whatever is there."""
    return True


class DocumentError(Exception):
    """A document can't be stored or removed."""


class NoDocumentError(DocumentError):
    """There is no such document in the corpus folder."""


class DocumentConflictError(DocumentError):
    """What is in the corpus folder stands against it."""


class DocumentIdError(DocumentConflictError):
    """No document has the id, and none may get it."""


class DocumentChangedError(DocumentError):
    """The document isn't the one that the caller has seen."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it was stored: its id, whether the folder had none of that id, and its file's SHA-256."""

    id: str
    created: bool
    sha256: str


class CorpusFolder:
    """The folder of the texts, as it may be changed over the API."""

    def __init__(self, corpus_dir: Path, data_dir: Path) -> None:
        self._folder = corpus_dir
        self._data_dir = data_dir
        self._ids: dict[Path, tuple[tuple[int, int, int], str | None]] = {}  # of 1,000 texts they take 2 s to read

    def store(
        self, identifier: str, content: bytes, suffix: str, *, known_as: str | None, agrees: Agrees = anything
    ) -> Stored:
        """Store ``content`` as the document ``identifier`` (``.md`` or ``.txt``), in one step, and flush it to the disk.

        ``known_as`` is the file that the serving generation has for the id; ``agrees`` is asked whether the SHA-256 that the
        file has now is the one meant (None: there is none). Raises ``CorpusError`` with the reader's reason, and then
        nothing was written; ``DocumentConflictError``; ``DocumentChangedError``; ``OSError``.
        """
        with self._alone(identifier, known_as) as path:
            _check_agreed(path, agrees)
            if path is not None and path.suffix.lower() != suffix:
                raise DocumentConflictError(
                    f"The document is a {path.suffix.lower()} file; send that type, or delete it first."
                )
            target = path or self._folder / f"{identifier}{suffix}"
            if path is None and (target.exists() or target.is_symlink()):
                raise DocumentConflictError("A file of that name holds a document with another id.")
            document = self._checked(content, target)
            if document.id != identifier:
                reason = f"its front matter gives the id {document.id!r}, and the address {identifier!r}"
                raise CorpusError([Problem(document.filename, reason)])
            replace_file(target, content)
            return Stored(identifier, path is None, document.sha256)

    def remove(self, identifier: str, *, known_as: str | None, agrees: Agrees = anything) -> None:
        """Remove a document and its side file; raises ``NoDocumentError``, ``DocumentChangedError`` or ``OSError``."""
        with self._alone(identifier, known_as) as path:
            if path is None:  # before the condition (RFC 9110, 13.2.1)
                raise NoDocumentError("There is no such document in the corpus folder.")
            _check_agreed(path, agrees)
            _side_file(path).unlink(missing_ok=True)  # first: without its original it would be refused
            path.unlink()
            flush_folder(path.parent)

    def _find(self, identifier: str, known_as: str | None) -> Path | None:
        """Return the file of the document, whatever its name, or None; raises ``DocumentIdError``."""
        new = _may_be_new(identifier)
        names = [known_as, f"{identifier}.md", f"{identifier}.txt"] if new else [known_as]
        root = self._folder.resolve()
        likely = (self._folder / name for name in names if name)
        for path in chain(likely, text_files(self._folder)):
            inside = path.parent.resolve().is_relative_to(root)
            if inside and path.is_file() and self._holds(path, identifier, known_as):
                return path
        if not new:
            raise DocumentIdError(
                "There is no document of this id, and a new one has small Latin letters, digits, Chinese characters and"
                f" single hyphens, {LONGEST_ID} at most."
            )
        return None

    def _holds(self, path: Path, identifier: str, known_as: str | None) -> bool:
        found = self._id(path)
        if found is None:  # where its name is that of the id, replacing or removing it is the mend
            filename = path.relative_to(self._folder).as_posix()
            return filename == known_as or id_of_name(filename) == identifier
        filename = path.relative_to(self._folder).as_posix()
        return found == identifier or (filename == known_as and id_with_suffix(found, filename) == identifier)

    def _id(self, path: Path) -> str | None:
        """Return the id of a file's document, or None where it can't be read; what hasn't changed isn't read again."""
        status = path.stat()
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        known = self._ids.get(path)
        if known is None or known[0] != stamp:
            try:
                known = stamp, read_id(path, self._folder)
            except CorpusError:
                known = stamp, None
            self._ids[path] = known
        return known[1]

    def _checked(self, content: bytes, target: Path) -> Document:
        """Return ``content`` as the reader will read it from ``target``."""
        with tempfile.TemporaryDirectory(prefix="mscqa-") as folder:
            trial = Path(folder) / target.relative_to(self._folder)
            trial.parent.mkdir(parents=True, exist_ok=True)
            trial.write_bytes(content)
            if _side_file(target).is_file():
                _side_file(trial).write_bytes(_side_file(target).read_bytes())
            return read_document(trial, Path(folder))

    @contextmanager
    def _alone(self, identifier: str, known_as: str | None) -> Iterator[Path | None]:
        """Let one process at a time change the folder; yields the document's file, or None. Raises ``DocumentIdError``."""
        if not _may_be_new(identifier):
            self._find(identifier, known_as)  # refused before a lock is made
        make_folder(self._data_dir)
        with (self._data_dir / "documents.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._find(identifier, known_as)


def _may_be_new(identifier: str) -> bool:
    return len(identifier) <= LONGEST_ID and re.fullmatch(DOCUMENT_ID, identifier) is not None


def _side_file(path: Path) -> Path:
    """Return where the English of a document stands, if it has any."""
    return path.with_name(path.stem + ENGLISH)


def _check_agreed(path: Path | None, agrees: Agrees) -> None:
    if not agrees(hashlib.sha256(path.read_bytes()).hexdigest() if path else None):
        raise DocumentChangedError("The document has changed since you read it, or is new or gone.")
