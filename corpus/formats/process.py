"""Reading other formats in a process of its own, one file after another: a crash or a hang costs the file that it was at."""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from corpus.environment import without_secrets
from corpus.formats.converted import Converted, FormatError
from corpus.model import PlacedLine, Span

_SECONDS = 180.0  # a file may take; one of 1,000 pages takes about 60


class ConversionProcess:
    """The process, started with the first file; used as a context, at whose end it ends."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "ConversionProcess":
        """Return itself; nothing is started yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the process."""
        self._end()

    def convert(self, content: bytes, suffix: str) -> Converted:
        """Return what a file holds; raises ``FormatError`` with the reason, a crash and too long a time among them."""
        with self._lock:
            child = self._child = self._child if self._child and self._child.poll() is None else _started()
            answer = _asked(child, content, suffix, self._seconds)
            if answer is None:
                code = self._end()
                if code == -9:
                    raise FormatError(
                        f"it took more than {self._seconds:.0f} s, or more memory than there is", "读取超时或内存不足"
                    )
                raise FormatError(
                    "what reads it crashed over it; the file is damaged", "读取程序因该文件崩溃，文件可能已损坏"
                )
        if "reason" in answer:
            raise FormatError(answer["reason"], answer["zh"])
        lines = tuple(PlacedLine(Span(**line["span"]), line["page"], (*line["rectangle"],)) for line in answer.pop("lines"))
        return Converted(**{**answer, "lines": lines, "labels": tuple(answer["labels"])})

    def _end(self) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        assert child.stdin and child.stdout  # noqa: S101 - they are pipes
        with suppress(OSError):
            child.stdin.close()
        try:
            code = child.wait(2)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
        child.stdout.close()
        return code


def _started() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "corpus.formats.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=without_secrets(os.environ),
        start_new_session=True,
    )


def _asked(child: "subprocess.Popen[bytes]", content: bytes, suffix: str, seconds: float) -> dict[str, Any] | None:
    """Return the answer, or None where the process died or had to be ended."""
    assert child.stdin and child.stdout  # noqa: S101 - they are pipes
    watch = threading.Timer(seconds, child.kill)
    watch.start()
    try:
        child.stdin.write(json.dumps({"suffix": suffix, "bytes": len(content)}).encode() + b"\n" + content)
        child.stdin.flush()
        line = child.stdout.readline()
        return dict(json.loads(line)) if line.endswith(b"\n") else None
    except OSError:
        return None
    finally:
        watch.cancel()
