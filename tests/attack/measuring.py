"""What is measured while a server is attacked: good requests, the longest stall of /healthz, and memory."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_GOOD = ("归巢是什么？", "有没有严重不良事件？", "How do stem cells reach the lesion?", "间充质干细胞沿什么到达病灶？")
LONG = "外泌体如何穿过血脑屏障" * 44


@dataclass
class Measured:
    """Seconds of good requests, None for one that failed; seconds of looks at /healthz; bytes of memory."""

    good: list[float | None] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def stall(self) -> float:
        return max(self.stalls, default=0.0)

    @property
    def median(self) -> float:
        served = sorted(seconds for seconds in self.good if seconds is not None)
        return served[len(served) // 2] if served else float("inf")

    def served_within(self, seconds: float) -> float:
        """Return the share of good requests that were served within some seconds."""
        return sum(took is not None and took <= seconds for took in self.good) / max(len(self.good), 1)


def asked(port: int, question: str) -> float | None:
    """Return the seconds that a question on a new connection took, or None where it wasn't answered."""
    body = json.dumps({"question": question}).encode()
    head = f"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    return _timed(port, head.encode() + b"Content-Type: application/json\r\n\r\n" + body)


def looked(port: int) -> float | None:
    """Return the seconds that /healthz took."""
    return _timed(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


def _timed(port: int, request: bytes) -> float | None:
    began = time.monotonic()
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), 60) as made:
            made.settimeout(60)
            made.sendall(request)
            while part := made.recv(1 << 16):
                answer += part
    except OSError:
        return None
    return time.monotonic() - began if answer.startswith(b"HTTP/1.1 200 ") else None


def resident(process: int) -> int:
    """Return the memory of a process in bytes."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def measuring(port: int, process: int) -> Iterator[Measured]:
    """Measure until this is left: two clients that ask, one that looks at /healthz, and memory ten times a second."""
    measured, stop = Measured(), threading.Event()

    def repeat(once: Callable[[int], None], pause: float) -> None:
        number = 0
        while not stop.wait(pause):
            once(number)
            number += 1

    def ask(number: int) -> None:
        measured.good.append(asked(port, _GOOD[number % len(_GOOD)]))

    def look(number: int) -> None:
        took = looked(port)
        measured.stalls.append(60.0 if took is None else took)

    def weigh(number: int) -> None:
        measured.memory.append(resident(process))

    threads = [threading.Thread(target=repeat, args=work) for work in ((ask, 0.1), (ask, 0.13), (look, 0.05), (weigh, 0.1))]
    for thread in threads:
        thread.start()
    try:
        yield measured
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def attacked(name: str, port: int, seconds: float) -> Iterator["subprocess.Popen[bytes]"]:
    """Attack a port, in a process of its own, for some seconds or until this is left."""
    words = [sys.executable, "-m", "tests.attack.attacks", name, str(port), str(seconds)]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()
