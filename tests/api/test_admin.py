"""The admin routes: rebuilding as a task, going back, and changing documents over the API."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from api.process.task_files import TaskFiles
from corpus.reading import read_folder, read_id
from index.building.documents import CorpusFolder, DocumentConflictError, DocumentIdError, NoDocumentError
from index.building.process import BuildProcess
from index.errors import BuildRunningError, IndexStoreError
from index.generations.lock import build_lock
from tests.api.conftest import HOMING, KEY, Served, ended
from tests.api.processes import children


def generation(client: httpx2.Client) -> str:
    return str(client.get("/api/v1/index").json()["generation"])


def build_children() -> list[int]:
    """Return the processes in which this one builds."""
    return children(os.getpid(), "index.building.worker")


ADMIN_ROUTES = [
    ("POST", "/api/v1/index/rebuild"),
    ("POST", "/api/v1/index/rollback"),
    ("GET", "/api/v1/index/tasks/0123456789abcdef"),
    ("DELETE", "/api/v1/index/tasks/0123456789abcdef"),
    ("PUT", "/api/v1/documents/homing"),
    ("DELETE", "/api/v1/documents/homing"),
]


@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", "Bearer é"]
)
def test_without_the_key_admin_routes_do_not_exist(keyed: Served, method: str, path: str, sent: str) -> None:
    """Promise 22: 404, whatever else the request holds, from this machine too."""
    headers = [(b"authorization", sent.encode("latin-1"))] if sent else []
    response = httpx2.request(method, keyed.url + path, headers=headers, content=b"{")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"x-real-ip": "203.0.113.9"},
        {"origin": "https://example.org"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"host": "rebound.example:8000"},
    ],
)
def test_without_a_configured_key_only_programs_on_this_machine_may(client: httpx2.Client, headers: dict[str, str]) -> None:
    """Neither through a proxy, nor for a page of another site, nor under a foreign name that leads here."""
    assert client.post("/api/v1/index/rebuild", headers=headers).status_code == 404
    assert client.get("/api/v1/index/tasks/0123456789abcdef").json()["detail"].startswith("There is no such task")


def test_without_a_configured_key_documents_are_not_changed(client: httpx2.Client, served: Served) -> None:
    """Not even from this machine."""
    name = next(served.corpus.glob("*.md")).stem
    put = client.put(f"/api/v1/documents/{name}", content=HOMING.encode(), headers={"content-type": "text/markdown"})
    assert put.status_code == 404 and "MSCQA_ADMIN_KEY" in put.json()["detail"]
    assert client.delete(f"/api/v1/documents/{name}").status_code == 404
    assert (served.corpus / f"{name}.md").exists()


def test_a_document_comes_changes_and_goes(keyed: Served, admin: httpx2.Client) -> None:
    """Stored, answered from, replaced only by who has seen it, and gone; each rebuild embeds only what is new."""
    markdown = {"content-type": "text/markdown; charset=utf-8"}
    first = "# 血脑屏障\n\n外泌体能够穿过血脑屏障。\n".encode()
    made = admin.put("/api/v1/documents/外泌体-1", content=first, headers=markdown)
    assert made.status_code == 201 and (keyed.corpus / "外泌体-1.md").read_bytes() == first
    task = ended(admin, made.json()["task"])
    assert (task["state"], task["report"]["added"], task["report"]["embedded"]) == ("done", ["外泌体-1"], 1)
    found = admin.get("/api/v1/ask", params={"question": "外泌体能穿过血脑屏障吗"}).json()
    assert found["passages"][0]["document_id"] == "外泌体-1" and found["index"]["generation"] == generation(admin)

    held = admin.get("/api/v1/documents/外泌体-1")
    assert held.headers["etag"] == made.headers["etag"] == f'"{made.json()["sha256"]}"'
    stale = admin.put("/api/v1/documents/外泌体-1", content=b"# x\n\ny", headers=markdown | {"if-match": f'"{"0" * 64}"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    new = admin.put("/api/v1/documents/外泌体-1", content=b"# x\n\ny", headers=markdown | {"if-none-match": "*"})
    assert new.status_code == 412 and (keyed.corpus / "外泌体-1.md").read_bytes() == first

    second = first.replace("能够".encode(), "不能".encode())
    changed = admin.put(
        "/api/v1/documents/外泌体-1?build=false", content=second, headers=markdown | {"if-match": made.headers["etag"]}
    )
    assert (changed.status_code, changed.json()["task"]) == (200, None)
    removed = admin.delete("/api/v1/documents/safety", headers={"if-match": "*"})
    assert removed.status_code == 200 and not (keyed.corpus / "safety.md").exists()
    task = ended(admin, removed.json()["task"])
    assert (task["state"], task["report"]["changed"], task["report"]["removed"]) == ("done", ["外泌体-1"], ["safety"])
    texts = [
        item["text"] for item in admin.get("/api/v1/ask", params={"question": "外泌体", "limit": 20}).json()["passages"]
    ]
    assert not any("能够穿过" in text or "不良事件" in text for text in texts)
    assert admin.delete("/api/v1/documents/safety").status_code == 404


@pytest.mark.parametrize(
    ("content", "headers", "status", "said"),
    [
        (b"caf\xe9", {}, 422, "UTF-8"),
        (b" \n", {}, 422, "empty"),
        (b"a\x00b", {}, 422, "U+0000"),
        (b"---\ntitle: [x\n---\n\ntext", {}, 422, "front matter"),
        (b"---\nid: other\n---\n\ntext", {}, 422, "'other'"),
        (b"text", {"content-type": "application/pdf"}, 415, "text/markdown"),
        (b"text", {"content-type": "text/plain; charset=gbk"}, 415, "UTF-8"),
        (b"text", {"content-type": "text/plain"}, 409, ".md"),
        (b"text", {"if-match": "abc"}, 422, "if-match"),
        (b"x" * 5_000_001, {}, 413, "5000000"),
    ],
)
def test_a_document_that_cannot_be_used_changes_nothing(
    keyed: Served, admin: httpx2.Client, content: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    """The reader's reason is given, and the file stays as it was."""
    before = (keyed.corpus / "homing.md").read_bytes()
    response = admin.put("/api/v1/documents/homing", content=content, headers={"content-type": "text/markdown"} | headers)
    assert response.status_code == status and said in response.json()["detail"], response.text
    assert (keyed.corpus / "homing.md").read_bytes() == before
    assert [path.name for path in keyed.corpus.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"if-match": "*"}, 412),
        ({"if-match": '"abc"'}, 412),
        ({"if-match": f'W/"{"0" * 64}", "abc"'}, 412),
        ({"if-none-match": '"abc"'}, 201),
        ({"if-match": '"abc"', "if-none-match": "*"}, 412),
        ({"if-match": "W/abc"}, 422),
    ],
)
def test_a_condition_on_a_document_that_is_not_there(
    keyed: Served, admin: httpx2.Client, condition: dict[str, str], status: int
) -> None:
    """RFC 9110, 13.1: none of `If-Match` holds for it, and it isn't made."""
    path, headers = keyed.corpus / "conditional.txt", {"content-type": "text/plain"} | condition
    put = admin.put("/api/v1/documents/conditional?build=false", content="一。".encode(), headers=headers)
    assert (put.status_code, path.exists()) == (status, status == 201)
    path.unlink(missing_ok=True)
    removed = admin.delete("/api/v1/documents/conditional?build=false", headers={"if-match": '"abc"'})
    assert removed.status_code == 404


