"""One build at a time, over all processes; the lock goes with the process that held it, however that ended."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.durable import make_folder
from index.errors import BuildRunningError, IndexStoreError


@contextmanager
def build_lock(data_dir: Path) -> Iterator[int]:
    """Hold the build lock of ``data_dir``; raises ``BuildRunningError`` at once where another build holds it.

    Yields the descriptor that holds it: a child process that inherits it holds the lock too. Raises ``IndexStoreError``
    where the folder can't be written.
    """
    try:
        descriptor = _locked(data_dir)
    except OSError as error:
        raise IndexStoreError(
            f"A build needs to write in {data_dir}: {error.strerror}. Mend that and build again."
        ) from error
    try:
        yield descriptor
    finally:
        # Closing gives the lock back; the kernel has freed the descriptor even where it reports an error.
        with suppress(OSError):
            os.close(descriptor)


def _locked(data_dir: Path) -> int:
    make_folder(data_dir)
    descriptor = os.open(data_dir / "build.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise BuildRunningError(f"Another build is running (process {holder}). Wait for it to end.") from None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
