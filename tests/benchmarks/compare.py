"""Speed, memory and quality beside txtai, LangChain and LlamaIndex, in one run: ``make benchmark``.

All index the same text with the same model and are asked the same questions, one service at a time, on the machine that the
clients use too: ratios within a run are what counts. Peers stand in an environment of their own, with the extra ``peers``;
without one only this service is measured. Quality stands beside speed: R@k is whether the first k results hold most of an
answer. Prints a table and writes ``docs/figures/speed.json``, from which ``docs/figures/speed.svg`` is drawn.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx2

from index.generations.store import GenerationStore
from index.models.default_model import ensure_default_model
from qa.evaluation.report import circumstances, written
from qa.settings import BUNDLED_CORPUS
from tests.benchmarks.chart import draw
from tests.benchmarks.service import CLIENTS, Load, Server, resident, row, served

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "docs" / "figures" / "speed.json"
CHART = ROOT / "docs" / "figures" / "speed.svg"
_PEERS = {"txtai": "txtai_service", "LangChain": "langchain_service", "LlamaIndex": "llama_index_service"}
_PORT = 18733
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """How a service is asked: the path, the parameters of a question, and the texts of what it answers."""

    path: str
    parameters: Callable[[str], dict[str, Any]]
    texts: Callable[[Any], list[str]]


_OURS = Asked("/api/v1/ask", lambda text: {"question": text}, lambda item: [hit["text"] for hit in item["passages"]])
_THEIRS = Asked("/search", lambda text: {"query": text, "limit": _DEPTH}, lambda item: [hit["text"] for hit in item])


def main() -> None:
    """Measure all services, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, help="Python that has the extra `peers`")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each number of clients asks in a round")
    parser.add_argument("--rounds", type=int, default=2, help="how often each service has its turn")
    parser.add_argument("--output", type=Path, default=RESULT, help="where the figures are written")
    parsed = parser.parse_args()
    gold = [json.loads(line) for line in (ROOT / "tests" / "gold" / "questions.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory(prefix="mscqa-compare-") as name:
        item = measure(Path(name), gold, parsed.peers, parsed.seconds, parsed.rounds)
    parsed.output.write_text(written(item), encoding="utf-8")
    if parsed.output == RESULT:
        CHART.write_text(draw(item), encoding="utf-8")
    print(table(item))


def measure(folder: Path, gold: list[dict[str, Any]], peers: Path | None, seconds: float, rounds: int) -> dict[str, Any]:
    """Return what was measured of each service: the median of its rounds."""
    corpus, data = folder / "corpus", folder / "data"
    shutil.copytree(BUNDLED_CORPUS, corpus)
    data.mkdir()
    model = ensure_default_model(ROOT / "var")
    (data / "models").symlink_to(ROOT / "var" / "models")
    with served(corpus, data):
        pass  # builds the index
    found: dict[str, list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for name in ("mscqa", *(_PEERS if peers else ())):
            began = time.perf_counter()
            opened = served(corpus, data) if name == "mscqa" else peer(peers or Path(), _PEERS[name], model, corpus)
            with opened as server:
                how = _OURS if name == "mscqa" else _THEIRS
                found.setdefault(name, []).append(turn(server, how, gold, seconds, began))
                print(name, json.dumps(found[name][-1]), file=sys.stderr, flush=True)
    services = {name: _middle(turns) for name, turns in found.items()}
    made = circumstances(GenerationStore(data).current().manifest)
    return {"made": made, "load_of_the_machine": round(os.getloadavg()[0], 1), "services": services}


@contextmanager
def peer(python: Path, module: str, model: Path, corpus: Path) -> Iterator[Server]:
    """Run a peer's service until it answers a first question."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONPATH": str(ROOT)}
    command = [python, "-W", "ignore", "-m", f"tests.benchmarks.peers.{module}", model, corpus, str(_PORT)]
    began = time.perf_counter()
    with subprocess.Popen(list(map(str, command)), cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            while not _answers() and process.poll() is None:
                time.sleep(0.1)
            if process.poll() is not None:
                sys.exit(f"{module} ended with code {process.returncode}; try: {' '.join(map(str, command))}")
            yield Server(f"http://127.0.0.1:{_PORT}", process.pid, time.perf_counter() - began)
        finally:
            process.terminate()


def _answers() -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{_PORT}/search", params={"query": "a"}).status_code == 200
    except httpx2.HTTPError:
        return False


def turn(server: Server, how: Asked, gold: list[dict[str, Any]], seconds: float, began: float) -> dict[str, Any]:
    """Return the figures of one turn of a service."""
    questions = [item["question"] for item in gold]
    first = asyncio.run(ask(server.url, how, questions, 1, 0.0))
    first_answer = time.perf_counter() - began
    used = processor_seconds(server.pid)
    loads = [asyncio.run(ask(server.url, how, questions, clients, seconds)) for clients in CLIENTS]
    used = processor_seconds(server.pid) - used
    assert first.failed == 0
    return {
        "start_seconds": round(server.started_in, 2),
        "first_answer_seconds": round(first_answer, 2),
        "memory_mb": resident(server.pid),
        "processor_ms_a_question": round(1000 * used / sum(load.questions for load in loads), 1),
        "load": [asdict(load) for load in loads],
        "quality": quality(server.url, how, gold),
    }


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used: what others do on the machine changes it little."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ask(url: str, how: Asked, asked: list[str], clients: int, seconds: float) -> Load:
    """Let ``clients`` ask different questions, one after the other, for ``seconds``, at least one each."""
    times: list[float] = []
    failed = 0
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        nonlocal failed
        async with httpx2.AsyncClient(base_url=url, timeout=120) as client:
            place = number * 97  # far enough apart that no two ask the same at a time
            while True:
                began = time.perf_counter()
                answer = await client.get(how.path, params=how.parameters(asked[place % len(asked)]))
                times.append(time.perf_counter() - began)
                failed += answer.status_code != 200
                place += 1
                if time.perf_counter() >= end:
                    return

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(clients)))
    whole = time.perf_counter() - began
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    p50, p95 = statistics.median(times) * 1000, p95 * 1000
    return Load(clients, len(times), round(len(times) / whole, 1), round(p50, 1), round(p95, 1), failed)


def quality(url: str, how: Asked, gold: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return R@1 and R@5 by language over every third question that has an answer: whether results hold most of one."""
    found: dict[str, list[list[bool]]] = {}
    with httpx2.Client(base_url=url, timeout=120) as client:
        for item in [item for item in gold if item.get("answers")][::3]:
            texts = how.texts(client.get(how.path, params=how.parameters(item["question"])).json())[:_DEPTH]
            holds = [any(_shared(text, answer["quote"]) for answer in item["answers"]) for text in texts]
            found.setdefault(item["language"], []).append(holds)
    return {
        language: {
            "R@1": round(statistics.mean(bool(holds and holds[0]) for holds in rows), 3),
            "R@5": round(statistics.mean(any(holds) for holds in rows), 3),
            "questions": len(rows),
        }
        for language, rows in sorted(found.items())
    }


def _shared(text: str, quote: str) -> bool:
    """Tell whether ``text`` has more than half of ``quote`` in one piece or whole sentences of it."""
    half = len(quote) // 2 + 1
    return any(quote[start : start + half] in text for start in range(len(quote) - half + 1))


def _middle(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the turn whose questions a second at eight clients are the middle of all."""
    return sorted(turns, key=lambda item: item["load"][1]["per_second"])[len(turns) // 2]


def table(item: dict[str, Any]) -> str:
    """Return the figures as a table in Markdown."""
    head = [f"{clients} client{'s' * (clients > 1)}, questions/s" for clients in CLIENTS]
    lines = [row("", *head, "p50 ms", "p95 ms", "processor ms", "start s", "memory MB", "R@1 zh / en", "R@5 zh / en")]
    lines.append(row(*["---"] * 11))
    for name, one in item["services"].items():
        loads, held = one["load"], one["quality"]
        shares = [f"{held['zh'][k]:.2f} / {held['en'][k]:.2f}" for k in ("R@1", "R@5")]
        cells = [*(load["per_second"] for load in loads), loads[0]["p50_ms"], loads[0]["p95_ms"]]
        lines.append(row(name, *cells, one["processor_ms_a_question"], one["start_seconds"], one["memory_mb"], *shares))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
