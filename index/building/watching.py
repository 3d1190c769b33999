"""Watching the folders of texts and terms for edits."""

import fcntl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from watchfiles import Change, watch

from corpus.errors import CorpusError
from corpus.formats.registry import CONVERTED
from index.durable import make_folder
from index.errors import BuildRunningError, IndexStoreError

_QUIET_MS = 200  # a burst of edits is over when nothing more has come for this long
_LONGEST_BURST_MS = 5000
_LOOK_SECONDS = 2.0
_READ = (
    ".md",
    ".markdown",
    ".txt",
    ".rst",
    *CONVERTED,
    ".csv",
    "",
)  # without a suffix it may be a folder that came or went with files in it


def edits(folders: Sequence[Path], stop: threading.Event) -> Iterator[None]:
    """Yield after each burst of edits in ``folders`` and below, until ``stop`` is set.

    Sees what the reader would, whether written in place or put there by renaming, as editors do. A folder that is away, or
    that another takes the place of, is looked for every two seconds, and its coming is an edit.
    """
    again = False
    while not stop.is_set():
        held = _identities(folders)
        present = [folder for folder, identity in zip(folders, held, strict=True) if identity]
        if not present:
            stop.wait(_LOOK_SECONDS)
            again = True
            continue
        found = watch(
            *present,
            watch_filter=_is_read,
            debounce=_LONGEST_BURST_MS,
            step=_QUIET_MS,
            stop_event=stop,
            rust_timeout=int(_LOOK_SECONDS * 1000),
            yield_on_timeout=True,
        )
        for changes in found:
            if changes or again:
                again = False
                yield
            if _identities(folders) != held:
                again = True  # told once the new folder is watched, so that no edit falls between
                break


@contextmanager
def only_watcher(data_dir: Path, stop: threading.Event) -> Iterator[bool]:
    """Wait until no other process of a data folder watches, or ``stop`` is set; yields whether it is this one's turn.

    Raises ``OSError``.
    """
    make_folder(data_dir)
    with (data_dir / "watch.lock").open("a") as lock:
        yield _locked(lock, stop)


def _locked(lock: IO[str], stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            stop.wait(1)
    return False


def build_on_edits(
    folders: Sequence[Path],
    build: Callable[[], None],
    refused: Callable[[Exception], None],
    stop: threading.Event,
) -> None:
    """Build after each burst of edits until ``stop`` is set; a mistake in a file is told, and the next edit tried."""
    for _ in edits(folders, stop):
        while not stop.is_set():
            try:
                build()
                break
            except BuildRunningError:
                stop.wait(_LOOK_SECONDS)  # perhaps it began before the edit
            except (CorpusError, IndexStoreError) as error:
                refused(error)
                break


def _identities(folders: Sequence[Path]) -> list[tuple[int, int] | None]:
    """Return what tells each folder from another that takes its name, or None where there is none."""
    found: list[tuple[int, int] | None] = []
    for folder in folders:
        try:
            status = folder.stat()
            found.append((status.st_dev, status.st_ino))
        except OSError:
            found.append(None)
    return found


def _is_read(change: Change, path: str) -> bool:
    name = Path(path)
    return not name.name.startswith(".") and name.suffix.lower() in _READ
