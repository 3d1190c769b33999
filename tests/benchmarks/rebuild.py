"""Time from a one-sentence edit until it can be found: ``python -m tests.benchmarks.rebuild [--quick] [--http]``.

Corpus and model are made here (tests/benchmarks/synthetic.py): what is measured is everything but the model's own speed,
which only new passages cost. Prints one JSON object: per corpus the first build, and the median of the edits. With
``--http`` also what somebody waits who edits a file beside a running server, until an answer over HTTP has the sentence:
asked for by ``POST /api/v1/index/rebuild``, and seen by the server's watch.
"""

import argparse
import gc
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

os.environ.setdefault("OMP_NUM_THREADS", "1")

from corpus.term_files import read_terms
from index.models.sentence_transformer import SentenceTransformerEmbedder
from qa.bootstrap import wired
from qa.retrieval.weights import read_weights, write_weights
from qa.settings import BUNDLED_TERMS, Settings
from tests.benchmarks.service import Server, served
from tests.benchmarks.synthetic import sentence, write_corpus, write_model

EDITS = 5


@dataclass(frozen=True, slots=True)
class Size:
    """A corpus: how many documents, and about how many passages in each."""

    name: str
    documents: int
    passages: int


SIZES = (Size("50 passages", 5, 10), Size("1,000 documents", 1000, 4), Size("20,000 passages", 1000, 20))


class Corpus:
    """A corpus that is edited, one sentence at a time."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.folder = folder / f"corpus-{size.documents}-{size.passages}"
        self._documents = size.documents
        self._chance, self._words = random.Random(1), [concept.id for concept in read_terms(BUNDLED_TERMS).concepts]
        self._edits = 0
        write_corpus(self.folder, size.documents, size.passages)

    def edit(self) -> str:
        """Put a new sentence in the place of the last paragraph's first one, and return it."""
        path = self.folder / f"text-{(self._edits * 37) % self._documents:05d}.md"
        self._edits += 1
        new = sentence(self._chance, self._words)
        old = path.read_text(encoding="utf-8")
        path.write_text(old.replace(old[old.rindex("\n", 0, -1) + 1 : old.index("。", old.rindex("\n", 0, -1)) + 1], new))
        return new


def measure(size: Size, corpus: Corpus, settings: Settings, embedder: SentenceTransformerEmbedder) -> dict[str, Any]:
    """Build a corpus once, edit a sentence several times, and return what that took, in seconds."""
    service = wired(settings, embedder)
    began = time.perf_counter()
    first = service.rebuild()
    first_seconds = time.perf_counter() - began
    seconds, busy = [], []
    for _ in range(EDITS):
        new = corpus.edit()
        gc.collect()
        began, began_busy = time.perf_counter(), time.process_time()
        report = service.rebuild()
        seconds.append(time.perf_counter() - began)
        busy.append(time.process_time() - began_busy)
        assert report.published and report.embedded == 1, report
        assert any(new in passage.text for passage in service.generation.passages)
    manifest = service.generation.manifest
    return {
        "corpus": size.name,
        "documents": first.documents,
        "passages": manifest.passages,
        "megabytes": round(sum(record.bytes for record in manifest.files.values()) / 1e6),
        "first_build_s": round(first_seconds, 1),
        "edit_median_s": round(statistics.median(seconds), 2),
        "edit_worst_s": round(max(seconds), 2),
        "edit_processor_s": round(statistics.median(busy), 2),
    }


def measure_served(corpus: Corpus, settings: Settings) -> dict[str, Any]:
    """Return how long it takes from an edit until an answer of the server has it: asked for, and watched.

    The first edit starts the build process; the others find it loaded.
    """
    variables = {"MSCQA_EMBEDDING_MODEL": settings.embedding_model, "MSCQA_WEIGHTS_FILE": str(settings.weights_file)}
    measured: dict[str, Any] = {}
    for way in ("asked", "watched"):
        watch = str(way == "watched").lower()
        with served(corpus.folder, settings.data_dir, variables | {"MSCQA_WATCH": watch}) as server:
            first = until_found(server, corpus, ask=True)
            seconds = [until_found(server, corpus, ask=way == "asked") for _ in range(EDITS)]
        measured |= {
            f"{way}_first_s": round(first, 2),
            f"{way}_median_s": round(statistics.median(seconds), 2),
            f"{way}_worst_s": round(max(seconds), 2),
        }
    return measured


def until_found(server: Server, corpus: Corpus, *, ask: bool) -> float:
    """Edit a sentence, and return the seconds until it is found; ``ask`` for the rebuild, or leave it to the watch."""
    with httpx2.Client(base_url=server.url, timeout=120) as client:
        before = client.get("/api/v1/index").json()["generation"]
        began = time.perf_counter()
        new = corpus.edit()
        if ask:
            client.post("/api/v1/index/rebuild").raise_for_status()
        while (generation := client.get("/api/v1/index").json()["generation"]) == before:
            time.sleep(0.01)
        answer = client.post("/api/v1/ask", json={"question": new, "limit": 20}).raise_for_status().json()
        seconds = time.perf_counter() - began
        assert answer["index"]["generation"] == generation
        assert any(new in passage["text"] for passage in answer["passages"]), answer
        while client.get("/api/v1/index").json()["task"]:
            time.sleep(0.05)
    return seconds


def main() -> None:
    """Measure every size and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the largest corpus, which takes minutes")
    parser.add_argument("--http", action="store_true", help="measure through a running server too")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it; a second run builds upon it")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mscqa-rebuild-") as temporary:
        folder = parsed.keep or Path(temporary)
        model, weights = folder / "model", folder / "weights.json"
        if not model.is_dir():
            write_corpus(folder / "texts", 50, 20)
            write_model(folder, [path.read_text(encoding="utf-8") for path in sorted((folder / "texts").iterdir())])
        write_weights(weights, replace(read_weights(), model=str(model)))
        embedder = SentenceTransformerEmbedder(str(model))
        results = []
        for size in SIZES[:2] if parsed.quick else SIZES:
            print(f"{size.name} …", file=sys.stderr)
            corpus = Corpus(size, folder)
            settings = Settings(
                corpus_dir=corpus.folder,
                data_dir=folder / f"data-{size.documents}-{size.passages}",
                embedding_model=str(model),
                weights_file=weights,
            )
            results.append(measure(size, corpus, settings, embedder))
            if parsed.http:
                results[-1]["http"] = measure_served(corpus, settings)
    machine = f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    print(json.dumps({"benchmark": "rebuild", "machine": machine, "results": results}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