def test_a_condition_names_a_document_among_others(keyed: Served, admin: httpx2.Client) -> None:
    """A strong tag in a list is enough for `If-Match`, a weak one is none; `If-None-Match` takes both kinds."""
    headers, text = {"content-type": "text/markdown"}, (keyed.corpus / "homing.md").read_bytes()
    tag = f'"{hashlib.sha256(text).hexdigest()}"'

    def status(name: str, value: str) -> int:
        put = admin.put("/api/v1/documents/homing?build=false", content=text, headers=headers | {name: value})
        return put.status_code

    assert status("if-match", f'"abc" , {tag}') == 200 and status("if-match", f"W/{tag}") == 412
    assert status("if-none-match", f'"abc",W/{tag}') == 412 and status("if-none-match", '"abc"') == 200


@pytest.mark.parametrize(
    "identifier",
    [
        "..",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "a.b",
        "A",
        "a_b",
        "-a",
        "a--b",
        "a%00",
        "a%0a",
        "a%20b",
        "α",
        "a" * 61,
        "%ff",
    ],
)
def test_an_id_never_becomes_a_path(keyed: Served, admin: httpx2.Client, identifier: str) -> None:
    """One strict pattern; whatever doesn't match it is refused, and no file is made anywhere."""
    before = sorted(path for path in keyed.corpus.parent.rglob("*") if "tasks" not in path.parts)
    response = admin.put(f"/api/v1/documents/{identifier}", content=b"text", headers={"content-type": "text/plain"})
    assert response.status_code in (404, 405, 422)
    assert sorted(path for path in keyed.corpus.parent.rglob("*") if "tasks" not in path.parts) == before


