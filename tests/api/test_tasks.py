"""Rebuilds as tasks, with a build that waits for its word."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.process.task_files import Task
from api.process.tasks import Tasks
from index.building.build import Progress
from index.errors import BuildRunningError
from index.generations.lock import build_lock


class Builds:
    """Builds that say when they begin and go on when they are let."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.forced: list[bool] = []

    def __call__(self, lock: int, progress: Progress, force: bool, cancelled: Callable[[], bool]) -> dict[str, Any]:
        self.forced.append(force)
        self.begun.release()
        assert self.let.acquire(timeout=30)
        return {"number": len(self.forced)}


def ended(tasks: Tasks, task: Task) -> Task:
    end = time.monotonic() + 30
    while (found := tasks.get(task.id)) and found.unfinished:
        assert time.monotonic() < end, found
        time.sleep(0.02)
    assert found
    return found


def test_a_second_rebuild_is_refused_while_one_runs(tmp_path: Path) -> None:
    """By any process that has the data folder; afterwards the lock is free."""
    builds = Builds()
    tasks, other = Tasks(tmp_path, builds), Tasks(tmp_path, builds)
    first = tasks.start()
    assert builds.begun.acquire(timeout=30)
    for rival in (tasks, other):
        with pytest.raises(BuildRunningError):
            rival.start()
    assert other.running and other.running.id == first.id
    builds.let.release()
    assert ended(other, first).report == {"number": 1}
    with build_lock(tmp_path):
        pass


def test_an_edit_during_a_build_gets_a_task_of_its_own(tmp_path: Path) -> None:
    """One that waits serves for several edits; one that has begun may have read the folder before the edit."""
    builds = Builds()
    tasks = Tasks(tmp_path, builds)
    first = tasks.queue()
    assert builds.begun.acquire(timeout=30)
    second = tasks.queue()
    assert tasks.queue().id == second.id != first.id
    builds.let.release()
    assert builds.begun.acquire(timeout=30), "the edit during the first build was never built"
    builds.let.release()
    assert [ended(tasks, task).state for task in (first, second)] == ["done", "done"]
    assert len(builds.forced) == 2
