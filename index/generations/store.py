"""Generations: immutable folders, written aside, verified, and published by one atomic change of a pointer.

    generations/000007/        manifest.json and the files that it names
    generations/.tmp-PID-...   a build under way, or what a killed one left (removed by the next build)
    CURRENT                    the name of the serving generation and a check sum of it

Order is by number and never by clock. A generation is loaded only after each of its files was hashed. What changes the
store (``begin``, ``publish``, ``rollback``, ``prune``) is called by whoever holds the build lock; reading needs none.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from index.durable import flush_file, flush_folder, hash_file, make_folder, write_file
from index.errors import CorruptGenerationError, IncompatibleGenerationError, IndexStoreError, NoGenerationError
from index.generations.manifest import NAME as MANIFEST
from index.generations.manifest import FileRecord, Manifest, Recipe, check_recipe, generation_name, read_manifest
from index.generations.pointer import GENERATION, POINTER, read_pointer, remove_unfinished, was_rolled_back, write_pointer

T = TypeVar("T")

_SPARE = 1 << 20  # bytes to be left free beside a new generation
_ATTEMPTS = 10  # looks at a store whose pointer moves while it is being read


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation that is being written. ``hashes`` are of files that were complete before the others, as they come."""

    folder: Path
    sequence: int
    hashes: dict[Path, Future[tuple[int, str]]] = field(default_factory=dict)

    def hash_ahead(self, path: Path) -> None:
        """Read back and hash a file that is flushed and won't change, while the others are written."""
        aside = ThreadPoolExecutor(1)
        self.hashes[path] = aside.submit(hash_file, path)
        aside.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class VerifiedGeneration:
    """A generation whose files are what its manifest says; ``problems`` tells why newer ones were passed over."""

    folder: Path
    manifest: Manifest
    problems: tuple[str, ...] = ()


