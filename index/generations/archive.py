"""A generation as one file, for a backup or another machine: a tar archive, its manifest first.

Nothing of an archive is believed: its manifest is held against a schema and the archive's own size, each file against the
manifest, and all of it is opened and probed before it is published. What the texts say is still their author's: take
archives from people whose index you would serve.
"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from index.durable import flush_file, flush_folder, make_folder, write_pieces
from index.errors import CorruptGenerationError, IndexStoreError
from index.generations.manifest import NAME as MANIFEST
from index.generations.manifest import FileRecord, Manifest, Recipe, check_recipe, read_manifest
from index.generations.opening import open_generation
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
            if sum(record.bytes for record in manifest.files.values()) > path.stat().st_size:
                raise CorruptGenerationError(f"{path} is smaller than what its manifest names")
            draft = store.begin(sum(record.bytes for record in manifest.files.values()))
            try:
                with store.nothing_lost("The generation can't be written"):
                    _unpack(archive, manifest, draft)
                return store.publish(draft, lambda number, files: _renumbered(manifest, number, files), _try_out)
            except BaseException:
                store.discard(draft)
                raise
    except OSError as error:
        raise IndexStoreError(f"{path} can't be read: {error.strerror or error}.") from error
    except (tarfile.TarError, EOFError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
        raise CorruptGenerationError(f"{path} isn't a whole export of mscqa: {error}") from error


def _try_out(verified: VerifiedGeneration) -> None:
    open_generation(verified)
    probe(verified)


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST or not _is_plain(first) or first.size > _LARGEST_MANIFEST:
        raise CorruptGenerationError("the file isn't an export of mscqa: it doesn't begin with a manifest")
    return read_manifest(_content(archive, first).read())


def _is_plain(item: tarfile.TarInfo) -> bool:
    """Tell whether an item is a file whose bytes all stand in the archive: a sparse one says it has what it hasn't."""
    return item.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not item.issparse()


def _unpack(archive: tarfile.TarFile, manifest: Manifest, draft: Draft) -> None:
    """Write each file of ``archive`` that the manifest names, of the size and hash that it names; refuse all else."""
    wanted = dict(manifest.files)
    for item in archive:
        if item.name == MANIFEST and item.offset == 0:
            continue
        record = wanted.pop(item.name, None)
        if record is None or not _is_plain(item) or item.size != record.bytes:
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
