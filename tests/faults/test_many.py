"""Promises 6 and 7: one build at a time, no stale lock, and readers that never see half or mixed generations."""

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from index.errors import BuildRunningError
from index.generations.lock import build_lock
from index.generations.store import GenerationStore
from tests.faults.small_build import RECIPE, publish, token_of
from tests.faults.tracing import CASES, command, run


def test_parallel_builds_never_overlap(tmp_path: Path) -> None:
    """Each is refused or publishes a number of its own; a witness file would tell of two at once."""
    codes: list[int] = []
    names: list[str] = []
    while len(codes) < CASES:
        builds = [
            subprocess.Popen(
                command(tmp_path, "compete", f"t{n}"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for n in range(6)
        ]
        for build in builds:
            output, message = build.communicate(timeout=60)
            assert build.returncode in (0, 4), message
            assert build.returncode == 0 or "Another build is running (process " in message
            codes.append(build.returncode)
            names += output.split()
    assert sorted(names) == [f"{number + 1:06d}" for number in range(codes.count(0))]
    assert GenerationStore(tmp_path).current(RECIPE).manifest.name == max(names)


def test_a_killed_holder_leaves_no_lock_and_no_rest(tmp_path: Path) -> None:
    """While it lives a second build is told its number; after kill -9 the next build goes on at once."""
    store = GenerationStore(tmp_path)
    for number in range(max(3, min(CASES, 200) // 6)):
        holder = subprocess.Popen(command(tmp_path, "hold", "half"), stdout=subprocess.PIPE, text=True)
        assert holder.stdout and holder.stdout.readline() == "holding\n"
        assert len(list((tmp_path / "generations").glob(".tmp-*"))) == 1
        with pytest.raises(BuildRunningError, match=f"process {holder.pid}"), build_lock(tmp_path):
            pass
        assert run(tmp_path, "build", "refused").returncode == 4
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
        with build_lock(tmp_path):
            assert publish(store, "next") == f"{number + 1:06d}"
        assert not list(tmp_path.rglob("*.tmp-*"))


def test_a_reader_that_is_overtaken_looks_again(tmp_path: Path) -> None:
    """A generation that newer builds removed while it was being read isn't damage: no older one answers in its place."""

    class Overtaken(GenerationStore):
        """Whose generation goes, and a newer one comes, after it has read the pointer."""

        looks = 0

        def names(self) -> tuple[str, ...]:
            self.looks += 1
            if self.looks == 1:
                shutil.rmtree(tmp_path / "generations" / "000002")
                publish(GenerationStore(tmp_path), "three")
            return super().names()

    for token in ("one", "two"):
        publish(GenerationStore(tmp_path), token)
    reader = Overtaken(tmp_path)
    found = reader.current(RECIPE)
    assert (token_of(found), found.problems, reader.looks) == ("three", (), 2)


# A reader in a process of its own, with threads; it prints how often it read, and ends at the first bad read.
READER = """
import json, sys, threading, time
sys.path.insert(0, {root!r})
from pathlib import Path
from index.generations.store import GenerationStore
from tests.faults.small_build import RECIPE, token_of
store, reads, moved, bad = GenerationStore(Path({data!r})), 0, 0, []
until = time.monotonic() + {seconds}
def read():
    global reads, moved
    last = 0
    while time.monotonic() < until and not bad:
        try:
            found = store.current(RECIPE)
        except Exception as error:
            bad.append(repr(error))
            return
        if found.problems:
            bad.append(found.problems)
        if found.manifest.sequence < last:
            bad.append("older than before")
        last = found.manifest.sequence
        try:
            if token_of(found) != str(last):
                bad.append("mixed")
            reads += 1
        except FileNotFoundError:
            # Verified, and removed since by newer builds: the pointer must have moved far.
            if int(store.pointer()) < last + 2:
                bad.append("removed too early")
            moved += 1
        except Exception as error:  # a thread that ended without a word would hide what it saw
            bad.append(repr(error))
threads = [threading.Thread(target=read) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps([reads, moved, bad]))
"""


def test_readers_never_see_half_or_mixed_generations(tmp_path: Path) -> None:
    """Endless reading in processes and threads beside endless publishing and removing: no bad read."""
    root = str(Path(__file__).parents[2])
    store = GenerationStore(tmp_path)
    publish(store, "1", keep=2)
    seconds = min(max(2.0, CASES / 12), 60.0)
    script = READER.format(root=root, data=str(tmp_path), seconds=seconds)
    readers = [subprocess.Popen([*command(tmp_path)[:3], "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    number = 1
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        number += 1
        publish(store, str(number), keep=2)
    results = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]
    assert [bad for _, _, bad in results] == [[], []]
    assert number > 20 and all(reads > 20 for reads, _, _ in results), (number, results)
    print(f"{number} published, {sum(reads for reads, _, _ in results)} read, {sum(r[1] for r in results)} moved on")
    assert token_of(store.current(RECIPE)) == str(number)