def test_a_second_rebuild_is_refused_and_the_first_can_be_cancelled(keyed: Served, admin: httpx2.Client) -> None:
    """409 names the running task; a cancelled one publishes nothing and leaves nothing; the next one works."""
    before = generation(admin)
    # So much that a fast machine is still embedding it when the cancellation comes.
    text = "\n".join(
        f"第{number}项研究：" + "帕金森病与多巴胺能神经元的丢失有关，" * 7 + f"见表{number}。" for number in range(800)
    )
    (keyed.corpus / "late.txt").write_text(text, encoding="utf-8")
    running = admin.post("/api/v1/index/rebuild").json()
    second = admin.post("/api/v1/index/rebuild")
    assert (second.status_code, second.json()["code"]) == (409, "build_running")
    assert second.json()["task"]["id"] == running["id"]
    assert admin.post("/api/v1/index/rollback", json={"generation": before}).status_code == 409
    assert admin.delete(running["url"]).status_code == 202
    assert ended(admin, running)["state"] == "cancelled"
    assert generation(admin) == before and admin.get("/api/v1/index").json()["task"] is None
    assert list((keyed.settings.data_dir / "generations").glob(".tmp-*")) == []
    assert ended(admin, admin.post("/api/v1/index/rebuild").json())["report"]["added"] == ["late"]
    assert admin.delete(running["url"]).json()["state"] == "cancelled"


def test_going_back_answers_from_the_older_generation(admin: httpx2.Client) -> None:
    """And the next rebuild takes the texts in again; one that isn't kept is refused."""
    kept = admin.get("/api/v1/index").json()["kept"]
    state = admin.post("/api/v1/index/rollback", json={"generation": kept[-2]})
    assert state.status_code == 200 and state.json()["generation"] == kept[-2] == generation(admin)
    asked = admin.get("/api/v1/ask", params={"question": "多巴胺", "limit": 20}).json()
    assert asked["index"]["generation"] == kept[-2]
    assert all(item["document_id"] != "late" for item in asked["passages"])
    assert admin.post("/api/v1/index/rollback", json={"generation": "999999"}).status_code == 409
    assert admin.post("/api/v1/index/rollback", json={"generation": "../x"}).status_code == 422
    assert admin.post("/api/v1/index/rollback", json={"generation": kept[-1]}).json()["generation"] == kept[-1]


def test_a_killed_build_fails_with_its_reason_and_the_old_generation_answers(keyed: Served, admin: httpx2.Client) -> None:
    """Promise 14: kill -9 of the child is a failed task, and the lock is free again."""
    before = generation(admin)
    (keyed.corpus / "killed.txt").write_text("亨廷顿病。", encoding="utf-8")
    task = admin.post("/api/v1/index/rebuild").json()
    while not (children := build_children()):
        time.sleep(0.05)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    task = ended(admin, task)
    assert task["state"] == "failed" and "signal 9" in task["error"]
    assert generation(admin) == before
    assert admin.get("/api/v1/ask", params={"question": "归巢"}).json()["index"]["generation"] == before
    with build_lock(keyed.settings.data_dir):
        pass
    (keyed.corpus / "killed.txt").unlink()


def test_a_task_whose_process_is_gone_has_failed(tmp_path: Path) -> None:
    """It isn't shown as running forever."""
    files = TaskFiles(tmp_path)
    task, owner = files.create()
    assert files.read(task.id) == task
    owner.close()
    lost = TaskFiles(tmp_path).read(task.id)
    assert lost and lost.state == "failed" and "ended" in str(lost.error)
    (tmp_path / "outside.json").write_bytes((tmp_path / "tasks" / f"{task.id}.json").read_bytes())
    assert files.read("../outside") is None and files.read("0" * 16) is None


def test_a_build_that_runs_out_of_memory_names_the_setting(keyed: Served, admin: httpx2.Client) -> None:
    """Promise 14: the child's limit ends the child only; the server answers on, and the lock is free."""
    (keyed.corpus / "large.txt").write_text("亨廷顿病。", encoding="utf-8")
    limited = BuildProcess(replace(keyed.settings.places, memory_mb=256))
    try:
        with (
            build_lock(keyed.settings.data_dir) as lock,
            pytest.raises(IndexStoreError, match="MSCQA_BUILD_MEMORY_MB"),
        ):
            limited.build(lock, lambda step, done, whole: None)
        assert admin.get("/api/v1/ask", params={"question": "归巢"}).status_code == 200
        with build_lock(keyed.settings.data_dir):
            pass
    finally:
        limited.close()
        (keyed.corpus / "large.txt").unlink()


