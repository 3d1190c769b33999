"""Looking after an index from the command line: what each command says, does and returns."""

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.command import main
from index.errors import CorruptGenerationError
from index.generations.probing import probe
from index.generations.store import GenerationStore
from index.models.embedding import Embedder
from index.models.loading import model_identity
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
from tests.data_folder import prepared

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made(tmp_path: Path, embedder: Embedder) -> Service:
    """Two generations: of one text, and of two."""
    corpus, data = tmp_path / "corpus", prepared(tmp_path / "data")
    corpus.mkdir()
    (corpus / "a.md").write_text("# 旁分泌\n\n外泌体能够穿过血脑屏障。\n", encoding="utf-8")
    service = wired(Settings(corpus_dir=corpus, data_dir=data), embedder)
    service.rebuild()
    (corpus / "b.txt").write_text("神经丝轻链是一种生物标志物。", encoding="utf-8")
    service.rebuild()
    return service


@pytest.fixture
def run(made: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command line on that index; return the exit code and what it wrote."""
    monkeypatch.setenv("MSCQA_CORPUS_DIR", str(made.places.corpus_dir))
    monkeypatch.setenv("MSCQA_DATA_DIR", str(made.places.data_dir))

    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main.run(words)
        written = capsys.readouterr()
        return code, written.out, written.err

    yield command


def as_json(done: tuple[int, str, str], code: int = 0) -> Any:
    assert done[0] == code, done
    return json.loads(done[1])


def test_the_model_is_known_without_loading_it(embedder: Embedder) -> None:
    """The same name and fingerprint as the loaded one's; a name of the hub has none."""
    assert model_identity("default") == (embedder.name, embedder.fingerprint)
    assert model_identity("BAAI/bge-m3") == ("BAAI/bge-m3", None)


def test_status_tells_what_a_build_would_change(made: Service, run: Run) -> None:
    """Nothing; then an edit and a removal; then files that would be left out."""
    found = as_json(run("status", "--json"))
    assert [item["generation"] for item in found["generations"] if item["serving"]] == ["000002"]
    assert found["generations"][1]["documents"] == 2 and found["generations"][1]["bytes"] > 1000
    assert found["changes"]["outcome"] == "up_to_date"
    (made.places.corpus_dir / "b.txt").unlink()
    (made.places.corpus_dir / "c.txt").write_text("没有发生严重不良事件。", encoding="utf-8")
    changes = as_json(run("status", "--json"))["changes"]
    assert (changes["added"], changes["removed"], changes["unchanged"], changes["embedded"]) == (["c"], ["b"], 1, 1)
    assert "1 added, 0 changed, 1 removed, 1 unchanged" in run("status")[1]
    (made.places.corpus_dir / "d.txt").write_bytes(b"\xff")
    found = as_json(run("status", "--json"))
    (left,) = found["changes"]["left_out"]
    assert left.startswith("d.txt, line 1: it isn't UTF-8") and found["changes"]["added"] == ["c"]


def test_a_dry_run_reports_and_writes_nothing(made: Service, run: Run) -> None:
    """What would be added is named; the folder stays as it is; a bad file is left out by name, or refused with --strict."""
    (made.places.corpus_dir / "c.txt").write_text("没有发生严重不良事件。", encoding="utf-8")
    before = sorted(made.places.data_dir.rglob("*"))
    report = as_json(run("build", "--dry-run", "--json"))
    assert (report["outcome"], report["published"], report["added"], report["embedded"]) == ("planned", False, ["c"], 1)
    planned = run("build", "--dry-run")[1]
    assert "added: c" in planned and "Blocks: " in planned
    sums = report["reading"]
    assert sums["documents"] == 3 and sums["kinds"]["paragraph"] >= 2 and 0 < sums["in_passages"] <= 1
    (made.places.corpus_dir / "d.txt").write_bytes(b"")
    report = json.loads(run("build", "--dry-run", "--json")[1])
    assert report["left_out"] == ["d.txt: the file is empty"] and report["added"] == ["c"]
    refused = as_json(run("build", "--dry-run", "--json", "--strict"), 1)["refused"]
    assert [item["filename"] for item in refused] == ["d.txt"]
    assert sorted(made.places.data_dir.rglob("*")) == before


def test_rolling_back_is_exact_and_holds(made: Service, run: Run) -> None:
    """Promise 12: the older generation's answers, word for word; status and doctor say that it holds."""
    corpus = made.places.corpus_dir
    made.rollback("000001")
    old = made.ask("神经丝轻链是什么？")
    made.rollback("000002")
    new = made.ask("神经丝轻链是什么？")
    assert new.hits[0].passage.document_id == "b" and {hit.passage.document_id for hit in old.hits} == {"a"}
    done = as_json(run("rollback", "1", "--json"))
    assert (done["generation"], done["before"]) == ("000001", "000002")
    assert made.refresh()
    again = made.ask("神经丝轻链是什么？")
    assert (again.hits, again.citations, again.answer, again.generation) == (old.hits, old.citations, old.answer, "000001")
    assert made.rebuild().outcome == "rolled_back" and made.generation.name == "000001"
    assert "Rolled back from 000002" in run("status")[1]
    assert [check["name"] for check in as_json(run("doctor", "--json"))["checks"] if check["state"] == "advice"] == [
        "pointer"
    ]
    (corpus / "c.txt").write_text("没有发生严重不良事件。", encoding="utf-8")
    assert made.rebuild().generation == "000003"
    code, _, words = run("rollback", "9")
    assert code == 1 and "Kept: 000001, 000002, 000003" in words


def test_a_file_that_cant_be_read_is_named_everywhere(made: Service, run: Run) -> None:
    """Build, status and doctor name it with its reason, and the date of the version that is shown instead."""
    path = made.places.corpus_dir / "b.txt"
    content = path.read_bytes()
    path.write_bytes(b"\xff\x00")
    try:
        assert made.rebuild().kept == ("b.txt",)
        today = made.generation.documents["b"].as_of
        for command in ("build --dry-run", "status"):
            _, printed, words = run(*command.split())
            assert "left out: b.txt" in printed + words and f"shown as it was on {today}" in printed + words
        (corpus,) = [check for check in as_json(run("doctor", "--json"))["checks"] if check["name"] == "corpus"]
        assert "b.txt" in corpus["detail"]
    finally:
        path.write_bytes(content)
        made.rebuild()


def test_a_sound_index_has_nothing_broken(run: Run) -> None:
    """Every check is there, with exit code 0."""
    checks = as_json(run("doctor", "--json"))["checks"]
    assert {check["name"].split(" 0")[0] for check in checks} == {
        "corpus", "terms", "model", "weights", "disk", "generation", "packages", "changes"
    }  # fmt: skip
    assert {check["state"] for check in checks} == {"ok"}, checks


def test_the_doctor_finds_what_is_broken_and_says_what_to_do(made: Service, run: Run) -> None:
    """A damaged file, a lost pointer and a bad text are each found, with a mend in both languages and exit code 1."""
    path = made.places.data_dir / "generations" / "000002" / "passages.faiss"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    (made.places.data_dir / "CURRENT").write_text("000002\n", encoding="utf-8")
    (made.places.corpus_dir / "c.txt").write_bytes(b"a\x00b")
    checks = {check["name"]: check for check in as_json(run("doctor", "--json"), 1)["checks"]}
    assert "passages.faiss is damaged" in checks["generation 000002"]["detail"]
    assert "U+0000" in checks["corpus"]["detail"] and checks["pointer"]["state"] == "broken"
    for name in ("generation 000002", "corpus", "pointer"):
        assert "mscqa " in checks[name]["mend"] and "mscqa " in checks[name]["mend_zh"]
    assert checks["generation 000001"]["state"] == "ok"
    code, out, _ = run("doctor")
    assert code == 1 and "left out: c.txt" in out and "BROKEN  pointer" in out


def test_an_exported_generation_serves_elsewhere(
    made: Service, run: Run, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same content and the same answers on another machine, under a number of its own; nothing is overwritten."""
    path = tmp_path / "backup.tar"
    assert as_json(run("export", "1", str(path), "--json"))["generation"] == "000001"
    assert run("export", str(path))[0] == 1
    other = prepared(tmp_path / "other")
    monkeypatch.setenv("MSCQA_DATA_DIR", str(other))
    assert as_json(run("import", str(path), "--json"))["generation"] == "000001"
    assert as_json(run("import", str(path), "--json"))["generation"] == "000002"
    service = wired(Settings(corpus_dir=made.places.corpus_dir, data_dir=other), embedder)
    service.refresh()
    made.rollback("000001")
    one, two = made.ask("外泌体能穿过血脑屏障吗？"), service.ask("外泌体能穿过血脑屏障吗？")
    assert (one.hits, one.citations, one.answer) == (two.hits, two.citations, two.answer)
    assert made.generation.manifest.content_hash == service.generation.manifest.content_hash


def test_an_export_takes_no_files_place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor that of one made while it is written, nor of a link that leads nowhere; places that are none are named."""
    path = tmp_path / "backup.tar"

    def flush(temporary: Path) -> None:
        path.write_bytes(b"somebody else's")

    with monkeypatch.context() as patch:
        patch.setattr("index.generations.archive.flush_file", flush)
        code, _, words = run("export", str(path))
    assert (code, words) == (1, f"mscqa: {path} is there already; name another file or remove it.\n")
    assert path.read_bytes() == b"somebody else's" and not list(tmp_path.glob(".*"))
    (tmp_path / "link").symlink_to("nowhere")
    odd = {
        "link": "is there already", ".": "is there already", "backup.tar/x": "Not a directory", "none/x": "No such file",
        "x" * 300: "File name too long",
    }  # fmt: skip
    for name, said in odd.items():
        code, _, words = run("export", str(tmp_path / name))
        assert code == 1 and said in words and words.count("\n") == 1, words


def repacked(path: Path, change: Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]]) -> Path:
    """Return a copy of an export in which ``change`` gave what stands for each file."""
    changed = path.with_name("changed.tar")
    with tarfile.open(path) as source, tarfile.open(changed, "w") as target:
        for item in source:
            content = source.extractfile(item)
            assert content
            for other, words in change(item, content.read()):
                other.size = len(words) if other.isreg() else 0
                target.addfile(other, io.BytesIO(words))
    return changed


