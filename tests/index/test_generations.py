"""Generations: what is published is whole, and what is damaged is never served."""

import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from index.durable import hash_file
from index.errors import (
    BuildRunningError,
    CorruptGenerationError,
    IncompatibleGenerationError,
    IndexStoreError,
    NoGenerationError,
)
from index.generations.lock import build_lock
from index.generations.manifest import FORMAT, FileRecord, Manifest, ModelRecord, Recipe, read_manifest
from index.generations.store import GenerationStore

RECIPE = Recipe(ModelRecord("m", "f" * 64, 4), "sentences-300-v1", "d" * 64)


def publish(
    store: GenerationStore, content: bytes, recipe: Recipe = RECIPE, built_at: str = "2026-01-01T00:00:00+00:00"
) -> str:
    draft = store.begin()
    (draft.folder / "deep").mkdir()
    (draft.folder / "a.bin").write_bytes(content)
    (draft.folder / "deep" / "b.bin").write_bytes(content[::-1])

    return store.publish(draft, lambda sequence, files: manifest_of(sequence, files, recipe, built_at)).name


def manifest_of(
    sequence: int, files: dict[str, FileRecord], recipe: Recipe = RECIPE, built_at: str = "2026-01-01T00:00:00+00:00"
) -> Manifest:
    return Manifest(FORMAT, sequence, built_at, recipe, "c", "h", {"d": "s"}, 1, 1, "Flat", files)


def test_what_is_published_can_be_read_by_anyone(tmp_path: Path) -> None:
    """A second store of the same folder sees it at once."""
    name = publish(GenerationStore(tmp_path), b"content")
    verified = GenerationStore(tmp_path).current(RECIPE)
    assert (verified.manifest.name, verified.problems) == (name, ())
    assert (verified.folder / "a.bin").read_bytes() == b"content"


def test_what_was_hashed_ahead_must_not_change(tmp_path: Path) -> None:
    """The manifest holds what was read back then: a file that changed since is not published, or is damage at load."""
    store = GenerationStore(tmp_path)

    def publish_changed(late: bytes) -> None:
        draft = store.begin()
        path = draft.folder / "large.bin"
        path.write_bytes(b"content")
        draft.hash_ahead(path)
        assert draft.hashes[path].result() == hash_file(path)
        path.write_bytes(late)
        store.publish(draft, manifest_of)

    publish_changed(b"content")
    with pytest.raises(CorruptGenerationError, match=r"large\.bin is damaged"):
        publish_changed(b"contents")
    publish_changed(b"Content")
    found = store.current(RECIPE)
    assert found.manifest.name == "000001" and "large.bin is damaged" in found.problems[0]


