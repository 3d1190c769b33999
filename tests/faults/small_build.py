"""A build with small files, run as a process of its own so that it can be killed, starved and traced.

    python -S small_build.py ROOT DATA build TOKEN [SIZE] [KEEP]   publish one generation
    python -S small_build.py ROOT DATA compete TOKEN               the same, watching that it is alone
    python -S small_build.py ROOT DATA hold TOKEN                  hold the lock and half a draft until killed
    python -S small_build.py ROOT DATA rollback NAME
    python -S small_build.py ROOT DATA read                        print the serving generation and its problems

ROOT is the folder that holds the package ``index``. Exit codes: 0 done, 3 a clean failure, 4 another build runs, 5 two
builds at once; anything else is a fault.
"""

import json
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])

from index.durable import write_file
from index.errors import BuildRunningError, IndexStoreError
from index.generations.lock import build_lock
from index.generations.manifest import FORMAT, FileRecord, Manifest, ModelRecord, Recipe
from index.generations.store import Draft, GenerationStore, VerifiedGeneration

RECIPE = Recipe(ModelRecord("model", "f" * 64, 4), "sentences-300-v1", "d" * 64)
BEGIN, END = "/mark/begin", "/mark/end"
"""Paths that are looked for, in vain, so that a trace shows where the work begins and ends."""


def describe(token: str, recipe: Recipe = RECIPE, built_at: str = "2026-01-01T00:00:00+00:00"):
    """Return what makes a manifest that carries ``token``."""

    def manifest(sequence: int, files: dict[str, FileRecord]) -> Manifest:
        return Manifest(FORMAT, sequence, built_at, recipe, "c", token, {"d": "s"}, 1, 1, "Flat", files, {"numpy": "2"})

    return manifest


def write_contents(draft: Draft, token: str, size: int = 256) -> None:
    """Write a file in our own durable way, and others as an engine would, which flushes nothing."""
    content = (f"{token}/" * size).encode()[:size]
    write_file(draft.folder / "vectors", content)
    (draft.folder / "engine").mkdir()
    (draft.folder / "engine" / "segment").write_bytes(content)
    (draft.folder / "deep" / "er").mkdir(parents=True)
    (draft.folder / "deep" / "er" / "texts").write_bytes(content)


def publish(store: GenerationStore, token: str, size: int = 256, keep: int = 3, **changes: str | Recipe) -> str:
    """Build as ``index.building.build`` does: begin, write, publish or discard, prune."""
    draft = store.begin()
    try:
        write_contents(draft, token, size)
    except OSError as error:  # what the store itself does must fail as IndexStoreError
        store.discard(draft)
        raise IndexStoreError(f"The contents can't be written: {error.strerror}.") from error
    manifest = store.publish(draft, describe(token, **changes))
    store.prune(keep)
    return manifest.name


def token_of(generation: VerifiedGeneration) -> str:
    """Return the token of which a generation is made; all its files must agree."""
    tokens = {generation.manifest.content_hash}
    for name in ("vectors", "engine/segment", "deep/er/texts"):
        tokens.add((generation.folder / name).read_text().split("/")[0])
    assert len(tokens) == 1, tokens
    return tokens.pop()


def _marked(path: str) -> None:
    Path(path).exists()


def _build(store: GenerationStore, token: str, size: int = 256, keep: int = 3) -> None:
    with build_lock(store.data_dir):
        print(publish(store, token, size, keep))


def _compete(store: GenerationStore, token: str) -> None:
    with build_lock(store.data_dir):
        witness = store.data_dir / "witness"
        try:
            witness.touch(exist_ok=False)
        except FileExistsError:
            sys.exit(5)
        print(publish(store, token))
        witness.unlink()


def _run(store: GenerationStore, command: str, rest: list[str]) -> None:
    if command == "build":
        _build(store, rest[0], *map(int, rest[1:]))
    elif command == "compete":
        _compete(store, rest[0])
    elif command == "hold":
        with build_lock(store.data_dir):
            write_contents(store.begin(), rest[0])
            print("holding", flush=True)
            time.sleep(600)
    elif command == "rollback":
        with build_lock(store.data_dir):
            store.rollback(rest[0], RECIPE)
    else:
        generation = store.current(RECIPE)
        print(json.dumps({"token": token_of(generation), "problems": generation.problems}))


def main() -> int:
    """Run one command and return its exit code."""
    store = GenerationStore(Path(sys.argv[2]))
    _marked(BEGIN)
    try:
        _run(store, sys.argv[3], sys.argv[4:])
    except BuildRunningError as error:
        print(error, file=sys.stderr)
        return 4
    except IndexStoreError as error:
        print(error, file=sys.stderr)
        return 3
    _marked(END)
    return 0


if __name__ == "__main__":
    sys.exit(main())