def test_an_archive_can_do_no_harm(made: Service, run: Run, tmp_path: Path) -> None:
    """Paths that lead out, links, devices, foreign, damaged and missing files are refused, and nothing is written."""
    path = tmp_path / "backup.tar"
    assert run("export", str(path))[0] == 0

    def renamed(name: str) -> Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]]:
        def change(item: tarfile.TarInfo, words: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
            item.name = name if item.name == "passages.jsonl" else item.name
            return [(item, words)]

        return change

    def typed(kind: bytes) -> Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]]:
        def change(item: tarfile.TarInfo, words: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
            if item.name == "passages.jsonl":
                item.type, item.linkname = kind, "/etc/passwd"
            return [(item, words)]

        return change

    changes = [renamed("../../evil"), renamed("/evil"), renamed("a/../evil"), renamed("passages.jsonl/x")]
    changes += [typed(tarfile.SYMTYPE), typed(tarfile.LNKTYPE), typed(tarfile.FIFOTYPE), typed(tarfile.CHRTYPE)]
    changes += [
        lambda item, words: [(item, words)] + [(tarfile.TarInfo("more"), b"x")] * (item.name == "manifest.json"),
        lambda item, words: [] if item.name == "glossary.json" else [(item, words)],
        lambda item, words: [] if item.name == "manifest.json" else [(item, words)],
        lambda item, words: [(item, words), (item, words)],
        lambda item, words: [(item, words[:-1] + b"?" if item.name == "documents.jsonl" else words)],
        lambda item, words: [(item, words + b" " if item.name == "manifest.json" else words)],
        lambda item, words: [(item, words.replace(b"glossary.json", b"../../y.json"))],
    ]  # fmt: skip
    before = {item for item in tmp_path.rglob("*") if not item.name.endswith((".tar", "build.lock"))}
    for number, change in enumerate(changes):
        code, _, words = run("import", str(repacked(path, change)))
        assert code == 1 and words.startswith("mscqa: "), (number, words)
        assert {item for item in tmp_path.rglob("*") if not item.name.endswith((".tar", "build.lock"))} == before, number
    whole = path.read_bytes()
    for size in (0, 1, 512, len(whole) // 2, len(whole) - 11_000):
        (tmp_path / "cut.tar").write_bytes(whole[:size])
        assert run("import", str(tmp_path / "cut.tar"))[0] == 1, size
    assert made.store.pointer() == "000002" and made.store.names() == ("000001", "000002")


def test_an_archive_whose_parts_do_not_fit_is_not_published(made: Service) -> None:
    """Hashes that are right aren't enough: a generation is probed before the pointer moves."""
    store = GenerationStore(made.places.data_dir)
    manifest = store.manifest("000002")
    draft = store.begin()
    for name in manifest.files:
        (draft.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (draft.folder / name).write_bytes((made.places.data_dir / "generations" / "000002" / name).read_bytes())
    older = made.places.data_dir / "generations" / "000001" / "passages.faiss"
    (draft.folder / "passages.faiss").write_bytes(older.read_bytes())
    with pytest.raises(CorruptGenerationError, match="differ in size"):
        store.publish(draft, lambda number, files: replace(manifest, sequence=number, files=files), probe)
    assert store.pointer() == "000002" and store.names() == ("000001", "000002")
