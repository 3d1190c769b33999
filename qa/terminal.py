"""How commands speak: data goes to stdout, words and progress bars to stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from index.tools import Progress as Report

STEPS = {"embed": "Embedding new passages", "write": "Writing the index", "questions": "Embedding questions"}
words = Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """Tell that a step begins."""
    words.print(f"mscqa: {message} …", markup=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Report]:
    """Show a bar for each step that is reported, and take them away at the end."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=words, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, whole: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(STEPS.get(step, step), total=whole)
            bar.update(tasks[step], completed=done, total=whole)

        yield report
