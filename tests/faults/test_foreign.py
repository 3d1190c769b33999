"""Promises 11, 12 and 16: foreign generations are refused, going back is exact, and clocks decide nothing."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import CorruptGenerationError, IncompatibleGenerationError, NoGenerationError
from index.generations.manifest import FORMAT, ModelRecord, Recipe
from index.generations.store import GenerationStore
from tests.faults.small_build import RECIPE, publish, token_of

OTHERS = {
    "model": replace(RECIPE, model=ModelRecord("other", "e" * 64, 4)),
    "dimension": replace(RECIPE, model=replace(RECIPE.model, dimension=8)),
    "chunking": replace(RECIPE, chunking="lines-1"),
    "dictionary": replace(RECIPE, dictionary="e" * 64),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_generation_of_another_recipe_is_passed_over_with_the_mend(tmp_path: Path, what: str) -> None:
    """Promise 11: the one before serves, and says why and what to do; without one before, so does the error."""
    store = GenerationStore(tmp_path)
    publish(store, "one")
    publish(store, "two", recipe=OTHERS[what])
    found = store.current(RECIPE)
    assert token_of(found) == "one"
    assert what in found.problems[0] and "mscqa build" in found.problems[0]
    other: Recipe = replace(OTHERS[what], chunking="lines-2")
    with pytest.raises(NoGenerationError, match="mscqa build"):
        store.current(other)
    with pytest.raises(IncompatibleGenerationError, match=what):
        store.rollback("000002", RECIPE)
    assert store.pointer() == "000002"


def test_a_manifest_edited_by_hand_is_refused_whatever_was_edited(tmp_path: Path) -> None:
    """Promise 11: each value changed, each key removed, and one added: no edit is believed."""
    store = GenerationStore(tmp_path)
    publish(store, "one")
    publish(store, "two")
    path = tmp_path / "generations" / "000002" / "manifest.json"
    content = path.read_bytes()
    edits = 0
    for key in json.loads(content):
        for value in (None, 7, "x", [], {}, ...):
            item = json.loads(content)
            item[key] = value
            if value is ...:
                del item[key]
            path.write_text(json.dumps(item, indent=1, sort_keys=True))
            found = store.current(RECIPE)
            assert token_of(found) == "one" and "000002" in found.problems[0], (key, value)
            edits += 1
    for key, value in (
        ("format", FORMAT + 1),
        ("format", str(FORMAT)),
        ("format", float(FORMAT)),
        ("format", True),
        ("surplus", 1),
    ):
        path.write_text(json.dumps({**json.loads(content), key: value}, indent=1, sort_keys=True))
        assert token_of(store.current(RECIPE)) == "one", (key, value)
    for junk in (b"", b"null", b"[]", b'"x"', b"{}", b"\xff", content + b" ", content.replace(b"\n", b"\r\n")):
        path.write_bytes(junk)
        assert token_of(store.current(RECIPE)) == "one", junk
    path.write_text(json.dumps({"format": FORMAT + 1}))
    problem = store.current(RECIPE).problems[0]
    assert f"format {FORMAT + 1}" in problem and "mscqa build" in problem
    assert edits > 60


def test_going_back_is_exact_and_takes_no_time(tmp_path: Path) -> None:
    """Promise 12: every byte is the one that was published; the way forward again is the same command."""
    store = GenerationStore(tmp_path)
    names = [publish(store, token) for token in ("one", "two", "three")]
    began = time.monotonic()
    for name, token in zip((*reversed(names), *names), ("three", "two", "one", "one", "two", "three"), strict=True):
        store.rollback(name, RECIPE)
        found = GenerationStore(tmp_path).current(RECIPE)
        assert (found.manifest.name, token_of(found), found.problems) == (name, token, ())
    assert time.monotonic() - began < 2
    store.rollback(names[0], RECIPE)
    assert publish(store, "four") == "000004"


def test_a_generation_under_another_number_is_refused(tmp_path: Path) -> None:
    """Promise 11: a folder that was copied or renamed by hand is not what its manifest says."""
    store = GenerationStore(tmp_path)
    publish(store, "one")
    (tmp_path / "generations" / "000001").rename(tmp_path / "generations" / "000002")
    with pytest.raises(CorruptGenerationError, match="000001"):
        store.verified("000002")


def test_clocks_decide_nothing(tmp_path: Path) -> None:
    """Promise 16: dates and file times jump back and forth; the last published serves, and the oldest goes first."""
    store = GenerationStore(tmp_path)
    dates = (
        "2099-12-31T23:59:59+00:00",
        "1970-01-01T00:00:00+00:00",
        "2038-01-19T03:14:08+00:00",
        "0001-01-01T00:00:00+00:00",
    )
    for number, date in enumerate(dates):
        publish(store, date, built_at=date)
        for path in [*tmp_path.rglob("*"), tmp_path]:
            os.utime(path, (4e9 / (number + 1), 4e9 / (number + 1)))
        found = GenerationStore(tmp_path).current(RECIPE)
        assert (found.manifest.built_at, found.problems) == (date, ())
    assert store.names() == ("000002", "000003", "000004")
    (tmp_path / "generations" / "000004" / "vectors").write_bytes(b"")
    assert store.current(RECIPE).manifest.built_at == dates[2]
