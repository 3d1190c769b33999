"""Generations: immutable folders, written aside, verified, and published by one atomic change of a pointer.

    generations/000007/        manifest.json and the files that it names
    generations/.tmp-PID-...   a build under way, or what a killed one left (removed by the next build)
    CURRENT                    the name of the serving generation

Order is by number and never by clock. A generation is loaded only after each of its files was hashed.
"""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from index.durable import flush_file, flush_folder, hash_file, replace_file, write_file
from index.errors import CorruptGenerationError, IncompatibleGenerationError, IndexStoreError, NoGenerationError
from index.manifest import NAME as MANIFEST
from index.manifest import FileRecord, Manifest, Recipe, generation_name, read_manifest

POINTER = "CURRENT"
_GENERATION = re.compile(r"\d{6,}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation that is being written."""

    folder: Path
    sequence: int


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
        self._pointer = data_dir / POINTER

    def pointer(self) -> str | None:
        """Return the name that the pointer holds, or None: one small read, for watching."""
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return name if _GENERATION.fullmatch(name) else None

    def names(self) -> tuple[str, ...]:
        """Return the names of all published generations, oldest first."""
        try:
            found = [entry.name for entry in os.scandir(self._folder) if _GENERATION.fullmatch(entry.name)]
        except FileNotFoundError:
            return ()
        return tuple(sorted(found, key=int))

    def manifest(self, name: str) -> Manifest:
        """Return the manifest of a generation without checking its files."""
        try:
            return read_manifest((self._folder / name / MANIFEST).read_bytes())
        except OSError as error:
            raise CorruptGenerationError("the manifest is missing") from error

    def verified(self, name: str, recipe: Recipe | None = None) -> VerifiedGeneration:
        """Return a generation after checking each file against the manifest, and its recipe against ``recipe``.

        Raises ``CorruptGenerationError`` or ``IncompatibleGenerationError``.
        """
        folder = self._folder / name
        manifest = self.manifest(name)
        if manifest.name != name:
            raise CorruptGenerationError(f"its manifest is that of {manifest.name}")
        if recipe:
            _check_recipe(manifest.recipe, recipe)
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
        if strange := sorted(found ^ set(manifest.files)):
            raise CorruptGenerationError(f"files missing or foreign: {', '.join(strange[:3])}")
        for relative, record in manifest.files.items():
            try:
                size, digest = hash_file(folder / relative)
            except OSError as error:
                raise CorruptGenerationError(f"{relative} can't be read: {error.strerror}") from error
            if (size, digest) != (record.bytes, record.sha256):
                raise CorruptGenerationError(f"{relative} is damaged")
        return VerifiedGeneration(folder, manifest)

    def current(self, recipe: Recipe | None = None) -> VerifiedGeneration:
        """Return the generation that the pointer names, or the newest older one that is sound, with what was wrong.

        Raises ``NoGenerationError`` where there is none.
        """
        names = self.names()
        pointer = self.pointer()
        problems: list[str] = []
        if pointer is None and self._pointer.exists():
            problems.append(f"the pointer {POINTER} can't be read")
        if pointer is None and not problems:
            raise NoGenerationError("There is no index yet. Build one: mscqa build")
        limit = int(pointer) if pointer else None
        if pointer and pointer not in names:
            problems.append(f"generation {pointer} is missing")
        for name in reversed(names):
            if limit is not None and int(name) > limit:
                continue
            try:
                return replace(self.verified(name, recipe), problems=tuple(problems))
            except (CorruptGenerationError, IncompatibleGenerationError) as error:
                problems.append(f"generation {name}: {error}")
        raise NoGenerationError("There is no usable index (" + "; ".join(problems) + "). Build one: mscqa build")

    def begin(self) -> Draft:
        """Return a new draft after removing what killed builds left; the caller holds the build lock."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._remove_leftovers()
        names = self.names()
        highest = max([*map(int, names), int(self.pointer() or 0)])
        folder = self._folder / f".tmp-{os.getpid()}-{highest + 1}"
        folder.mkdir()
        return Draft(folder, highest + 1)

    def discard(self, draft: Draft) -> None:
        """Remove a draft that will not be published."""
        shutil.rmtree(draft.folder, ignore_errors=True)

    def publish(self, draft: Draft, describe: Callable[[int, dict[str, FileRecord]], Manifest]) -> Manifest:
        """Flush, hash, read back, rename and point at a draft, in that order; return its manifest.

        ``describe`` makes the manifest from the sequence number and the records of the files. Raises
        ``IndexStoreError`` where the disk can't hold it; the generation before then still serves.
        """
        try:
            return self._publish(draft, describe)
        except OSError as error:
            self.discard(draft)
            raise IndexStoreError(
                f"The new generation can't be written: {error.strerror}. The old one still serves; free space in"
                f" {self.data_dir} and build again."
            ) from error

    def rollback(self, name: str, recipe: Recipe | None = None) -> Manifest:
        """Point at an older or newer kept generation after verifying it."""
        if name not in self.names():
            kept = ", ".join(self.names()) or "none"
            raise IndexStoreError(f"There is no generation {name!r}. Kept: {kept}.")
        verified = self.verified(name, recipe)
        replace_file(self._pointer, f"{name}\n".encode())
        return verified.manifest

    def prune(self, keep: int) -> tuple[str, ...]:
        """Remove all but the last ``keep`` generations, never the one that serves; return the names removed."""
        current = self.pointer()
        gone = [name for name in self.names()[:-keep] if name != current]
        for name in gone:
            # Renamed first: a reader that comes now finds it gone, not half there.
            aside = self._folder / f".tmp-old-{name}"
            (self._folder / name).rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
        return tuple(gone)

    def _publish(self, draft: Draft, describe: Callable[[int, dict[str, FileRecord]], Manifest]) -> Manifest:
        files: dict[str, FileRecord] = {}
        folders = {draft.folder}
        for path in sorted(item for item in draft.folder.rglob("*")):
            if path.is_dir():
                folders.add(path)
                continue
            flush_file(path)
            files[str(path.relative_to(draft.folder))] = FileRecord(*hash_file(path))
        manifest = describe(draft.sequence, files)
        write_file(draft.folder / MANIFEST, manifest.to_bytes())
        for folder in sorted(folders, reverse=True):
            flush_folder(folder)
        draft.folder.rename(self._folder / generation_name(draft.sequence))
        flush_folder(self._folder)
        self.verified(manifest.name)
        replace_file(self._pointer, f"{manifest.name}\n".encode())
        return manifest

    def _remove_leftovers(self) -> None:
        for entry in list(os.scandir(self._folder)):
            if entry.name.startswith(".tmp-"):
                shutil.rmtree(entry.path, ignore_errors=True)


def _check_recipe(found: Recipe, wanted: Recipe) -> None:
    differences = []
    if found.model.fingerprint != wanted.model.fingerprint:
        differences.append(f"model {found.model.name!r} instead of {wanted.model.name!r}")
    if found.model.dimension != wanted.model.dimension:
        differences.append(f"dimension {found.model.dimension} instead of {wanted.model.dimension}")
    if found.chunking != wanted.chunking:
        differences.append(f"chunking {found.chunking!r} instead of {wanted.chunking!r}")
    if found.dictionary != wanted.dictionary:
        differences.append("another term base or dictionary")
    if differences:
        raise IncompatibleGenerationError(f"made with {'; '.join(differences)}; rebuild with `mscqa build`")
