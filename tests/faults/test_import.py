"""An archive is believed nothing: hostile ones, with all hashes right, are refused before anything is published.

``MSCQA_ATTACK_CASES`` mutates more archives than a usual run does.
"""

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.errors import CorruptGenerationError, IncompatibleGenerationError, IndexStoreError
from index.generations.archive import export_generation, import_generation
from index.generations.manifest import Manifest
from index.generations.store import GenerationStore
from index.models.default_model import NAME
from index.models.sentence_transformer import SentenceTransformerEmbedder
from qa.bootstrap import wired
from qa.settings import Settings
from tests.benchmarks.synthetic import write_corpus, write_model

CASES = int(os.environ.get("MSCQA_ATTACK_CASES", "150"))
Change = Callable[[dict[str, Any], dict[str, bytes]], None]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a small index with every engine's own files."""
    folder = tmp_path_factory.mktemp("exported")
    write_corpus(folder / "corpus", 2, 6)
    write_model(folder, [path.read_text(encoding="utf-8") for path in (folder / "corpus").iterdir()])
    settings = Settings(corpus_dir=folder / "corpus", data_dir=folder / "data", embedding_model=str(folder / "model"))
    service = wired(
        settings, SentenceTransformerEmbedder(settings.embedding_model, name=NAME)
    )  # the weights are its namesake's
    service.rebuild()
    export_generation(service.store, "000001", folder / "export.tar")
    return folder / "export.tar"


