"""The service's speed and memory, from one run: ``make benchmark``, or ``python -m tests.benchmarks.service``.

Starts the server as users do, over the bundled text and a made-up corpus beside it, and asks the questions of the gold set.
Everything is asked on one machine, so clients, server and build share its processors: figures are for that machine as it
was. Prints a table and writes all to ``tests/benchmarks/service.json``.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx2

from index.generations.store import GenerationStore
from qa.evaluation.report import circumstances, written
from qa.settings import BUNDLED_CORPUS, Settings
from tests.benchmarks.synthetic import write_corpus

ROOT = Path(__file__).parents[2]
RESULT = Path(__file__).with_suffix(".json")
CLIENTS = (1, 8, 32)
_DOCUMENTS, _PASSAGES = 4, 30  # made up beside the bundled text, so that a full rebuild takes a while
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    pid: int
    started_in: float


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of clients that ask without a pause got."""

    clients: int
    questions: int
    per_second: float
    p50_ms: float
    p95_ms: float
    failed: int


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each number of clients asks")
    parser.add_argument("--output", type=Path, default=RESULT, help="where the figures are written")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mscqa-benchmark-") as name:
        folder = Path(name)
        item = measure(folder, questions(), parsed.seconds)
    parsed.output.write_text(written(item), encoding="utf-8")
    print(table(item))


def measure(folder: Path, asked: list[str], seconds: float) -> dict[str, Any]:
    """Return everything measured in ``folder``."""
    load_before = round(os.getloadavg()[0], 1)  # what else ran
    corpus, data = folder / "corpus", folder / "data"
    shutil.copytree(BUNDLED_CORPUS, corpus)
    write_corpus(corpus / "made-up", _DOCUMENTS, _PASSAGES)
    data.mkdir()
    (ROOT / "var" / "models").mkdir(parents=True, exist_ok=True)
    (data / "models").symlink_to(ROOT / "var" / "models")
    with served(corpus, data) as server:  # builds the index
        first_start = server.started_in
    with served(corpus, data) as server:
        memory_at_rest = resident(server.pid)
        loads = [asyncio.run(ask(server.url, asked, clients, seconds)) for clients in CLIENTS]
        memory = resident(server.pid)
        rebuilding = [during_a_full_rebuild(server, corpus, asked, clients, seconds) for clients in (1, 8)]
    settings = Settings(corpus_dir=corpus, data_dir=data)
    return {
        "made": circumstances(GenerationStore(data).current().manifest),
        "load_of_the_machine_before": load_before,
        "passages": GenerationStore(data).current().manifest.passages,
        "first_start_seconds": round(first_start, 1),
        "start_seconds": round(server.started_in, 1),
        "memory_mb": {"after_start": memory_at_rest, "after_load": memory},
        "load": [asdict(load) for load in loads],
        "full_rebuild": rebuilding,
        "one_question": one_question(settings, asked),
    }


