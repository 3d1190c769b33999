"""Bytes changed anywhere in what is read from a disk: no traceback, nothing takes long, and each refusal names its file.

``MSCQA_ATTACK_CASES`` mutates more files than a usual run does.
"""

import os
import random
import time
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import CorpusError
from corpus.reading import read_folder
from corpus.term_files import read_terms
from corpus.word_table import WordTable
from index.models.embedding import Encoded, TokenVectors
from index.models.embedding_cache import EmbeddingCache
from qa.settings import BUNDLED_CORPUS, BUNDLED_TERMS
from tests.faults.test_import import mutated

CASES = int(os.environ.get("MSCQA_ATTACK_CASES", "150"))
LONGEST = 10.0  # seconds of processor time
FRONT = "---\ntitle: 标题\nauthors: [Li M, {family: Wang, given: J}]\nyear: 2024\ndoi: 10.1000/182\n---\n\n"
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n\n1. 甲\n2. 乙\n"
TEXTS = (f"{FRONT}# 一\n\n外泌体能够穿过血脑屏障。\n\n{TABLE}", "一。\n二。\n\n三。")


@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_mutated_texts_are_read_or_refused_by_name(tmp_path: Path, suffix: str) -> None:
    """Each alone in its folder."""
    chance = random.Random(16)
    bundled = next(path for path in sorted(BUNDLED_CORPUS.rglob("*.md"))).read_bytes()[:6000]
    sources = [*(text.encode() for text in TEXTS), bundled]
    path = tmp_path / f"mutated{suffix}"
    refused, longest = 0, 0.0
    for _ in range(CASES):
        path.write_bytes(mutated(chance.choice(sources), chance))
        began = time.process_time()
        try:
            read_folder(tmp_path)
        except CorpusError as error:
            refused += 1
            assert path.name in str(error) and len(str(error)) < 4000, error
        longest = max(longest, time.process_time() - began)
    print(f"{CASES} mutated {suffix}: {refused} refused; the longest took {longest:.2f} s")
    assert longest < LONGEST


def test_mutated_term_files_are_read_or_refused_by_name(tmp_path: Path) -> None:
    """Of the bundled term base: lines of it, each time others."""
    chance = random.Random(17)
    header, *rows = sorted(BUNDLED_TERMS.glob("*.csv"))[0].read_bytes().splitlines(keepends=True)
    path = tmp_path / "mutated.csv"
    refused, longest = 0, 0.0
    for _ in range(CASES):
        content = b"".join([header, *chance.sample(rows, min(30, len(rows)))])
        path.write_bytes(mutated(content, chance))
        began = time.process_time()
        try:
            read_terms(tmp_path)
        except CorpusError as error:
            refused += 1
            assert path.name in str(error), error
        longest = max(longest, time.process_time() - began)
    print(f"{CASES} mutated term files: {refused} refused; the longest took {longest:.2f} s")
    assert refused and longest < LONGEST


def test_mutated_cache_entries_are_missing_ones(tmp_path: Path) -> None:
    """A kept vector and the kept dictionary: what comes back is what was kept, or nothing."""
    chance = random.Random(18)
    cache = EmbeddingCache(tmp_path, "f" * 64)
    tokens = TokenVectors(np.ones((3, 4), np.float32), np.zeros((3, 2), np.int32))
    cache.put("甲", Encoded(np.ones(4, np.float32), tokens))
    (path,) = tmp_path.rglob("*.npz")
    whole = path.read_bytes()
    for _ in range(CASES * 4):
        path.write_bytes(mutated(whole, chance))
        kept = cache.get("甲")
        assert kept is None or path.read_bytes() == whole
    parsed = WordTable(tmp_path / "jieba").total
    (path,) = (tmp_path / "jieba").glob("*.table")
    path.write_bytes(mutated(path.read_bytes(), chance))
    assert WordTable(tmp_path / "jieba").total == parsed
