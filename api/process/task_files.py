"""Tasks as small files of the data folder, so that each process of a server can show and cancel the tasks of all.

tasks/ID.json     what is known of a task, written anew as it goes on
tasks/ID.owner    locked by the process that runs it: a task that is unfinished and unlocked has lost its process
tasks/ID.cancel   somebody wants it stopped
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal

State = Literal["queued", "running", "done", "failed", "cancelled"]

_KEPT = 50
_NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Task:
    """One rebuild, as it stands."""

    id: str
    state: State = "queued"
    step: str = ""
    done: int = 0
    whole: int = 0
    report: dict[str, Any] | None = None
    error: str | None = None

    @property
    def unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("queued", "running")


class TaskFiles:
    """The tasks of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "tasks"

    def create(self) -> tuple[Task, IO[str]]:
        """Return a new task and the open file whose closing gives it up; raises ``OSError``."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._prune()
        task = Task(secrets.token_hex(8))
        owner = self._path(task.id, "owner").open("w")
        fcntl.flock(owner, fcntl.LOCK_EX)
        self.write(task)
        return task, owner

    def write(self, task: Task) -> None:
        """Put down how a task stands, in one step; raises ``OSError``."""
        # Not flushed to the disk: after a power loss no task runs.
        temporary = self._path(task.id, f"tmp-{os.getpid()}")
        temporary.write_text(json.dumps(asdict(task)), encoding="utf-8")
        temporary.replace(self._path(task.id, "json"))

    def read(self, identifier: str) -> Task | None:
        """Return a task by its id, or None; one whose process is gone has failed."""
        if not _NAME.fullmatch(identifier):
            return None
        lost = not self._owned(identifier)  # looked at first: a task that ends now is then read as ended
        try:
            task = Task(**json.loads(self._path(identifier, "json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        if task.unfinished and lost:
            return replace(task, state="failed", error="The process that ran it has ended.")
        return task

    def newest(self) -> Iterator[Task]:
        """Yield all tasks, the newest first."""
        for path in self._newest_paths():
            if task := self.read(path.stem):
                yield task

    def ask_to_cancel(self, identifier: str) -> None:
        """Leave word that a task is to be stopped; raises ``OSError``."""
        self._path(identifier, "cancel").touch()

    def cancel_asked(self, identifier: str) -> bool:
        """Return whether somebody left word."""
        return self._path(identifier, "cancel").exists()

    def _owned(self, identifier: str) -> bool:
        try:
            with self._path(identifier, "owner").open("r") as owner:
                fcntl.flock(owner, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _newest_paths(self) -> list[Path]:
        dated = []
        for path in self._folder.glob("*.owner"):  # made once a task, so its time is the task's beginning
            with suppress(OSError):
                dated.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(dated, reverse=True)]

    def _prune(self) -> None:
        for path in self._newest_paths()[_KEPT - 1 :]:
            for kind in ("json", "cancel", "owner"):
                self._path(path.stem, kind).unlink(missing_ok=True)

    def _path(self, identifier: str, kind: str) -> Path:
        return self._folder / f"{identifier}.{kind}"
