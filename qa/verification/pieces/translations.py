"""Words that translate each other in papers: a table learned from abstracts in two languages (translations.tsv).

Each line has an English stem, a Chinese word, and the geometric mean of the probabilities of either given the other (IBM
model 1, six rounds, on abstracts and pairs of keywords of ChinaXiv papers of 2016 to 2022: CC BY 4.0, © their authors).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def translations() -> Mapping[str, frozenset[str]]:
    """Return for each English stem the Chinese words that stand for it in papers, and for each of these the stems."""
    found: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("translations.tsv").read_text(encoding="utf-8").splitlines():
        english, chinese, _ = line.split("\t")
        found.setdefault(english, set()).add(chinese)
        found.setdefault(chinese, set()).add(english)
    return {word: frozenset(others) for word, others in found.items()}