class GenerationStore:
    """The generations of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._folder = data_dir / "generations"

    def pointer(self) -> str | None:
        """Return the name that the pointer holds, or None where it can't be read: one small read, for watching."""
        return read_pointer(self.data_dir)

    def names(self) -> tuple[str, ...]:
        """Return the names of all published generations, oldest first."""
        try:
            found = [path.name for path in self._folder.iterdir() if GENERATION.fullmatch(path.name)]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise IndexStoreError(f"{self._folder} can't be read: {error.strerror}") from error
        return tuple(sorted(found, key=int))

    def folder(self, name: str) -> Path:
        """Return where a generation of this name is, or would be."""
        return self._folder / name

    def manifest(self, name: str) -> Manifest:
        """Return the manifest of a generation without checking its files."""
        try:
            return read_manifest((self._folder / name / MANIFEST).read_bytes())
        except OSError as error:
            raise CorruptGenerationError(f"the manifest can't be read: {error.strerror}") from error

    def verified(self, name: str, recipe: Recipe | None = None, *, hashed: bool = True) -> VerifiedGeneration:
        """Return a generation after checking each file against the manifest, and its recipe against ``recipe``.

        Without ``hashed`` files are checked by name and size alone: for what was hashed in this very moment.

        Raises ``CorruptGenerationError`` or ``IncompatibleGenerationError``.
        """
        folder = self._folder / name
        manifest = self.manifest(name)
        if manifest.name != name:
            raise CorruptGenerationError(f"its manifest is that of {manifest.name}")
        if recipe:
            check_recipe(manifest.recipe, recipe)
        try:
            found = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()} - {MANIFEST}
            if strange := sorted(found ^ set(manifest.files)):
                raise CorruptGenerationError(f"files missing or foreign: {', '.join(strange[:3])}")
            for relative, record in manifest.files.items():
                path = folder / relative
                same = hash_file(path) == (record.bytes, record.sha256) if hashed else path.stat().st_size == record.bytes
                if not same:
                    raise CorruptGenerationError(f"{relative} is damaged")
        except OSError as error:
            raise CorruptGenerationError(f"{error.filename or 'a file'} can't be read: {error.strerror}") from error
        return VerifiedGeneration(folder, manifest)

    def current(self, recipe: Recipe | None = None) -> VerifiedGeneration:
        """Return the generation that the pointer names, or the newest older one that is sound, with what was wrong.

        Raises ``NoGenerationError`` where there is none.
        """
        return self.opened(recipe, lambda verified: verified)

    def opened(self, recipe: Recipe | None, open_it: Callable[[VerifiedGeneration], T]) -> T:
        """Return what ``open_it`` makes of `current`'s generation; where it raises, as a store's does, of the one before."""
        for _ in range(_ATTEMPTS):
            pointer = self.pointer()
            try:
                found, problems = self._newest_sound(pointer, recipe, open_it)
            except NoGenerationError:
                if self.pointer() == pointer:
                    raise
                continue
            # Had the pointer moved, a missing file may only mean that newer builds had the old generation removed.
            if not problems or self.pointer() == pointer:
                return found
        return self._newest_sound(self.pointer(), recipe, open_it)[0]

    def _newest_sound(
        self, pointer: str | None, recipe: Recipe | None, open_it: Callable[[VerifiedGeneration], T]
    ) -> tuple[T, list[str]]:
        names = self.names()
        if pointer is None and not names:
            raise NoGenerationError("There is no index yet. Build one: mscqa build")
        problems: list[str] = []
        if pointer is None:
            problems.append(f"the pointer {POINTER} is missing or damaged")
        limit = int(pointer) if pointer else None
        if pointer and pointer not in names:
            problems.append(f"generation {pointer} is missing")
        for name in reversed(names):
            if limit is not None and int(name) > limit:
                continue
            try:
                return open_it(replace(self.verified(name, recipe), problems=tuple(problems))), problems
            except (CorruptGenerationError, IncompatibleGenerationError) as error:
                problems.append(f"generation {name}: {error}")
        raise NoGenerationError("There is no usable index (" + "; ".join(problems) + "). Build one: mscqa build")

    def vanished(self, manifest: Manifest) -> tuple[str, ...]:
        """Return which files of a generation aren't in its folder any more, or are of another size: a look, no hashing."""
        sizes = {name: record.bytes for name, record in manifest.files.items()}
        return tuple(name for name, size in sizes.items() if _size(self._folder / manifest.name / name) != size)

    def begin(self, need: int | None = None) -> Draft:
        """Return a new draft after removing what killed builds left.

        Raises ``IndexStoreError`` where the disk can't be written or hasn't room for ``need`` bytes (None: for a generation
        like the last).
        """
        with self.nothing_lost("A new generation can't be begun"):
            make_folder(self._folder)
            self._remove_leftovers()
            names = self.names()
            self._check_space(names, need)
            highest = max([*map(int, names), int(self.pointer() or 0)])
            folder = self._folder / f".tmp-{os.getpid()}-{highest + 1}"
            folder.mkdir()
            return Draft(folder, highest + 1)

    def discard(self, draft: Draft) -> None:
        """Remove a draft that will not be published."""
        shutil.rmtree(draft.folder, ignore_errors=True)

    def publish(
        self,
        draft: Draft,
        describe: Callable[[int, dict[str, FileRecord]], Manifest],
        probe: Callable[[VerifiedGeneration], None] = lambda verified: None,
    ) -> Manifest:
        """Flush, read back and hash, rename, probe and point at a draft, in that order; return its manifest.

        ``describe`` makes the manifest from the sequence number and the records of the files. What ``probe`` raises stops
        the publishing. Raises
        ``IndexStoreError`` where the disk can't hold it; the generation before then still serves.
        """
        with self.nothing_lost("The new generation can't be written"):
            try:
                return self._publish(draft, describe, probe)
            except BaseException:
                self.discard(draft)
                name = generation_name(draft.sequence)
                if self.pointer() != name:
                    self._remove(name)
                raise

    def check_kept(self, name: str) -> None:
        """Raise ``IndexStoreError`` where no generation of that name is kept."""
        if name not in self.names():
            kept = ", ".join(self.names()) or "none"
            raise IndexStoreError(f"There is no generation {name!r}. Kept: {kept}.")

    def rollback(self, name: str, recipe: Recipe | None = None) -> Manifest:
        """Point at an older or newer kept generation after verifying it.

        After going back nothing is published until the corpus changes: see `rolled_back_from` and `build`.
        """
        self.check_kept(name)
        verified = self.verified(name, recipe)
        with self.nothing_lost(f"Rolling back to {name} failed"):
            write_pointer(self.data_dir, name, back=name != self.names()[-1])
        return verified.manifest

    def rolled_back_from(self) -> Manifest | None:
        """Return the newest generation's manifest where somebody went back from it, else None."""
        if not was_rolled_back(self.data_dir):
            return None
        try:
            return self.manifest(self.names()[-1])
        except (IndexStoreError, IndexError):
            return None

    def prune(self, keep: int) -> tuple[str, ...]:
        """Remove all but the last ``keep`` generations, never the one that serves; return the names removed."""
        current = self.pointer()
        if current is None:
            return ()  # which one serves can't be told now; the next build prunes
        return tuple(name for name in self.names()[: -max(keep, 1)] if name != current and self._remove(name))

    def _remove(self, name: str) -> bool:
        # Renamed first: a reader that comes now finds it gone, not half there. What can't be removed stays until later.
        aside = self._folder / f".tmp-old-{name}"
        with suppress(OSError):
            (self._folder / name).rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
            return True
        return False

    def _publish(
        self,
        draft: Draft,
        describe: Callable[[int, dict[str, FileRecord]], Manifest],
        probe: Callable[[VerifiedGeneration], None],
    ) -> Manifest:
        files: dict[str, FileRecord] = {}
        folders = {draft.folder}
        for path in sorted(item for item in draft.folder.rglob("*")):
            if path.is_dir():
                folders.add(path)
                continue
            flush_file(path)
            hashed = draft.hashes[path].result() if path in draft.hashes else hash_file(path)
            files[str(path.relative_to(draft.folder))] = FileRecord(*hashed)
        manifest = describe(draft.sequence, files)
        write_file(draft.folder / MANIFEST, manifest.to_bytes())
        for folder in sorted(folders, reverse=True):
            flush_folder(folder)
        draft.folder.rename(self._folder / generation_name(draft.sequence))
        flush_folder(self._folder)
        probe(self.verified(manifest.name, hashed=False))
        write_pointer(self.data_dir, manifest.name)
        return manifest

    def _remove_leftovers(self) -> None:
        for path in self._folder.glob(".tmp-*"):
            shutil.rmtree(path, ignore_errors=True)
        remove_unfinished(self.data_dir)

    def _check_space(self, names: tuple[str, ...], need: int | None) -> None:
        if need is None:
            need = 0
            with suppress(IndexStoreError, IndexError):
                need = sum(record.bytes for record in self.manifest(names[-1]).files.values())
        need += _SPARE
        free = shutil.disk_usage(self._folder).free
        if free < need:
            raise IndexStoreError(
                f"The disk of {self.data_dir} has {free:,} bytes free, and a new generation needs about {need:,}. Nothing"
                " was written; free space and build again."
            )

    @contextmanager
    def nothing_lost(self, what: str) -> Iterator[None]:
        """Turn what the disk refuses into ``IndexStoreError``: ``what`` failed, why, and what to do."""
        try:
            yield
        except OSError as error:
            raise IndexStoreError(
                f"{what}: {error.strerror or error}. Nothing that was published is lost; see to the space and the health"
                f" of {self.data_dir}'s disk and try again."
            ) from error


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
