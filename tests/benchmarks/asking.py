"""What each stage of a question costs besides its embedding: ``python -m tests.benchmarks.asking [--quick]``.

The gold questions are asked of the bundled text with the default model, and of 20,000 synthetic passages with a small model
of the same dimension (tests/benchmarks/synthetic.py): embedding isn't counted, all else costs what it would with a real
one. Prints one JSON object: median and 95th percentile of the whole and of each stage, in milliseconds.
"""

import argparse
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

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")

from index.models.embedding import Embedder
from index.models.loading import load_embedder
from index.models.onnx_embedder import OnnxEmbedder
from index.models.sentence_transformer import SentenceTransformerEmbedder
from qa.answers import engine
from qa.bootstrap import wired
from qa.questions.query import QueryReader
from qa.retrieval.weights import read_weights, write_weights
from qa.service import Service
from qa.settings import BUNDLED_CORPUS, Settings
from tests.benchmarks.synthetic import write_corpus, write_model

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "gold" / "questions.jsonl"
STAGES = {
    "find_candidates": "candidates and their signals",
    "rank": "ranking",
    "answer_signals": "answerability",
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
            began = time.perf_counter()
            try:
                return call(*args, **named)
            finally:
                self.seconds[name] += time.perf_counter() - began

        return measured


def measure(service: Service, embedder: Embedder, clock: Clock, questions: list[str]) -> dict[str, Any]:
    """Ask ``questions`` once to warm up and once measured; return milliseconds by stage."""
    for question in questions:
        service.ask(question)
    rows: list[dict[str, float]] = []
    for question in questions:
        clock.seconds.clear()
        began = time.perf_counter()
        service.ask(question)
        whole = time.perf_counter() - began
        rows.append({**clock.seconds, "whole, embedding apart": whole - clock.seconds["embedding"]})
    generation = service.generation
    stages = {name for row in rows for name in row}
    return {
        "passages": len(generation.passages),
        "questions": len(questions),
        "milliseconds": {
            name: {
                "median": round(float(np.median([row.get(name, 0.0) for row in rows])) * 1000, 2),
                "p95": round(float(np.percentile([row.get(name, 0.0) for row in rows], 95)) * 1000, 2),
            }
            for name in sorted(stages)
        },
    }


def main() -> None:
    """Measure both corpora and print the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the bundled text only")
    quick = parser.parse_args().quick
    clock = Clock()
    for function, stage in STAGES.items():
        setattr(engine, function, clock.timed(stage, getattr(engine, function)))
    for method in ("encode_question", "encode_questions"):
        for kind in (OnnxEmbedder, SentenceTransformerEmbedder):
            setattr(kind, method, clock.timed("embedding", getattr(kind, method)))
    QueryReader.read = clock.timed("understanding", QueryReader.read)  # type: ignore[method-assign]
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][::3]
    found = []
    with tempfile.TemporaryDirectory(prefix="mscqa-asking-") as name:
        folder = Path(name)
        embedder = load_embedder("default", ROOT / "var")
        service = wired(Settings(data_dir=folder / "bundled"), embedder)
        service.rebuild()
        found.append({"corpus": "bundled", **measure(service, embedder, clock, questions)})
        if not quick:
            write_corpus(folder / "texts", 1000, 20)
            texts = [path.read_text(encoding="utf-8") for path in sorted(BUNDLED_CORPUS.glob("*.md"))]
            texts += [path.read_text(encoding="utf-8") for path in sorted((folder / "texts").glob("*.md"))[:50]]
            write_model(folder, texts)
            small = SentenceTransformerEmbedder(str(folder / "model"), name="synthetic")
            write_weights(folder / "weights.json", replace(read_weights(), model="synthetic"))
            settings = Settings(corpus_dir=folder / "texts", data_dir=folder / "large", weights_file=folder / "weights.json")
            service = wired(settings, small)
            service.rebuild()
            found.append({"corpus": "synthetic", **measure(service, small, clock, questions)})
    machine = {"processor": platform.processor() or platform.machine(), "load": round(os.getloadavg()[0], 2)}
    print(json.dumps({"machine": machine, "corpora": found}, indent=1))


if __name__ == "__main__":
    main()