def test_a_build_stands_back_for_those_who_ask(keyed: Served, admin: httpx2.Client) -> None:
    """Lowest priority, the first to go where memory is short, and under the limit, before it reads anything."""
    building = BuildProcess(replace(keyed.settings.places, memory_mb=3000))
    others = set(build_children())
    seen: list[tuple[int, str, bool]] = []

    def look(step: str, done: int, whole: int) -> None:
        for pid in set(build_children()) - others:
            adjusted = Path(f"/proc/{pid}/oom_score_adj").read_text().strip()
            limits = Path(f"/proc/{pid}/limits").read_text()
            limited = bool(re.search(rf"^Max data size +{3000 << 20} +{3000 << 20} ", limits, re.MULTILINE))
            seen.append((os.getpriority(os.PRIO_PROCESS, pid), adjusted, limited))

    try:
        with build_lock(keyed.settings.data_dir) as lock:
            building.build(lock, look)
    finally:
        building.close()
    assert set(seen) == {(19, "1000", True)}


@pytest.mark.parametrize(
    "identifier", ["..", "../x", "/etc/passwd", "a/b", "a.b", "A", "a\n", "a\x00", "a--b", "", "a" * 61]
)
def test_the_corpus_folder_itself_makes_no_path_of_a_strange_id(tmp_path: Path, identifier: str) -> None:
    """Whatever the routes let through."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "x.md").write_text("外面。", encoding="utf-8")
    folder = CorpusFolder(tmp_path / "corpus", tmp_path / "data")
    with pytest.raises(DocumentConflictError):
        folder.store(identifier, "一。".encode(), ".md", known_as=None)
    with pytest.raises(DocumentConflictError):
        folder.remove(identifier, known_as=None)
    assert list((tmp_path / "corpus").iterdir()) == [] and (tmp_path / "x.md").exists()


@pytest.mark.parametrize("name", ["my_text.txt", "My Text.TXT", "my/text.txt", "other.md"])
def test_a_document_is_known_by_its_id_whatever_its_file_is_called(tmp_path: Path, name: str) -> None:
    """Nobody needs to have built before: it is replaced or removed, and no second file of its id is made."""
    corpus = tmp_path / "corpus"
    kind = Path(name).suffix.lower()
    (corpus / name).parent.mkdir(parents=True)
    (corpus / name).write_text("---\nid: my-text\n---\n\n一。" if kind == ".md" else "一。", encoding="utf-8")
    folder = CorpusFolder(corpus, tmp_path / "data")
    with pytest.raises(DocumentConflictError, match=rf"The document is a \{kind} file"):
        folder.store("my-text", "二。".encode(), {".md": ".txt", ".txt": ".md"}[kind], known_as=None)
    second = "---\nid: my-text\n---\n\n二。" if kind == ".md" else "二。"
    assert not folder.store("my-text", second.encode(), kind, known_as=None).created
    assert [document.filename for document in read_folder(corpus)] == [name]
    assert (corpus / name).read_text(encoding="utf-8") == second
    folder.remove("my-text", known_as=None)
    assert not (corpus / name).exists()


@pytest.mark.parametrize("name", ["étude-α.md", "ひらがな.md", "a" * 100 + ".md"])
def test_a_document_whose_id_no_new_one_may_have_can_be_replaced_and_removed(tmp_path: Path, name: str) -> None:
    """It was put into the folder by hand and is listed; a new one of such an id is still refused."""
    corpus, identifier = tmp_path / "corpus", Path(name).stem
    corpus.mkdir()
    (corpus / name).write_text("一。", encoding="utf-8")
    folder = CorpusFolder(corpus, tmp_path / "data")
    assert [document.id for document in read_folder(corpus)] == [identifier]
    assert not folder.store(identifier, "二。".encode(), ".md", known_as=None).created
    folder.remove(identifier, known_as=name)
    assert list(corpus.iterdir()) == []
    with pytest.raises(DocumentIdError, match="There is no document of this id"):
        folder.store(identifier, "二。".encode(), ".md", known_as=None)


def test_a_listed_document_of_any_id_goes_over_the_api(keyed: Served, admin: httpx2.Client) -> None:
    """Its address is its id, and an unknown one is told to be none."""
    path = keyed.corpus / "étude-α.md"
    path.write_text("一。", encoding="utf-8")
    assert admin.delete("/api/v1/documents/étude-β?build=false").status_code == 404
    assert admin.delete("/api/v1/documents/étude-α?build=false").status_code == 200 and not path.exists()


def test_a_files_id_is_read_again_once_the_file_changes_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new document is looked for in every file, and questions are answered meanwhile."""
    corpus, looked = tmp_path / "corpus", []
    corpus.mkdir()

    def read(path: Path, folder: Path) -> str:
        looked.append(path.name)
        return read_id(path, folder)

    monkeypatch.setattr("index.building.documents.read_id", read)
    (corpus / "one.md").write_text("一。", encoding="utf-8")
    folder = CorpusFolder(corpus, tmp_path / "data")
    folder.store("two", "二。".encode(), ".md", known_as=None)
    folder.store("three", "三。".encode(), ".md", known_as=None)
    assert sorted(looked) == ["one.md", "two.md"]
    (corpus / "one.md").write_text("---\nid: four\n---\n\n一。", encoding="utf-8")
    assert not folder.store("four", "---\nid: four\n---\n\n四。".encode(), ".md", known_as=None).created
    assert looked.count("one.md") == 2


