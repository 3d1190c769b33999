"""Promises 4 and 13: a full disk costs nothing but the build, and a read-only folder still serves."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import IndexStoreError
from index.generations.store import GenerationStore
from tests.faults.small_build import RECIPE, describe, publish, token_of, write_contents
from tests.faults.tracing import command

# Mounts are made in a mount namespace of the test's own, which also an unprivileged user may have: none is left behind.
NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


def can_mount() -> bool:
    """Return whether this machine lets the test mount a file system of its own."""
    if not shutil.which("unshare") or not shutil.which("mount"):
        return False
    tried = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


needs_mounts = pytest.mark.skipif(not can_mount(), reason="this machine allows no mounts in a namespace of one's own")


def inside(mount: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command after ``mount`` in a namespace of its own; ``$1`` in ``mount`` is ``folder``."""
    script = f'{mount} && shift && exec "$@"'
    return subprocess.run(
        [*NAMESPACE, "sh", "-c", script, "sh", str(folder), *words],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def full_disk(folder: Path) -> dict[str, list[str]]:
    """Fill the disk at ``folder`` in every way and return what happened; runs inside the namespace."""
    store = GenerationStore(folder / "data")
    publish(store, "one", 1000)
    seen: dict[str, list[str]] = {"served": [], "left": [], "messages": []}

    def failing(size: int, ballast: int | None) -> None:
        weight = folder / "ballast"
        try:
            draft = store.begin()
            try:
                write_contents(draft, "new", size)
                if ballast is not None:
                    free = shutil.disk_usage(folder).free
                    weight.write_bytes(bytes(max(0, free - ballast)))
                store.publish(draft, describe("new"))
                seen["messages"].append("published")
            except OSError as error:
                store.discard(draft)
                raise IndexStoreError(str(error)) from error
        except IndexStoreError as error:
            seen["messages"].append(str(error))
        finally:
            found = store.current(RECIPE)
            seen["served"].append(f"{token_of(found)} {len(found.problems)}")
            seen["left"] += [path.name for path in (folder / "data").rglob("*.tmp*")]
            seen["left"] += [name for name in store.names() if name > found.manifest.name]
            weight.unlink(missing_ok=True)

    failing(3 << 20, None)  # full while the contents are written
    for ballast in (0, 4096, 8192):  # full at the manifest, at the pointer, or not quite
        failing(1000, ballast)
    publish(store, "large", 300_000)
    (folder / "weight").write_bytes(bytes(shutil.disk_usage(folder).free - (1 << 20)))
    failing(1000, None)  # refused before anything is written
    (folder / "weight").unlink()
    publish(store, "healed")
    seen["served"].append(token_of(store.current(RECIPE)))
    return seen


@needs_mounts
def test_a_full_disk_leaves_the_last_good_generation_and_no_rest(tmp_path: Path) -> None:
    """Promise 4: wherever the disk fills up; and where the last generation's size isn't free, nothing is begun."""
    done = inside(
        'mount -t tmpfs -o size=4m tmpfs "$1"', tmp_path, sys.executable, "-m", "tests.faults.test_disk", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["left"] == []
    messages = seen["messages"]
    assert "No space left on device" in messages[0] and "No space left on device" in messages[1]
    serving = "one 0"
    for message, served in zip(messages[1:4], seen["served"][1:4], strict=True):
        assert message == "published" or "No space left on device" in message
        serving = "new 0" if message == "published" else serving
        assert served == serving
    assert "free, and a new generation needs about" in messages[4]
    assert (seen["served"][0], seen["served"][4], seen["served"][5]) == ("one 0", "large 0", "healed")


@needs_mounts
def test_a_read_only_folder_serves_and_a_build_in_it_fails_cleanly(tmp_path: Path) -> None:
    """Promise 13: Root ignores modes, so it is mounted read-only."""
    publish(GenerationStore(tmp_path), "one")
    mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'
    read = inside(mount, tmp_path, *command(tmp_path, "read"))
    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout) == {"token": "one", "problems": []}
    for words in (["build", "two"], ["rollback", "000001"]):
        refused = inside(mount, tmp_path, *command(tmp_path, *words))
        assert refused.returncode == 3
        assert "Read-only file system" in refused.stderr and "Traceback" not in refused.stderr


if __name__ == "__main__":
    print(json.dumps(full_disk(Path(sys.argv[1]))))
