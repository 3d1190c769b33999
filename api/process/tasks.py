"""Rebuilds as tasks: one at a time over all processes of a data folder, with progress to look at and a way to stop."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from api.process.task_files import Task, TaskFiles
from corpus.errors import CorpusError
from index.building.build import Progress
from index.building.process import BuildCancelledError
from index.building.watching import edits, only_watcher
from index.errors import BuildRunningError, IndexStoreError
from index.generations.lock import build_lock
from qa.settings import Settings

log = logging.getLogger("mscqa")

Build = Callable[[int, Progress, bool, Callable[[], bool]], dict[str, Any]]
"""Builds under a held lock; given its descriptor, progress, force, and whether it was cancelled; returns the report."""

_LOOK_EVERY = 0.2  # seconds between tries for the lock, and at least between two writings of progress


@dataclass(slots=True)
class _Own:
    """A task of this process and what keeps it its own."""

    task: Task
    owner: IO[str]
    force: bool
    written: float = 0.0


class Tasks:
    """The rebuilds of one data folder, as this process sees and starts them."""

    def __init__(self, data_dir: Path, build: Build) -> None:
        self._data_dir = data_dir
        self._files = TaskFiles(data_dir)
        self._build = build
        self._lock = threading.Lock()
        self._queued: _Own | None = None
        self._closed = threading.Event()

    @property
    def running(self) -> Task | None:
        """The rebuild that runs, else one that waits, of any process."""
        unfinished = [task for task in self._files.newest() if task.unfinished]
        return next((task for task in unfinished if task.state == "running"), unfinished[0] if unfinished else None)

    def newest(self) -> list[Task]:
        """Return the tasks of all processes that are kept, the newest first."""
        return list(self._files.newest())

    def get(self, identifier: str) -> Task | None:
        """Return a task by its id, or None."""
        return self._files.read(identifier)

    def start(self, *, force: bool = False) -> Task:
        """Begin a rebuild now and return its task.

        Raises ``BuildRunningError`` where any process builds, and ``IndexStoreError`` where nothing can be written.
        """
        with ExitStack() as stack:
            descriptor = stack.enter_context(build_lock(self._data_dir))
            own = self._create(force)
            held = stack.pop_all()

        def run() -> None:
            with held:
                ended = self._run(own, descriptor)
            self._end(own, ended)  # after the lock is free: who reads that it is done may start the next

        threading.Thread(target=run, name=f"rebuild-{own.task.id}", daemon=True).start()
        return own.task

    def queue(self, *, force: bool = False) -> Task:
        """Return the task of a rebuild that begins as soon as no other runs; one that still waits serves for several.

        What is in the corpus folder before the call is in the task's generation. Raises ``IndexStoreError``.
        """
        with self._lock:
            if self._queued and self._queued.force == force:
                return self._queued.task
            own = self._queued = self._create(force)
        threading.Thread(target=self._run_in_turn, args=(own,), name=f"rebuild-{own.task.id}", daemon=True).start()
        return own.task

    def cancel(self, identifier: str) -> Task | None:
        """Ask for a task to be stopped and return it as it stands, or None where there is none."""
        task = self.get(identifier)
        if task and task.unfinished:
            with suppress(OSError):
                self._files.ask_to_cancel(identifier)
        return task

    def wait(self, task: Task) -> Task:
        """Return ``task`` when it has ended or this process ends."""
        while task.unfinished and not self._closed.wait(_LOOK_EVERY):
            task = self.get(task.id) or task
        return task

    def close(self) -> None:
        """Stop this process's tasks."""
        self._closed.set()

    def _create(self, force: bool) -> _Own:
        try:
            task, owner = self._files.create()
        except OSError as error:
            raise IndexStoreError(f"A task can't be written in {self._data_dir}: {error.strerror}.") from error
        return _Own(task, owner, force)

    def _run_in_turn(self, own: _Own) -> None:
        while True:
            try:
                with build_lock(self._data_dir) as descriptor:
                    self._leave_queue(own)  # from here on edits need another task: the folder is read next
                    ended = self._run(own, descriptor)
                break
            except BuildRunningError:
                if self._cancelled(own):
                    ended = replace(own.task, state="cancelled", error="The rebuild was cancelled before it began.")
                    break
                time.sleep(_LOOK_EVERY)
            except IndexStoreError as error:
                ended = replace(own.task, state="failed", error=str(error))
                break
        self._leave_queue(own)
        self._end(own, ended)

    def _leave_queue(self, own: _Own) -> None:
        with self._lock:
            if self._queued is own:
                self._queued = None

    def _run(self, own: _Own, descriptor: int) -> Task:
        """Build, and return how the task has ended."""

        def progress(step: str, done: int, whole: int) -> None:
            own.task = replace(own.task, step=step, done=done, whole=whole)
            if time.monotonic() - own.written > _LOOK_EVERY:
                self._write(own)

        own.task = replace(own.task, state="running")
        self._write(own)
        try:
            report = self._build(descriptor, progress, own.force, lambda: self._cancelled(own))
            return replace(own.task, state="done", report=report)
        except BuildCancelledError as error:
            return replace(own.task, state="cancelled", error=str(error))
        except (CorpusError, IndexStoreError) as error:
            log.error("rebuild failed: %s", error)
            return replace(own.task, state="failed", error=str(error))
        except Exception:
            log.exception("rebuild failed")
            return replace(own.task, state="failed", error="The rebuild failed; the reason is in the server's log.")

    def _cancelled(self, own: _Own) -> bool:
        return self._closed.is_set() or self._files.cancel_asked(own.task.id)

    def _end(self, own: _Own, ended: Task) -> None:
        own.task = ended
        self._write(own)
        own.owner.close()

    def _write(self, own: _Own) -> None:
        own.written = time.monotonic()
        try:
            self._files.write(own.task)
        except OSError as error:
            log.warning("the task %s can't be written: %s", own.task.id, error.strerror)


log = logging.getLogger("mscqa")

_TRY_AGAIN_AFTER = 3  # seconds


def rebuild_after_edits(settings: Settings, tasks: Tasks, stop: threading.Event) -> None:
    """Rebuild after each edit until ``stop`` is set; another process takes over where this one ends."""
    folders = (settings.corpus_dir, settings.terms_dir)
    said = ""
    while not stop.is_set():
        try:
            with only_watcher(settings.data_dir, stop) as mine:
                if not mine:
                    return
                tasks.queue()  # an edit may have come while nobody watched
                for _ in edits(folders, stop):
                    tasks.queue()
        except Exception as error:  # of any kind: edits are to be seen again once it is over
            if str(error) != said:
                log.error("watching failed and is tried again: %s", error, exc_info=not isinstance(error, OSError))
            said = str(error)
            stop.wait(_TRY_AGAIN_AFTER)