def test_a_file_that_cannot_be_read_is_mended_by_another_text_of_its_name(tmp_path: Path) -> None:
    """A file of another name whose id nobody can tell stands against nothing."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "my_text.txt").write_bytes(b"\xff")
    (corpus / "unread.md").write_bytes(b"\xff")
    folder = CorpusFolder(corpus, tmp_path / "data")
    assert not folder.store("my-text", "一。".encode(), ".txt", known_as=None).created
    assert sorted(path.name for path in corpus.iterdir()) == ["my_text.txt", "unread.md"]
    assert folder.store("new", "一。".encode(), ".md", known_as=None).created


def test_a_document_outside_the_corpus_folder_is_not_touched(tmp_path: Path) -> None:
    """A link in the folder, or a file name that leads out of it, is neither replaced nor removed."""
    (tmp_path / "corpus").mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("外面。", encoding="utf-8")
    (tmp_path / "corpus" / "linked").symlink_to(outside)
    folder = CorpusFolder(tmp_path / "corpus", tmp_path / "data")
    for name in ("linked/a.md", "../outside/a.md"):
        with pytest.raises(NoDocumentError):
            folder.remove("a", known_as=name)
    assert (outside / "a.md").read_text(encoding="utf-8") == "外面。"


def test_a_build_ends_with_the_server_that_asked_for_it(keyed: Served) -> None:
    """After kill -9 of the server its child leaves within moments, and the lock with it."""
    program = (
        "import sys\n"
        "from index.generations.lock import build_lock\n"
        "from index.building.process import BuildProcess\n"
        "from qa.settings import Settings\n"
        "settings = Settings.model_validate_json(sys.argv[1])\n"
        "with build_lock(settings.data_dir) as lock:\n"
        "    BuildProcess(settings.places).build(lock, lambda *step: print(*step, flush=True))\n"
    )
    settings = keyed.settings.model_dump_json(exclude={"admin_key"})
    with subprocess.Popen([sys.executable, "-c", program, settings], stdout=subprocess.PIPE) as server:
        assert server.stdout and server.stdout.readline()
        with pytest.raises(BuildRunningError), build_lock(keyed.settings.data_dir):
            pass
        server.kill()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with build_lock(keyed.settings.data_dir):
                return
        except BuildRunningError:
            time.sleep(0.1)
    pytest.fail("the build outlived its server")


def test_the_managing_page_says_that_a_rebuild_is_under_way(keyed: Served) -> None:
    """In its own words, and not in those that commands use."""
    with build_lock(keyed.settings.data_dir), httpx2.Client(base_url=keyed.url) as client:
        said = {}
        for language in ("en", "zh"):
            form = {"key": KEY, "action": "rebuild"}
            answer = client.post(f"/manage?ui={language}", data=form, headers={"origin": keyed.url})
            said[language] = (answer.status_code, answer.text)
    assert said["en"][0] == 422 and "Another rebuild is under way." in said["en"][1]
    assert said["zh"][0] == 422 and "另一次重建正在进行。" in said["zh"][1]
