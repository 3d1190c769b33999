"""Running a small build as a process, traced and tampered with by strace."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tests.faults.small_build import BEGIN, END

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "faults" / "small_build.py"
CASES = int(os.environ.get("MSCQA_FAULT_CASES", "24"))
"""How many cases a fault test tries of those there are; the full run sets it to a large number."""

# Where CI=true a missing strace is an error, since tests/faults/install-strace.sh should have brought it.
needs_strace = pytest.mark.skipif(
    not shutil.which("strace") and os.environ.get("CI") != "true", reason="strace is not installed"
)

# Calls on files and descriptors. Mapping memory is left out: it is the interpreter's, and differs from run to run.
_TRACED = "trace=%file,%desc"
_IGNORED = {"mmap", "mprotect", "munmap", "execve", "exit_group"}
_LINE = re.compile(r"^(?:\d+\s+)?(\w+)\((.*)\)\s+= (-?\d+|\?)")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call: ``nth`` of its kind in the process, as strace counts for injection."""

    name: str
    nth: int
    arguments: str
    result: str


def command(data_dir: Path, *words: str, root: Path = ROOT) -> list[str]:
    """Return the command line of a small build."""
    return [sys.executable, "-S", "-E", str(SCRIPT), str(root), str(data_dir), *words]


def run(data_dir: Path, *words: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a small build to its end."""
    return subprocess.run(command(data_dir, *words, root=root), capture_output=True, text=True, timeout=60, check=False)


def traced(data_dir: Path, *words: str, log: Path, root: Path = ROOT) -> list[Call]:
    """Run a small build and return the calls that it made between its marks."""
    strace = ["strace", "-qq", "-y", "-s", "4096", "-e", _TRACED, "-o", str(log)]
    run(data_dir.parent / "none", "read", root=root)  # compiles what was edited, else the calls of two runs differ
    subprocess.run([*strace, *command(data_dir, *words, root=root)], capture_output=True, timeout=60, check=True)
    counts: Counter[str] = Counter()
    calls = []
    inside = False
    for line in log.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        name, arguments, result = match.groups()
        counts[name] += 1
        if name == "newfstatat" and f'"{BEGIN}"' in arguments:
            inside = True
        elif name == "newfstatat" and f'"{END}"' in arguments:
            inside = False
        elif inside and name not in _IGNORED:
            calls.append(Call(name, counts[name], arguments, result))
    return calls


def parallel_calls(log: Path) -> list[Call]:
    """Return the calls of all threads in ``log``; one that another thread's interrupts counts where it ended."""
    begun: dict[str, str] = {}
    calls = []
    for line in log.read_text(errors="replace").splitlines():
        thread, _, words = line.partition(" ")
        if words.endswith("<unfinished ...>"):
            begun[thread] = words.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r"\s*<\.\.\. \w+ resumed>(.*)", words):
            words = begun.pop(thread, "") + resumed[1]
        if match := _LINE.match(words.strip()):
            calls.append(Call(match[1], len(calls), match[2], match[3]))
    return calls


def tampered(data_dir: Path, *words: str, call: Call, fault: str, log: Path) -> subprocess.CompletedProcess[str]:
    """Run a small build in which ``call`` meets ``fault``: ``signal=KILL`` or ``error=EIO`` and the like.

    Fails unless the fault did strike. (With ``--seccomp-bpf`` strace 6.1 misses it at times.)
    """
    inject = f"inject={call.name}:{fault}:when={call.nth}"
    strace = ["strace", "-qq", "-o", str(log), "-e", f"trace={call.name}", "-e", inject]
    ended = subprocess.run([*strace, *command(data_dir, *words)], capture_output=True, text=True, timeout=60, check=False)
    assert "INJECTED" in log.read_text(errors="replace") or ended.returncode == -9, (call, ended)
    return ended


def sample(items: Sequence[T], most: int) -> list[T]:
    """Return ``most`` of the items, evenly spread, the last one among them; all where there are fewer."""
    if len(items) <= most:
        return list(items)
    return [items[(number + 1) * len(items) // most - 1] for number in range(most)]
