"""Promise 5: damage to any file is found before anything is loaded, and the generation before serves, visibly."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import NoGenerationError
from index.generations.store import GenerationStore
from tests.faults.small_build import RECIPE, publish, token_of
from tests.faults.tracing import CASES

FILES = ("vectors", "engine/segment", "deep/er/texts", "manifest.json")
FLIPS = CASES * 20


def flipped(content: bytes, bit: int) -> bytes:
    """Return ``content`` with one bit changed."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.fixture
def store(tmp_path: Path) -> GenerationStore:
    """Three generations: one, two, three."""
    made = GenerationStore(tmp_path)
    for token in ("one", "two", "three"):
        publish(made, token)
    return made


def assert_second_serves(store: GenerationStore, damage: object) -> None:
    found = store.current(RECIPE)
    assert token_of(found) == "two", damage
    assert len(found.problems) == 1 and "000003" in found.problems[0], (damage, found.problems)


@pytest.mark.parametrize("name", FILES)
def test_every_flipped_bit_is_found(store: GenerationStore, name: str) -> None:
    """Promise 5: bits drawn by chance; the full run takes every one."""
    path = store.data_dir / "generations" / "000003" / name
    content = path.read_bytes()
    bits = range(len(content) * 8)
    for bit in random.Random(5).sample(bits, min(FLIPS, len(bits))):
        path.write_bytes(flipped(content, bit))
        assert_second_serves(store, bit)
    path.write_bytes(content)
    assert store.current(RECIPE).problems == ()


@pytest.mark.parametrize("name", FILES)
def test_every_lost_or_added_byte_is_found(store: GenerationStore, name: str) -> None:
    """Promise 5: cut anywhere, grown by junk, zeroed in blocks, or exchanged for another generation's file."""
    path = store.data_dir / "generations" / "000003" / name
    content = path.read_bytes()
    chance = random.Random(7)
    kinds: dict[str, Callable[[int], bytes]] = {
        "cut": lambda size: content[:size],
        "grown": lambda size: content + chance.randbytes(size + 1),
        "blank": lambda size: content + b" " * (size % 3 + 1),
        "zeroed": lambda size: content[:size] + bytes(len(content) - size),
    }
    for kind, change in kinds.items():
        for size in chance.sample(range(len(content)), min(CASES, len(content))):
            path.write_bytes(change(size))
            assert_second_serves(store, (kind, size))
    path.write_bytes((store.data_dir / "generations" / "000002" / name).read_bytes())
    assert_second_serves(store, "exchanged")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_gone_or_no_file_is_found(store: GenerationStore, name: str) -> None:
    """Promise 5: missing, a folder in its place, or a link to nowhere."""
    path = store.data_dir / "generations" / "000003" / name
    path.unlink()
    assert_second_serves(store, "gone")
    path.mkdir()
    assert_second_serves(store, "folder")
    path.rmdir()
    path.symlink_to("nowhere")
    assert_second_serves(store, "link")


def test_a_foreign_file_is_found(store: GenerationStore) -> None:
    """Promise 5: an engine would read what lies in its folder."""
    (store.data_dir / "generations" / "000003" / "engine" / "another").write_bytes(b"")
    assert_second_serves(store, "foreign")


def test_every_flipped_bit_of_the_pointer_is_found(store: GenerationStore) -> None:
    """Promise 5: another number that exists would be served without a word; a sound generation serves, and it says so."""
    path = store.data_dir / "CURRENT"
    content = path.read_bytes()
    damaged = [flipped(content, bit) for bit in range(len(content) * 8)]
    damaged += [content[:size] for size in range(len(content))] + [content + b"\0", content * 2, b"000001\n"]
    for change in damaged:
        path.write_bytes(change)
        assert store.pointer() is None, change
        found = store.current(RECIPE)
        assert (token_of(found), len(found.problems)) == ("three", 1), change
    path.unlink()
    assert store.current(RECIPE).problems == ("the pointer CURRENT is missing or damaged",)


def test_damage_to_all_but_the_oldest_leaves_the_oldest(store: GenerationStore) -> None:
    """Promise 5: and damage to all of them leaves none, with every reason named."""
    for name, left in (("000003", "two"), ("000002", "one")):
        (store.data_dir / "generations" / name / "vectors").write_bytes(b"")
        assert token_of(store.current(RECIPE)) == left
    (store.data_dir / "generations" / "000001" / "manifest.json").write_bytes(b"[" * 100_000)
    with pytest.raises(NoGenerationError, match=r"000003.*000002.*000001.*mscqa build"):
        store.current(RECIPE)
    publish(store, "healed")
    assert (token_of(store.current(RECIPE)), store.current(RECIPE).problems) == ("healed", ())
