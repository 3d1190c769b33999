"""What each stage of a question costs besides its embedding: ``python -m tests.benchmarks.asking [--quick]``.

The gold questions are asked of the bundled texts with the default model, and of 20,000 synthetic passages with a small model
of the same dimension (tests/benchmarks/synthetic.py): embedding isn't counted, all else costs what it would with a real
one. Each question comes as an HTTP request to the application, from its last byte to the answer's last byte; only the
socket is left out. Prints one JSON object: median and 95th percentile of the whole and of each stage, in milliseconds of
processor time, which others on the machine change less than they do the clock. ``rounds`` of the same questions tell how
far the whole can be trusted: of their medians the least and the greatest are given.
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

# Before NumPy is loaded, as the command does: its threads wait by spinning.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from fastapi import FastAPI
from starlette.types import Message

from api import routes
from api.app import create_app
from index.models.onnx_embedder import OnnxEmbedder
from index.models.sentence_transformer import SentenceTransformerEmbedder
from qa.answers import engine
from qa.bootstrap import wired
from qa.questions.query import QueryReader
from qa.retrieval.weights import read_weights, write_weights
from qa.settings import BUNDLED_CORPUS, Settings
from tests.benchmarks.synthetic import write_corpus, write_model

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "gold" / "questions.jsonl"
WHOLE = "whole request, embedding apart"
STAGES = {
    "find_candidates": "candidates and their signals",
    "rank": "ranking",
    "judge": "answerability",
    "find_absence": "what no text names",
    "_cited": "evidence and checked citations",
    "select": "choosing sentences",
    "extract": "writing the answer",
    "with_glosses": "reading aid",
}


class Clock:
    """Seconds spent in each stage of the question that is being asked."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``call``, its time added to the stage ``name``."""

        def measured(*args: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return call(*args, **named)
            finally:
                self.seconds[name] += time.thread_time() - began

        return measured


async def measure(app: FastAPI, clock: Clock, questions: list[str], rounds: int) -> dict[str, Any]:
    """Ask ``questions`` of ``app`` once to warm up and in ``rounds`` measured; return milliseconds by stage."""
    async with app.router.lifespan_context(app):
        runtime, began = app.state.runtime, time.process_time()
        while not runtime.ready:
            await asyncio.sleep(0.01)
        ready = time.process_time() - began
        rows: list[dict[str, float]] = []
        for question in questions * (rounds + 1):
            clock.seconds.clear()
            began = time.process_time()
            await request(app, question)
            whole = time.process_time() - began
            embedding, asking = clock.seconds["embedding"], clock.seconds["engine"]
            around = whole - asking - clock.seconds["presenting and JSON"]
            rows.append({**clock.seconds, WHOLE: whole - embedding, "engine": asking - embedding, "HTTP": around})
        generation = runtime.serving.generation
    rows = rows[len(questions) :]
    medians = [
        float(np.median([row[WHOLE] for row in rows[start : start + len(questions)]]))
        for start in range(0, len(rows), len(questions))
    ]
    return {
        "passages": len(generation.passages),
        "ready_processor_s": round(ready, 2),
        "questions": len(questions),
        "medians_of_rounds": [round(min(medians) * 1000, 2), round(max(medians) * 1000, 2)],
        "milliseconds": {
            name: {
                "median": round(float(np.median([row.get(name, 0.0) for row in rows])) * 1000, 2),
                "p95": round(float(np.percentile([row.get(name, 0.0) for row in rows], 95)) * 1000, 2),
            }
            for name in sorted({name for row in rows for name in row})
        },
    }


async def request(app: FastAPI, question: str) -> None:
    """Send one question to ``app`` as a server would, and take the whole answer."""
    body = json.dumps({"question": question}).encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/ask",
        "raw_path": b"/api/v1/ask",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
        "app": app,
    }
    received: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        received.append(message)

    await app(scope, receive, send)
    assert received[0]["status"] == 200, received


def gold_questions(step: int) -> list[str]:
    """Return every ``step``-th question of the gold set that the API takes: one of marks alone has nothing to ask."""
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][::step]
    return [question for question in asked if any(map(str.isalnum, question))]


def watched() -> Clock:
    """Return the clock of all stages, which are measured from now on."""
    clock = Clock()
    for function, stage in STAGES.items():
        setattr(engine, function, clock.timed(stage, getattr(engine, function)))
    for method in ("encode_question", "encode_questions"):
        for kind in (OnnxEmbedder, SentenceTransformerEmbedder):
            setattr(kind, method, clock.timed("embedding", getattr(kind, method)))
    QueryReader.read = clock.timed("understanding", QueryReader.read)  # type: ignore[method-assign]
    engine.Engine.ask = clock.timed("engine", engine.Engine.ask)  # type: ignore[method-assign]
    routes.answer_response = clock.timed("presenting and JSON", routes.answer_response)
    return clock


def main() -> None:
    """Measure both corpora and print the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the bundled text only")
    parser.add_argument("--rounds", type=int, default=3, help="how often all questions are asked and measured")
    parsed = parser.parse_args()
    clock = watched()
    questions = gold_questions(6)
    found = []
    with tempfile.TemporaryDirectory(prefix="mscqa-asking-") as name:
        folder = Path(name)
        (folder / "bundled").mkdir()
        (folder / "bundled" / "models").symlink_to(ROOT / "var" / "models")
        app = create_app(Settings(data_dir=folder / "bundled", requests_per_minute=0, threads=1))
        found.append({"corpus": "bundled", **asyncio.run(measure(app, clock, questions, parsed.rounds))})
        if not parsed.quick:
            settings = lay_synthetic(folder)
            found.append(
                {"corpus": "synthetic", **asyncio.run(measure(create_app(settings), clock, questions, parsed.rounds))}
            )
    machine = {"processor": platform.processor() or platform.machine(), "load": round(os.getloadavg()[0], 2)}
    print(json.dumps({"machine": machine, "corpora": found}, indent=1))


def lay_synthetic(folder: Path) -> Settings:
    """Write 20,000 synthetic passages and a small model into ``folder``, build them, and return how they are served."""
    write_corpus(folder / "texts", 1000, 20)
    texts = [path.read_text(encoding="utf-8") for path in sorted(BUNDLED_CORPUS.glob("*.md"))]
    texts += [path.read_text(encoding="utf-8") for path in sorted((folder / "texts").glob("*.md"))[:50]]
    write_model(folder, texts)
    model = str(folder / "model")
    write_weights(folder / "weights.json", replace(read_weights(), model=model))
    settings = Settings(
        corpus_dir=folder / "texts",
        data_dir=folder / "large",
        embedding_model=model,
        weights_file=folder / "weights.json",
        requests_per_minute=0,
        threads=1,  # another thread's part of the embedding would be counted as what is around it
    )
    wired(settings, SentenceTransformerEmbedder(model)).rebuild()
    return settings


if __name__ == "__main__":
    main()