def contents(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the manifest of an export, and its other files."""
    with tarfile.open(path) as archive:
        files = {item.name: archive.extractfile(item).read() for item in archive}  # type: ignore[union-attr]
    return json.loads(files.pop("manifest.json")), files


def sealed(item: dict[str, Any]) -> bytes:
    """Return a manifest with the seal that fits it, as somebody would make who knows how."""

    def written(part: dict[str, Any]) -> bytes:
        return json.dumps(part, ensure_ascii=False, indent=1, sort_keys=True).encode()

    bare = {key: value for key, value in item.items() if key != "seal"}
    return written({**bare, "seal": hashlib.sha256(written(bare)).hexdigest()})


def forged(exported: Path, target: Path, change: Change) -> Path:
    """Write an archive whose hashes are right after ``change`` was made to its manifest and files."""
    manifest, files = contents(exported)
    before = dict(files)
    change(manifest, files)
    for name, content in files.items():
        if content != before.get(name):
            manifest["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    with tarfile.open(target, "w") as archive:
        for name, content in {"manifest.json": sealed(manifest), **files}.items():
            item = tarfile.TarInfo(name)
            item.size = len(content)
            archive.addfile(item, io.BytesIO(content))
    return target


def imported(path: Path, data: Path) -> Manifest:
    return import_generation(GenerationStore(data), path, lambda made: made)


def lines(name: str, change: Callable[[dict[str, Any]], object]) -> Change:
    """Return a change of the first object of a file of JSON lines."""

    def changed(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        first, *others = files[name].splitlines(keepends=True)
        item = json.loads(first)
        change(item)
        files[name] = b"".join([json.dumps(item, ensure_ascii=False).encode() + b"\n", *others])

    return changed


def cut(name: str, share: float) -> Change:
    return lambda manifest, files: files.update({name: files[name][: int(len(files[name]) * share)]})


def field(place: str, value: object) -> Change:
    """Return a change of one field of the manifest, named by its place."""

    def changed(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        *way, last = place.split("/")
        part = manifest
        for name in way:
            part = part[name]
        part[last] = value

    return changed


def renamed(old: str, new: str) -> Change:
    def changed(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files[new] = files.pop(old)
        del manifest["files"][old]

    return changed


HOSTILE: dict[str, Change] = {
    "cut texts": cut("documents.jsonl", 0.5),
    "no texts": cut("documents.jsonl", 0),
    "cut passages": cut("passages.jsonl", 0.9),
    "cut glossary": cut("glossary.json", 0.7),
    "cut vocabulary": cut("vocabulary.json", 0.5),
    "cut tokens": cut("token_vectors.i8", 0.5),
    "cut starts": cut("token_starts.i64", 0.5),
    "cut vectors": cut("passages.faiss", 0.9),
    "no centres": cut("centres.f32", 0),
    "negative span": lines("passages.jsonl", lambda item: item.update(span=[-1, 5])),
    "span beyond the text": lines("passages.jsonl", lambda item: item.update(span=[0, 10**9])),
    "span of words": lines("passages.jsonl", lambda item: item.update(span=["a", "b"])),
    "sentence beyond its passage": lines("passages.jsonl", lambda item: item.update(sentences=[[0, 10**6]])),
    "passage of no document": lines("passages.jsonl", lambda item: item.update(document_id="nobody")),
    "section beyond the text": lines(
        "documents.jsonl", lambda item: item["sections"][0].update(span={"start": 0, "end": 10**9})
    ),
    "document without text": lines("documents.jsonl", lambda item: item.pop("text")),
    "document of another name": lines("documents.jsonl", lambda item: item.update(id="other")),
    "documents twice": lambda manifest, files: files.update({"documents.jsonl": files["documents.jsonl"] * 2}),
    "sequence -1": field("sequence", -1),
    "sequence true": field("sequence", True),
    "a string as a size": field("files/glossary.json/bytes", "12"),
    "a number as a hash": field("files/glossary.json/sha256", 12),
    "passages as a string": field("passages", "3"),
    "dimension 0": field("recipe/model/dimension", 0),
    "a list of documents": field("documents", ["a"]),
    "no such moment": field("built_at", "yesterday"),
    "a field too many": field("more", 1),
    "another dimension": field("recipe/model/dimension", 768),
    "a line end in a name": renamed("glossary.json", "glossary\n.json"),
    "a way out": renamed("glossary.json", "../glossary.json"),
    "an absolute name": renamed("glossary.json", "/glossary.json"),
    "a turned name": renamed("glossary.json", "\u202egnp.json"),
    "a file too few": renamed("glossary.json", "glossary2.json"),
}


def test_an_honest_archive_is_published(exported: Path, tmp_path: Path) -> None:
    """The forger's own, without a change, too: the others are refused for their change alone."""
    assert imported(exported, tmp_path / "data").name == "000001"
    assert (
        imported(forged(exported, tmp_path / "same.tar", lambda manifest, files: None), tmp_path / "data").name == "000002"
    )


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_forged_archive_is_refused_with_a_reason(exported: Path, tmp_path: Path, change: Change) -> None:
    """Though its hashes are right; nothing is published, and nothing is left."""
    path = forged(exported, tmp_path / "forged.tar", change)
    with pytest.raises((CorruptGenerationError, IncompatibleGenerationError)) as error:
        imported(path, tmp_path / "data")
    assert str(error.value).isprintable() and len(str(error.value)) < 600, str(error.value)
    assert GenerationStore(tmp_path / "data").pointer() is None
    assert not (tmp_path / "data" / "generations").is_dir() or not list((tmp_path / "data" / "generations").iterdir())


def test_a_sparse_archive_writes_no_more_than_it_holds(tmp_path: Path, exported: Path) -> None:
    """A few kilobytes that say they are gigabytes, with the hash of the gigabytes: refused, and nothing is written."""
    manifest, files = contents(exported)
    zeros = 64 << 20
    digest = hashlib.sha256(bytes(zeros)).hexdigest()
    manifest["files"]["zeros"] = {"bytes": zeros, "sha256": digest}
    folder = tmp_path / "sparse"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(sealed(manifest))
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    with (folder / "zeros").open("wb") as file:
        file.truncate(zeros)
    if not shutil.which("tar"):
        pytest.skip("there is no tar that writes sparse archives")
    for form in ("gnu", "posix"):
        path = tmp_path / f"{form}.tar"
        names = ["manifest.json", *sorted(files), "zeros"]
        subprocess.run(["tar", "-S", f"--format={form}", "-cf", str(path), "-C", str(folder), *names], check=True)
        assert path.stat().st_size < zeros // 4
        with pytest.raises(IndexStoreError, match="smaller than what its manifest names"):
            imported(path, tmp_path / "data")
        with path.open("ab") as grown:
            grown.truncate(2 * zeros)
        with pytest.raises(IndexStoreError, match="isn't what its manifest says"):
            imported(path, tmp_path / "data")
    assert not list((tmp_path / "data").rglob("zeros"))


def test_mutated_archives_are_refused_or_sound(exported: Path, tmp_path: Path) -> None:
    """Bytes of the archive, and of each JSON and number file with its hash put right: no traceback, and none takes long."""
    chance = random.Random(16)
    whole = exported.read_bytes()
    _, files = contents(exported)
    engines = [name for name in files if name != "passages.faiss" and not name.startswith("lexical/")]
    longest, refused = 0.0, 0
    for number in range(CASES):
        path = tmp_path / "mutated.tar"
        if number % 2:
            path.write_bytes(mutated(whole, chance))
        else:
            name = chance.choice(engines)
            forged(exported, path, lambda manifest, files, name=name: files.update({name: mutated(files[name], chance)}))  # type: ignore[misc]
        data = tmp_path / "data"
        began = time.monotonic()
        try:
            imported(path, data)
        except IndexStoreError as error:
            refused += 1
            assert str(error).isprintable() and len(str(error)) < 600
        longest = max(longest, time.monotonic() - began)
        shutil.rmtree(data, ignore_errors=True)
    print(f"{CASES} mutated archives: {refused} refused, the others sound; the longest took {longest:.2f} s")
    assert refused > CASES // 3 and longest < 10


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return ``content`` with some bytes changed, a part gone, doubled or moved."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if not changed:
            break
        place, size = chance.randrange(len(changed)), chance.choice((1, 2, 8, 64, 512))
        kind = chance.randrange(5)
        if kind == 0:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del changed[place : place + size]
        elif kind == 2:
            changed[place:place] = changed[place : place + size]
        elif kind == 3:
            changed[place : place + size] = chance.randbytes(size)
        else:
            changed[place : place + size] = chance.choice(
                (b"\x00", b"\xff", b"9" * 400, b"-1", b"{}", b"null", b'"', b"[" * 300)
            )
    return bytes(changed)