@contextmanager
def served(corpus: Path, data: Path, variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run ``mscqa serve`` with more ``variables`` until it answers; ``started_in`` is how long that took."""
    own = {"MSCQA_CORPUS_DIR": str(corpus), "MSCQA_DATA_DIR": str(data), "OMP_NUM_THREADS": "1"}
    environment = {**os.environ, **own, **(variables or {})}
    command = [sys.executable, "-m", "api.command.main", "serve", "--port", "0"]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stderr
        url = next(found[0] for line in process.stderr if (found := _ADDRESS.search(line)))
        threading.Thread(target=process.stderr.read, daemon=True).start()  # so that the log never fills the pipe
        try:
            while httpx2.get(f"{url}/readyz").status_code != 200:
                time.sleep(0.05)
            yield Server(url, process.pid, time.perf_counter() - began)
        finally:
            process.terminate()


async def ask(url: str, asked: list[str], clients: int, seconds: float, stop: asyncio.Event | None = None) -> Load:
    """Let ``clients`` ask one question after the other for ``seconds``, or until ``stop`` is set."""
    times: list[float] = []
    failed = 0
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        nonlocal failed
        async with httpx2.AsyncClient(base_url=url, timeout=120) as client:
            turn = number
            while not stop.is_set() if stop else time.perf_counter() < end:
                began = time.perf_counter()
                answer = await client.post("/api/v1/ask", json={"question": asked[turn % len(asked)]})
                times.append(time.perf_counter() - began)
                failed += answer.status_code != 200
                turn += clients

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(clients)))
    whole = time.perf_counter() - began
    p50, p95 = statistics.median(times) * 1000, statistics.quantiles(times, n=20)[-1] * 1000
    return Load(clients, len(times), round(len(times) / whole, 1), round(p50, 1), round(p95, 1), failed)


def during_a_full_rebuild(server: Server, corpus: Path, asked: list[str], clients: int, seconds: float) -> dict[str, Any]:
    """Return the load at rest and while every made-up passage is embedded anew, one after the other."""
    at_rest = asyncio.run(ask(server.url, asked, clients, seconds))
    for path in (corpus / "made-up").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("。", f"（{clients}）。"), encoding="utf-8")  # no sentence is as it was

    async def both() -> tuple[Load, dict[str, Any]]:
        stop = asyncio.Event()
        async with httpx2.AsyncClient(base_url=server.url, timeout=120) as client:
            task = (await client.post("/api/v1/index/rebuild")).raise_for_status().json()
            asking = asyncio.create_task(ask(server.url, asked, clients, seconds, stop))
            while task["state"] in ("queued", "running"):
                await asyncio.sleep(0.2)
                task = (await client.get(task["url"])).json()
            stop.set()
            return await asking, task

    load, task = asyncio.run(both())
    assert task["state"] == "done", task
    return {
        "clients": clients,
        "embedded": task["report"]["embedded"],
        "at_rest": asdict(at_rest),
        "rebuilding": asdict(load),
        "p95_ratio": round(load.p95_ms / at_rest.p95_ms, 2),
    }


def one_question(settings: Settings, asked: list[str]) -> dict[str, float]:
    """Return how long one question takes without HTTP, and what part of that the model takes."""
    from qa.bootstrap import start

    service = start(settings)
    service.refresh()
    embedder = service.embedder
    for question in asked[:5]:
        service.ask(question)
    whole, embedding = [], []
    for question in asked[:60]:
        began = time.perf_counter()
        embedder.encode_question(question)
        between = time.perf_counter()
        service.ask(question)
        whole.append(time.perf_counter() - between)
        embedding.append(between - began)
    share = statistics.median(part / all_of_it for part, all_of_it in zip(embedding, whole, strict=True))
    return {
        "median_ms": round(statistics.median(whole) * 1000, 1),
        "embedding_median_ms": round(statistics.median(embedding) * 1000, 1),
        "embedding_share": round(share, 2),
    }


def questions() -> list[str]:
    """Return the questions of the gold set, Chinese and English."""
    lines = (ROOT / "tests" / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines if line.strip()]


def resident(pid: int) -> int:
    """Return a process's resident memory in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


def table(item: dict[str, Any]) -> str:
    """Return the figures as a table in Markdown."""
    one, memory = item["one_question"], item["memory_mb"]
    lines = [
        f"{item['made']['machine']['processor']} (load {item['load_of_the_machine_before']}), {item['passages']} passages",
        f"start {item['start_seconds']} s (the first time, with the index to build, {item['first_start_seconds']} s)",
        f"memory {memory['after_start']} MB after the start, {memory['after_load']} MB after the load",
        f"one question {one['median_ms']} ms, of which the model {one['embedding_share']:.0%}",
        "",
        "| clients | questions/s | p50 ms | p95 ms | failed |",
        "|---|---|---|---|---|",
    ]
    for load in item["load"]:
        lines.append(row(*(load[name] for name in ("clients", "per_second", "p50_ms", "p95_ms", "failed"))))
    lines += ["", "| full rebuild, clients | p95 ms at rest | p95 ms meanwhile | ratio | failed |", "|---|---|---|---|---|"]
    for case in item["full_rebuild"]:
        rest, busy = case["at_rest"], case["rebuilding"]
        lines.append(row(case["clients"], rest["p95_ms"], busy["p95_ms"], case["p95_ratio"], busy["failed"]))
    return "\n".join(lines)


def row(*cells: object) -> str:
    """Return a row of a table in Markdown."""
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
