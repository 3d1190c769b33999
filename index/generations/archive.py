"""A generation as one file, for a backup or another machine: a tar archive, its manifest first.

What is read is believed only as far as the manifest's hashes go; they find damage, not malice: take archives from people
whose index you would serve.
"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from index.durable import flush_file, flush_folder, make_folder, write_pieces
from index.errors import CorruptGenerationError, IndexStoreError
from index.generations.manifest import NAME as MANIFEST
from index.generations.manifest import FileRecord, Manifest, Recipe, check_recipe, read_manifest
from index.generations.probing import probe
from index.generations.store import Draft, GenerationStore, VerifiedGeneration

_LARGEST_MANIFEST = 64 << 20
_PIECE = 1 << 20


def export_generation(store: GenerationStore, name: str, path: Path) -> Manifest:
    """Write the generation ``name`` into the new file ``path`` after verifying it, and return its manifest.

    Raises ``IndexStoreError`` where it isn't kept or is damaged, ``path`` is there already, or it can't be written.
    """
    try:
        if os.path.lexists(path):
            raise FileExistsError
        store.check_kept(name)
        verified = store.verified(name)
        temporary = path.with_name(f".{path.name}.tmp-{os.getpid()}")
        try:
            _pack(verified, temporary)
            path.open("xb").close()  # fails where somebody has made it meanwhile; not every disk has links, which would too
            temporary.rename(path)
        finally:
            temporary.unlink(missing_ok=True)
        flush_folder(path.absolute().parent)
    except FileExistsError:
        raise IndexStoreError(f"{path} is there already; name another file or remove it.") from None
    except OSError as error:
        raise IndexStoreError(f"{path} can't be written: {error.strerror or error}.") from error
    return verified.manifest


def _pack(verified: VerifiedGeneration, path: Path) -> None:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for relative in (MANIFEST, *sorted(verified.manifest.files)):
            item = tarfile.TarInfo(relative)
            item.size, item.mode = (verified.folder / relative).stat().st_size, 0o644
            with (verified.folder / relative).open("rb") as file:
                archive.addfile(item, file)
    flush_file(path)


def import_generation(store: GenerationStore, path: Path, expected: Callable[[Recipe], Recipe]) -> Manifest:
    """Publish the generation of an exported file under the next number; the caller holds the build lock.

    ``expected`` gives the recipe that is wanted here instead of the one that made it.

    Raises ``CorruptGenerationError`` for anything but a whole archive with just the files of its manifest, and
    ``IncompatibleGenerationError`` for one of another recipe. Nothing is written outside the new generation's folder.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            manifest = _manifest(archive)
            check_recipe(manifest.recipe, expected(manifest.recipe))
            draft = store.begin(sum(record.bytes for record in manifest.files.values()))
            try:
                with store.nothing_lost("The generation can't be written"):
                    _unpack(archive, manifest, draft)
                return store.publish(draft, lambda number, files: _renumbered(manifest, number, files), probe)
            except BaseException:
                store.discard(draft)
                raise
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise CorruptGenerationError(f"{path} isn't a whole export of mscqa: {error}") from error
    except OSError as error:
        raise IndexStoreError(f"{path} can't be read: {error.strerror or error}.") from error


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > _LARGEST_MANIFEST:
        raise CorruptGenerationError("the file isn't an export of mscqa: it doesn't begin with a manifest")
    manifest = read_manifest(_content(archive, first).read())
    for name in manifest.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or str(path) != name or name == MANIFEST or "\0" in name:
            raise CorruptGenerationError(f"its manifest names {name!r}, which is no place in a generation")
    return manifest


def _unpack(archive: tarfile.TarFile, manifest: Manifest, draft: Draft) -> None:
    """Write each file of ``archive`` that the manifest names, of the size and hash that it names; refuse all else."""
    wanted = dict(manifest.files)
    for item in archive:
        if item.name == MANIFEST and item.offset == 0:
            continue
        record = wanted.pop(item.name, None)
        if record is None or not item.isreg() or item.size != record.bytes:
            raise CorruptGenerationError(f"the file holds {item.name!r}, which isn't what its manifest says")
        path = draft.folder / item.name
        make_folder(path.parent)
        digest = hashlib.sha256()
        write_pieces(path, _pieces(_content(archive, item), digest))
        if digest.hexdigest() != record.sha256:
            raise CorruptGenerationError(f"{item.name} is damaged in it")
    if wanted:
        raise CorruptGenerationError(f"the file lacks {', '.join(sorted(wanted)[:3])}")


def _content(archive: tarfile.TarFile, item: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(item)
    if content is None:
        raise CorruptGenerationError(f"{item.name} can't be read in it")
    return content


def _pieces(content: IO[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    while piece := content.read(_PIECE):
        digest.update(piece)
        yield piece


def _renumbered(manifest: Manifest, number: int, files: dict[str, FileRecord]) -> Manifest:
    if files != manifest.files:
        raise CorruptGenerationError("the disk gave back other bytes than were written")
    return replace(manifest, sequence=number)
