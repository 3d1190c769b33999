"""How commands speak: data goes to stdout, words and progress bars to stderr."""

import codecs
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from index.building.tools import Progress as Report

STEPS = {"embed": "Embedding new passages", "write": "Writing the index", "questions": "Embedding questions"}
BROKEN_PIPE = 141  # what a shell gives for a program that SIGPIPE ended, as it ends Unix's own
words = Console(stderr=True, highlight=False)


class OutputError(Exception):
    """What a command printed can't be written; the message says why."""


def say(message: str) -> None:
    """Tell that a step begins."""
    words.print(f"mscqa: {message} …", markup=False, soft_wrap=True)


@contextmanager
def output() -> Iterator[None]:
    """Print any text, in an encoding that lacks it as JSON escapes it; raises ``BrokenPipeError`` or ``OutputError``.

    Left to the end of the program, what can't be written would be a traceback of Python's.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="mscqa")
    try:
        yield
    finally:
        _flush()


def _flush() -> None:
    try:
        if sys.stdout:  # None where it was closed
            sys.stdout.flush()
    except OSError as error:
        with suppress(OSError, ValueError):  # what is still held goes nowhere, or Python would try again at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(f"the output can't be written: {error.strerror}") from None


def _escaped(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - nothing is read so
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error("mscqa", _escaped)


def check_writable(path: Path) -> None:
    """Make the folder of a file that is written after long work; raises ``OSError`` where the file can't be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    path.open("a").close()
    if new:
        path.unlink()


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