def test_without_a_build_there_is_no_generation(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(NoGenerationError, match="mscqa build"):
        GenerationStore(tmp_path).current()


@pytest.mark.parametrize("name", ["a.bin", "deep/b.bin", "manifest.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "gone"])
def test_damage_is_found_and_the_generation_before_serves(tmp_path: Path, name: str, damage: str) -> None:
    """Every bit of every file counts, the manifest's too."""
    store = GenerationStore(tmp_path)
    old, new = publish(store, b"old content"), publish(store, b"new content")
    path = tmp_path / "generations" / new / name
    whole = path.read_bytes()
    places = range(0, len(whole) * 8, 1 if name != "manifest.json" else 37) if damage == "flip" else [0]
    for place in places:
        if damage == "gone":
            path.unlink()
        else:
            flipped = bytearray(whole)
            flipped[place // 8] ^= 1 << (place % 8)
            path.write_bytes({"flip": bytes(flipped), "cut": whole[:-1], "grow": whole + b"\0"}[damage])
        if name == "manifest.json" and damage in ("grow", "flip"):
            # A change of words that mean nothing to the files (a blank, a date) may be read; the files are still whole.
            try:
                verified = store.current(RECIPE)
            except IndexStoreError:
                continue
            assert (verified.folder / "a.bin").read_bytes() in (b"old content", b"new content")
            continue
        verified = store.current(RECIPE)
        assert verified.manifest.name == old
        assert new in verified.problems[0]


def test_a_foreign_file_in_a_generation_is_damage(tmp_path: Path) -> None:
    """Nothing may have been added either."""
    store = GenerationStore(tmp_path)
    name = publish(store, b"content")
    (tmp_path / "generations" / name / "c.bin").write_bytes(b"x")
    with pytest.raises(CorruptGenerationError, match=r"c\.bin"):
        store.verified(name)


@pytest.mark.parametrize(
    ("recipe", "named"),
    [
        (Recipe(ModelRecord("n", "e" * 64, 4), RECIPE.chunking, RECIPE.dictionary), "model 'm' instead of 'n'"),
        (Recipe(ModelRecord("m", "f" * 64, 8), RECIPE.chunking, RECIPE.dictionary), "dimension 4 instead of 8"),
        (Recipe(RECIPE.model, "other", RECIPE.dictionary), "chunking"),
        (Recipe(RECIPE.model, RECIPE.chunking, "e" * 64), "term base"),
    ],
)
def test_a_generation_made_in_another_way_is_refused_with_the_mend(tmp_path: Path, recipe: Recipe, named: str) -> None:
    """Model, dimension, chunking and dictionary must be those of the process that reads."""
    store = GenerationStore(tmp_path)
    name = publish(store, b"content")
    with pytest.raises(IncompatibleGenerationError) as error:
        store.verified(name, recipe)
    assert named in str(error.value) and "mscqa build" in str(error.value)


def test_another_format_is_refused_with_the_mend() -> None:
    """A later version's manifest is not guessed at."""
    with pytest.raises(IncompatibleGenerationError, match=r"format 99.*mscqa build"):
        read_manifest(b'{"format": 99}')


def test_going_back_is_one_step_and_verified(tmp_path: Path) -> None:
    """Roll back answers from the older one; a missing or damaged one is refused and the pointer stays."""
    store = GenerationStore(tmp_path)
    first, second = publish(store, b"one"), publish(store, b"two")
    store.rollback(first)
    assert store.current().manifest.name == first
    with pytest.raises(IndexStoreError, match=f"Kept: {first}, {second}"):
        store.rollback("000009")
    (tmp_path / "generations" / second / "a.bin").write_bytes(b"x")
    with pytest.raises(CorruptGenerationError):
        store.rollback(second)
    assert store.current().manifest.name == first
    assert publish(store, b"three") == "000003"


def test_order_is_by_number_whatever_the_clock_says(tmp_path: Path) -> None:
    """A build from the past is newer if it came later."""
    store = GenerationStore(tmp_path)
    publish(store, b"one", built_at="2099-01-01T00:00:00+00:00")
    second = publish(store, b"two", built_at="1970-01-01T00:00:00+00:00")
    assert store.current().manifest.name == second


def test_old_generations_go_and_the_serving_one_never(tmp_path: Path) -> None:
    """The last three are kept, and the one that the pointer names."""
    store = GenerationStore(tmp_path)
    names = [publish(store, bytes([number])) for number in range(5)]
    store.rollback(names[0])
    assert store.prune(3) == (names[1],)
    assert store.names() == (names[0], *names[2:])


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path: Path) -> None:
    """Temporary folders don't pile up."""
    store = GenerationStore(tmp_path)
    draft = store.begin()
    (draft.folder / "half").write_bytes(b"x")
    publish(store, b"content")
    assert [entry.name for entry in (tmp_path / "generations").iterdir()] == ["000001"]


def _hold(folder: Path, ready: "multiprocessing.synchronize.Event") -> None:
    with build_lock(folder):
        ready.set()
        threading.Event().wait(60)


def test_one_build_at_a_time_and_no_lock_outlives_its_process(tmp_path: Path) -> None:
    """A second build is refused with the holder's number; after kill -9 the lock is free."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(tmp_path, ready))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(BuildRunningError, match=str(holder.pid)), build_lock(tmp_path):
        pass
    assert holder.pid
    os.kill(holder.pid, 9)
    holder.join()
    holder.close()
    with build_lock(tmp_path):
        pass


def test_readers_never_see_half_a_generation(tmp_path: Path) -> None:
    """Endless reading beside endless publishing: each read is whole, and numbers never fall."""
    store = GenerationStore(tmp_path)
    publish(store, b"0" * 64)
    stop = threading.Event()
    bad: list[str] = []
    reads = 0

    def read() -> None:
        nonlocal reads
        last = 0
        while not stop.is_set():
            verified = GenerationStore(tmp_path).current(RECIPE)
            reads += 1
            if verified.manifest.sequence < last:
                bad.append("older")
            last = verified.manifest.sequence

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(40):
        publish(store, bytes([number]) * 64)
    stop.set()
    for thread in threads:
        thread.join()
    assert bad == [] and reads > 40
