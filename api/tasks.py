"""Rebuilds as tasks: one at a time, in a thread, with progress to look at."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from corpus.errors import CorpusError
from index.building import BuildReport, Progress
from index.errors import IndexStoreError

log = logging.getLogger("mscqa")
_KEPT = 50


@dataclass(slots=True)
class Task:
    """One rebuild, as it goes on."""

    id: str
    state: Literal["queued", "running", "done", "failed"] = "queued"
    step: str = ""
    done: int = 0
    whole: int = 0
    report: dict[str, Any] | None = None
    error: str | None = None
    ended: threading.Event = field(default_factory=threading.Event, repr=False)


class Tasks:
    """The rebuilds of this process; a second one while one runs is refused."""

    def __init__(self, rebuild: Callable[[Progress, bool], BuildReport]) -> None:
        self._rebuild = rebuild
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def running(self) -> Task | None:
        """The rebuild that is queued or running, or None."""
        return next((task for task in reversed(self._tasks.values()) if task.state in ("queued", "running")), None)

    def get(self, identifier: str) -> Task | None:
        """Return a task by its id, or None."""
        return self._tasks.get(identifier)

    def start(self, *, force: bool = False) -> tuple[Task, bool]:
        """Return a new task and True, or the one that runs already and False."""
        with self._lock:
            if running := self.running:
                return running, False
            task = Task(secrets.token_hex(8))
            self._tasks[task.id] = task
            while len(self._tasks) > _KEPT:
                self._tasks.popitem(last=False)
        threading.Thread(target=self._run, args=(task, force), name=f"rebuild-{task.id}", daemon=True).start()
        return task, True

    def _run(self, task: Task, force: bool) -> None:
        def progress(step: str, done: int, whole: int) -> None:
            task.step, task.done, task.whole = step, done, whole

        task.state = "running"
        try:
            task.report = asdict(self._rebuild(progress, force))
            task.state = "done"
        except (CorpusError, IndexStoreError) as error:
            task.error, task.state = str(error), "failed"
            log.error("rebuild failed: %s", error)
        except Exception:
            task.error, task.state = "The rebuild failed; the reason is in the server's log.", "failed"
            log.exception("rebuild failed")
        finally:
            task.ended.set()
