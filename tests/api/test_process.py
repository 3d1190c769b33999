"""The server as it is run: two processes behind one port, a watched folder, a metrics page, and SIGTERM."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.api.conftest import KEY, Served
from tests.api.processes import Running, children, started, until
from tests.data_folder import prepared


@pytest.fixture(scope="module")
def running(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``mscqa serve --workers 2``, watching a copy of the corpus with the index of the other server."""
    folder = tmp_path_factory.mktemp("running")
    shutil.copytree(served.corpus, folder / "corpus")
    # Without the other server's tasks: tests that ran before left failed and cancelled ones there.
    no_tasks = shutil.ignore_patterns("tasks")
    shutil.copytree(served.settings.data_dir, folder / "data", symlinks=True, ignore=no_tasks)
    (folder / "corpus" / "earlier.txt").write_text("星形胶质细胞。", encoding="utf-8")  # while nobody watched
    with started(folder / "corpus", folder / "data", "--workers", "2", watch="true") as server:
        yield server


def generations(running: Running, times: int = 24) -> set[str | None]:
    """Return which generations answer, asked on many connections so that each process is met."""
    return {httpx2.get(f"{running.url}/api/v1/index").json()["generation"] for _ in range(times)}


def tasks(running: Running) -> list[dict[str, object]]:
    listed = httpx2.get(f"{running.url}/api/v1/index/tasks", headers={"authorization": f"Bearer {KEY}"})
    found: list[dict[str, object]] = listed.json()["tasks"]
    return found


def test_an_edit_is_seen_and_each_process_answers_from_it(running: Running) -> None:
    """Put there by renaming, as editors do; a burst is one build, and a broken file none."""
    until(lambda: running.opened() >= 2, "readiness of both")
    until(lambda: None not in generations(running), "readiness of both")
    until(lambda: [task["state"] for task in tasks(running)][-1:] == ["done"], "the first look")
    until(lambda: all(task["state"] == "done" for task in tasks(running)), "the first look of each that watched")
    first = tasks(running)[-1]["report"]
    assert isinstance(first, dict) and first["added"] == ["earlier"]  # an edit from before the start
    before = len(tasks(running))
    for part in range(5):
        (running.corpus / ".late.tmp").write_text("线粒体转移使神经元恢复。" * (part + 1), encoding="utf-8")
        (running.corpus / ".late.tmp").rename(running.corpus / "late.txt")
        time.sleep(0.02)
    until(lambda: len(tasks(running)) > before and tasks(running)[0]["state"] == "done", "a build")
    report = tasks(running)[0]["report"]
    assert isinstance(report, dict) and report["added"] == ["late"] and len(tasks(running)) <= before + 2
    end = time.monotonic() + 60
    began = time.monotonic()
    while generations(running) != {report["generation"]}:
        assert time.monotonic() < end
    print(f"both processes answered from it {time.monotonic() - began:.2f} s after the build")

    (running.corpus / "half.txt").write_bytes("半".encode()[:2])
    until(lambda: "half.txt" in str(tasks(running)[0]["report"]), "word of the file that was left out")
    assert tasks(running)[0]["state"] == "done" and generations(running) == {report["generation"]}
    (running.corpus / "half.txt").write_text("一半。", encoding="utf-8")
    until(lambda: "half" in (tasks(running)[0]["report"] or {}).get("added", ()), "a mended build")  # type: ignore[attr-defined]


def test_the_metrics_count_over_all_processes(running: Running) -> None:
    """In Prometheus's text format; no label holds a question."""
    for _ in range(12):
        assert httpx2.get(f"{running.url}/api/v1/ask", params={"question": "外泌体"}, timeout=60).status_code == 200
    assert httpx2.get(f"{running.url}/metrics").status_code == 404
    time.sleep(1)  # how things stand is told twice a second
    answer = httpx2.get(f"{running.url}/metrics", headers={"authorization": f"Bearer {KEY}"})
    assert answer.headers["content-type"].startswith("text/plain")
    values = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    counted = [float(value) for name, value in values.items() if name.startswith("mscqa_questions_total")]
    assert sum(counted) >= 12 and float(values["mscqa_question_seconds_count"]) >= 12
    assert float(values["mscqa_ready"]) == 1 and float(values["mscqa_degraded"]) == 0
    assert float(values['mscqa_builds_total{outcome="done"}']) >= 2
    assert "外泌体" not in answer.text


def test_a_worker_that_dies_is_replaced(running: Running) -> None:
    """The other one answers meanwhile."""
    before, opened = running.workers(), running.opened()
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(set(running.workers()) - {before[0]}) == 2, "another worker")
    until(lambda: running.opened() > opened, "its readiness")  # told by itself: connections may all reach the other one
    until(lambda: None not in generations(running), "its readiness")


def test_sigterm_lets_questions_under_way_end_and_sends_the_waiting_away(running: Running) -> None:
    """Every question gets 200, or 503 with Retry-After; the process ends by itself and soon."""
    started = threading.Barrier(21)

    def ask(number: int) -> tuple[int, str]:
        with httpx2.Client(base_url=running.url, timeout=60) as own:
            own.get("/healthz")  # the connection is open
            started.wait()
            response = own.post("/api/v1/ask", json={"question": f"第{number}个问题：" + "外泌体如何穿过血脑屏障" * 30})
            return response.status_code, response.headers.get("retry-after", "")

    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(ask, number) for number in range(20)]
        started.wait()
        time.sleep(0.15)
        running.process.send_signal(signal.SIGTERM)
        answers = [item.result() for item in asked]
    assert set(answers) == {(200, ""), (503, "5")}, answers
    assert running.process.wait(40) in (0, -signal.SIGTERM)
    assert not any("Traceback" in line for line in running.log), "".join(running.log)
    assert not any("第1个问题" in line for line in running.log)


def test_a_build_process_that_waits_for_edits_ends_with_its_server(tmp_path: Path) -> None:
    """Though the server was killed and could not tell it."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "one.txt").write_text("星形胶质细胞支持神经元。", encoding="utf-8")
    with started(tmp_path / "corpus", prepared(tmp_path / "data")) as server:
        (child,) = children(server.process.pid, "index.building.worker")
        server.process.kill()
        until(lambda: not Path(f"/proc/{child}/exe").exists(), "the end of the build process", 30)
