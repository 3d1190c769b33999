"""What a question and the service cost over many real texts: ``python -m tests.benchmarks.large TEXTS --passages 20000``.

TEXTS is a file of JSON objects a line (``.jsonl`` or ``.jsonl.gz``) with a text in ``markdown``; texts are taken in turn
until they make about so many passages. To embed these would take hours, and what they mean doesn't matter here: each passage
gets vectors of the bundled texts, moved at random, at the places of its own tokens. All else is what it would be: the texts
are read, split, cut into words and indexed, and the default model embeds the questions. Prints one JSON object: the stages
of a question as `asking` has them, the memory that the serving process has of its own and what of mapped files it holds,
and the processor seconds from start to ready.
"""

import argparse
import asyncio
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

# Before NumPy is loaded, as the command does: its threads wait by spinning.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from api.app import create_app
from corpus.passages.chunking import split_passages
from corpus.reading import read_folder
from index.building.publishing import Builder
from index.models.default_model import FINGERPRINT, NAME, ensure_default_model
from index.models.embedding import Encoded, embedding_text, encoded
from index.models.onnx_embedder import OnnxEmbedder
from qa.settings import BUNDLED_CORPUS, Settings
from tests.benchmarks.asking import ROOT, gold_questions, measure, watched

_CHARACTERS = 135  # of a passage
_REAL = 60  # passages whose vectors are moved
_MOVED = 0.04  # in each direction: a token's cosine with what it was is about .8


class Moved(OnnxEmbedder):
    """The default model for questions; passages get vectors of other passages, moved at random."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, name=NAME, fingerprint=FINGERPRINT)
        texts = [embedding_text(one) for document in read_folder(BUNDLED_CORPUS) for one in split_passages(document)]
        self._real = [super(Moved, self).encode_passage(text) for text in texts[:: max(1, len(texts) // _REAL)]]

    def encode_passage(self, text: str) -> Encoded:
        """Return vectors that depend on ``text`` alone."""
        chance = np.random.default_rng(zlib.crc32(text.encode()))
        offsets = self._pieces.read(self._passage_prompt + text).offsets
        real = self._real[int(chance.integers(len(self._real)))]
        states = real.tokens.vectors[chance.integers(len(real.tokens.vectors), size=len(offsets))]
        moved = states + _MOVED * chance.standard_normal(states.shape, np.float32)
        pooled = real.pooled + _MOVED * chance.standard_normal(len(real.pooled), np.float32)
        return encoded(pooled, moved, offsets, len(self._passage_prompt))


def main() -> None:
    """Build, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it; what was built there isn't built anew")
    parser.add_argument("--build", action="store_true", help="build only, as this program asks a process of its own to do")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mscqa-large-") as temporary:
        folder = parsed.keep or Path(temporary)
        if parsed.build:
            build(folder, parsed.texts, parsed.passages)
            return
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.large",
            parsed.texts,
            "--passages",
            str(parsed.passages),
            "--build",
        ]
        began = time.perf_counter()
        subprocess.run([*command, "--keep", folder], check=True, cwd=ROOT)
        built = time.perf_counter() - began
        found = asyncio.run(measure(create_app(_settings(folder)), watched(), gold_questions(9), 2))
    print(
        json.dumps({"load": round(os.getloadavg()[0], 1), "build_s": round(built), **found, "memory_mb": memory()}, indent=1)
    )


def build(folder: Path, texts: Path, passages: int) -> None:
    """Lay so many passages into ``folder`` and publish them."""
    corpus, data = folder / "corpus", folder / "data"
    corpus.mkdir(parents=True, exist_ok=True)
    data.mkdir(exist_ok=True)
    if not (data / "models").exists():
        (data / "models").symlink_to(ROOT / "var" / "models")
    left = passages * _CHARACTERS
    with (gzip.open if texts.suffix == ".gz" else open)(texts, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if left <= 0:
                break
            text = json.loads(line)["markdown"]
            left -= len(re.sub(r"\s", "", text))
            (corpus / f"text-{number:05d}.md").write_text(f"# 第{number}篇\n\n{text}\n", encoding="utf-8")
    made = Builder(_settings(folder).places, Moved(ensure_default_model(data)))
    made.publish(lambda step, done, whole: None, force=False)


def _settings(folder: Path) -> Settings:
    return Settings(corpus_dir=folder / "corpus", data_dir=folder / "data", requests_per_minute=0, threads=1)


def memory() -> dict[str, int]:
    """Return what this process has of its own, and what of mapped files it holds, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    held = {
        name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if name.startswith("Rss")
    }
    return {"own": round(held["RssAnon"] / 1024), "mapped": round(held["RssFile"] / 1024)}


if __name__ == "__main__":
    main()
