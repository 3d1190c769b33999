"""Seeing edits: in place, by renaming, in a folder that another replaced; and building again after a build that was on."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.building import watching
from index.building.watching import build_on_edits, edits, only_watcher
from index.errors import BuildRunningError, IndexStoreError


@contextmanager
def watched(*folders: Path) -> Iterator[Callable[[], int]]:
    """Watch ``folders``; yields what tells how many bursts were seen so far."""
    stop, seen = threading.Event(), [0]

    def watch() -> None:
        for _ in edits(folders, stop):
            seen[0] += 1

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: seen[0]
    finally:
        stop.set()
        thread.join()


def until_more(seen: Callable[[], int], before: int, act: Callable[[], object]) -> None:
    """Act again and again until a burst is seen: when a watch has begun isn't told."""
    end = time.monotonic() + 60
    while seen() == before:
        assert time.monotonic() < end, "no edit was seen"
        act()
        time.sleep(0.5)


def test_an_edit_in_place_and_one_by_renaming_are_seen(tmp_path: Path) -> None:
    """As editors write; hidden files and other kinds are not."""

    def rename() -> None:
        (tmp_path / ".a.md.tmp").write_text("二", encoding="utf-8")
        (tmp_path / ".a.md.tmp").rename(tmp_path / "a.md")

    with watched(tmp_path) as seen:
        until_more(seen, 0, lambda: (tmp_path / "a.md").write_text("一", encoding="utf-8"))
        time.sleep(1)  # what came late of the first burst
        until_more(seen, seen(), rename)
        time.sleep(1)
        before = seen()
        (tmp_path / ".hidden.md").write_text("三", encoding="utf-8")
        (tmp_path / "picture.png").write_bytes(b"\x89PNG")
        time.sleep(1.5)
        assert seen() == before


def test_a_folder_that_comes_and_one_that_takes_its_place_are_edits(tmp_path: Path) -> None:
    """Whoever deploys texts renames whole folders; nobody touches a file in them afterwards."""
    folder = tmp_path / "texts"
    with watched(folder) as seen:
        time.sleep(0.5)
        folder.mkdir()
        (folder / "a.md").write_text("一", encoding="utf-8")
        until_more(seen, 0, lambda: None)
        time.sleep(3)  # until the folder is watched
        before = seen()
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "b.md").write_text("二", encoding="utf-8")
        folder.rename(tmp_path / "old")
        (tmp_path / "new").rename(folder)
        until_more(seen, before, lambda: None)


def test_a_link_that_leads_to_another_folder_is_an_edit(tmp_path: Path) -> None:
    """Whoever deploys by a link touches neither of the folders, and no watch on them tells."""
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(name, encoding="utf-8")
    link = tmp_path / "texts"
    link.symlink_to("v1")
    with watched(link) as seen:
        until_more(seen, 0, lambda: (link / "a.md").write_text("一", encoding="utf-8"))
        time.sleep(1)
        before = seen()
        (tmp_path / "next").symlink_to("v2")
        (tmp_path / "next").rename(link)
        until_more(seen, before, lambda: None)


def test_an_edit_during_another_build_is_built_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other build may have begun before the edit; a refusal is told, and the next edit is tried."""
    stop = threading.Event()
    outcomes: list[Exception | str] = [BuildRunningError("1"), BuildRunningError("2"), "built", IndexStoreError("full")]
    told: list[object] = []

    def build() -> None:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        told.append(outcome)

    def twice(folders: object, stop: threading.Event) -> Iterator[None]:
        yield from (None, None)

    monkeypatch.setattr(watching, "edits", twice)
    monkeypatch.setattr(watching, "_LOOK_SECONDS", 0.01)

    build_on_edits((tmp_path,), build, lambda error: told.append(str(error)), stop)
    assert told == ["built", "full"] and outcomes == []


def test_one_process_watches_and_who_is_told_to_stop_never_does(tmp_path: Path) -> None:
    """The second one waits for its turn; stopped before it comes, it doesn't take itself for the watcher."""
    stop = threading.Event()
    with only_watcher(tmp_path, threading.Event()) as first:
        timer = threading.Timer(0.2, stop.set)
        timer.start()
        with only_watcher(tmp_path, stop) as second:
            assert (first, second) == (True, False)
        timer.join()
    with only_watcher(tmp_path, threading.Event()) as third:
        assert third
