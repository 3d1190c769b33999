"""The API's requests and responses on the index: its state, its rebuilds, and going back."""

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.process.task_files import Task


class TaskItem(BaseModel):
    """A rebuild: its state, how far it is, and its report or error."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    step: str
    done: int
    whole: int
    report: dict[str, Any] | None
    error: str | None
    url: str


class TaskList(BaseModel):
    """The last rebuilds, the newest first."""

    tasks: list[TaskItem]


def task_item(task: Task) -> TaskItem:
    """Return a task as the API gives it."""
    return TaskItem(**asdict(task), url=f"/api/v1/index/tasks/{task.id}")


class IndexResponse(BaseModel):
    """The state of the index."""

    ready: bool
    degraded: bool
    reasons: list[str]
    generation: str | None
    built_at: str | None
    documents: int
    passages: int
    sentences: int
    model: str | None
    kept: list[str]
    task: TaskItem | None


class RebuildRequest(BaseModel):
    """How to rebuild."""

    model_config = ConfigDict(extra="forbid", strict=True)

    force: bool = Field(False, description="Publish even if more than half of the passages are gone")


class RollbackRequest(BaseModel):
    """Where to go back to."""

    model_config = ConfigDict(extra="forbid", strict=True)

    generation: str = Field(pattern="^[0-9]{6,12}$", description="One of the kept generations", examples=["000003"])
