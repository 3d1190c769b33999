"""``python -m index.training.lexicon DATA OUT``: words that translate each other, learned from papers in two languages.

IBM model 1 (Brown and others, Computational Linguistics 1993) both ways over abstracts and pairs of keywords of ChinaXiv
papers (CC BY 4.0, © their authors); a pair stays where both directions agree. Papers that the repository asks about are
left out. OUT is `qa/verification/pieces/translations.tsv`.
"""

import argparse
import gzip
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.matching import HAN
from corpus.segmentation import Segmenter
from corpus.term_files import read_terms
from index.training.pairs import HELD_OUT

_HAN = re.compile(f"[{HAN}]")
_DIGIT = re.compile(r"\d")
_ROUNDS, _RAREST = 6, 3
_SUREST, _MET = 0.08, 1.5  # the least that both directions' geometric mean and the expected count of a pair may be
_FIELD = 1.0  # words of biology and medicine per 1,000 characters of a paper

Pair = tuple[Sequence[str], Sequence[str]]
Numbers = npt.NDArray[np.int64]


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn the table as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m index.training.lexicon", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with chinaxiv")
    parser.add_argument("out", type=Path, help="the table: English stem, Chinese word, how sure")
    options = parser.parse_args(arguments)
    rows = learn(list(_pairs(options.data / "chinaxiv")))
    options.out.write_text(
        "".join(f"{english}\t{chinese}\t{sure:.3f}\n" for english, chinese, sure in rows), encoding="utf-8"
    )
    print(f"{len(rows)} pairs in {options.out}")


def _pairs(folder: Path) -> Iterator[Pair]:
    """Yield the Chinese and English words of each paper's abstracts, and of each pair of keywords."""
    segmenter = Segmenter(read_terms(Path(__file__).parents[2] / "corpus" / "terms"))
    apart = set(HELD_OUT.read_text(encoding="utf-8").split())

    def words(text: str, *, chinese: bool) -> list[str]:
        found = {token.text for token in segmenter.tokens(text) if not token.stop}
        return sorted(word for word in found if bool(_HAN.search(word)) == chinese and not _DIGIT.search(word))

    with gzip.open(folder / "abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["id"] not in apart and row["biology"] + row["medicine"] >= _FIELD:
                yield words(row["abstract_zh"], chinese=True), words(row["abstract_en"], chinese=False)
    for line in (folder / "keywords.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        one, other, _ = line.split("\t")
        yield words(one, chinese=True), words(other, chinese=False)


def learn(pairs: Sequence[Pair]) -> list[tuple[str, str, float]]:
    """Return English and Chinese words that translate each other in ``pairs``, with the geometric mean of both ways."""
    chinese, zh = _numbered([pair[0] for pair in pairs])
    english, en = _numbered([pair[1] for pair in pairs])
    both = [(one, other) for one, other in zip(zh, en, strict=True) if len(one) and len(other)]
    keys = np.concatenate([(one[:, None] * len(english) + other[None, :]).ravel() for one, other in both])
    known, place = np.unique(keys, return_inverse=True)
    shapes = [(len(one), len(other)) for one, other in both]
    there, met = _model_one(place, shapes, known % len(english), axis=1)
    back, met_back = _model_one(place, shapes, known // len(english), axis=0)
    sure = np.sqrt(there * back)
    kept = np.flatnonzero((sure > _SUREST) & ((met + met_back) / 2 > _MET))
    rows = [(english[known[k] % len(english)], chinese[known[k] // len(english)], float(sure[k])) for k in kept]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _numbered(texts: Sequence[Sequence[str]]) -> tuple[list[str], list[Numbers]]:
    """Return the words that enough texts have, and each text as numbers of them."""
    counts: dict[str, int] = {}
    for text in texts:
        for word in text:
            counts[word] = counts.get(word, 0) + 1
    words = [word for word, count in counts.items() if count >= _RAREST]
    numbers = {word: number for number, word in enumerate(words)}
    return words, [np.asarray([numbers[word] for word in text if word in numbers], np.int64) for text in texts]


def _model_one(
    place: Numbers, shapes: Sequence[tuple[int, int]], given: Numbers, axis: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return each pair's probability given its word ``given`` (k,), and its expected count (expectation maximisation).

    ``place`` are the pairs of all texts in turn, a table of ``shapes`` each; a word divides itself along ``axis``.
    """
    likely = np.ones(len(given))
    counts = np.zeros(len(given))
    for _ in range(_ROUNDS):
        counts = np.zeros(len(given))
        start = 0
        for rows, columns in shapes:
            own = place[start : start + rows * columns]
            table = likely[own].reshape(rows, columns)
            counts[own] += (table / (table.sum(axis=axis, keepdims=True) + 1e-9)).ravel()  # a pair is once in a text
            start += rows * columns
        likely = counts / np.bincount(given, counts, len(given))[given]
    return likely, counts


if __name__ == "__main__":
    main()
