"""A server in processes of its own, started as users start it."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.api.conftest import KEY, ROOT, until_ready

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True)
class Running:
    """A server in processes of its own."""

    url: str
    corpus: Path
    process: "subprocess.Popen[str]"
    log: list[str]

    def workers(self) -> list[int]:
        """Return the processes that serve."""
        return children(self.process.pid, "spawn_main")

    def opened(self) -> int:
        """Return how often a process has said that it answers from a generation."""
        return sum(" answers (" in line for line in self.log)


def children(process: int, command: str) -> list[int]:
    """Return the children of a process whose command line holds ``command``; those that end meanwhile are none."""
    found: list[int] = []
    for thread in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):  # the thread has ended
            found += map(int, (thread / "children").read_text().split())
    return [pid for pid in found if command.encode() in _command_line(pid)]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # the process has ended
        return b""


@contextmanager
def started(
    corpus: Path, data: Path, *words: str, watch: str = "false", ready: bool = True, **variables: str
) -> Iterator[Running]:
    """Run ``mscqa serve`` with more ``words`` over two folders; ready when this yields, unless that isn't awaited."""
    with running_command(corpus, data, "serve", *words, MSCQA_WATCH=watch, MSCQA_PORT="0", **variables) as (process, log):
        until(lambda: any(_ADDRESS.search(line) for line in log), "an address")
        url = next(found[0] for line in log if (found := _ADDRESS.search(line)))
        if ready:
            until_ready(url)
        yield Running(url, corpus, process, log)


@contextmanager
def running_command(
    corpus: Path, data: Path, *words: str, **variables: str
) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """Run ``mscqa`` with ``words`` until this is left; yields the process and the lines that it says, as they come."""
    folders = {"MSCQA_CORPUS_DIR": str(corpus), "MSCQA_DATA_DIR": str(data), "MSCQA_ADMIN_KEY": KEY, "COLUMNS": "200"}
    command = [sys.executable, "-m", "api.command.main", *words]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **folders, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    log: list[str] = []

    def read() -> None:
        assert process.stderr
        log.extend(iter(process.stderr.readline, ""))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield process, log
    finally:
        if process.poll() is None:
            process.terminate()
        with process:  # closes the pipe
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            finally:
                reader.join(60)


def until(true: Callable[[], bool], what: str, seconds: float = 180) -> None:
    """Wait until something is true; fails where it doesn't become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} didn't come"
        time.sleep(0.05)
