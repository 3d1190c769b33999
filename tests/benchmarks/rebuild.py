"""Time from a one-sentence edit until it can be found: ``python -m tests.benchmarks.rebuild [--quick] [--keep FOLDER]``.

Corpus and model are made here (tests/benchmarks/synthetic.py): what is measured is everything but the model's own speed,
which only new passages cost. Prints one JSON object: per corpus the first build, and the median of the edits.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from corpus.term_base import read_terms
from index.sentence_transformer import SentenceTransformerEmbedder
from qa.service import Service
from qa.settings import BUNDLED_TERMS, Settings
from tests.benchmarks.synthetic import sentence, write_corpus, write_model

EDITS = 5


@dataclass(frozen=True, slots=True)
class Size:
    """A corpus: how many documents, and about how many passages in each."""

    name: str
    documents: int
    passages: int


SIZES = (Size("50 passages", 5, 10), Size("1,000 documents", 1000, 4), Size("20,000 passages", 1000, 20))


def measure(size: Size, folder: Path, embedder: SentenceTransformerEmbedder) -> dict[str, Any]:
    """Build a corpus once, edit a sentence several times, and return what that took, in seconds."""
    corpus = folder / f"corpus-{size.documents}-{size.passages}"
    write_corpus(corpus, size.documents, size.passages)
    service = Service(Settings(corpus_dir=corpus, data_dir=folder / f"data-{size.documents}-{size.passages}"), embedder)
    began = time.perf_counter()
    first = service.rebuild()
    first_seconds = time.perf_counter() - began
    chance, words = random.Random(1), [concept.id for concept in read_terms(BUNDLED_TERMS).concepts]
    seconds, busy = [], []
    for number in range(EDITS):
        path = corpus / f"text-{(number * 37) % size.documents:05d}.md"
        new = sentence(chance, words)
        old = path.read_text(encoding="utf-8")
        path.write_text(old.replace(old[old.rindex("\n", 0, -1) + 1 : old.index("。", old.rindex("\n", 0, -1)) + 1], new))
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


def main() -> None:
    """Measure every size and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the largest corpus, which takes minutes")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it; a second run builds upon it")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mscqa-rebuild-") as temporary:
        folder = parsed.keep or Path(temporary)
        if not (folder / "model").is_dir():
            write_corpus(folder / "texts", 50, 20)
            write_model(folder, [path.read_text(encoding="utf-8") for path in sorted((folder / "texts").iterdir())])
        embedder = SentenceTransformerEmbedder(str(folder / "model"), name="multilingual-e5-small")
        results = []
        for size in SIZES[:2] if parsed.quick else SIZES:
            print(f"{size.name} …", file=sys.stderr)
            results.append(measure(size, folder, embedder))
    machine = f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    print(json.dumps({"benchmark": "rebuild", "machine": machine, "results": results}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
