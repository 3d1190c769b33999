"""A generation of which only some documents, or only some engines, are searched."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from index.arrays import Floats
from index.engines.dense import DenseIndex
from index.engines.lexical import LexicalIndex
from index.generations.opening import Generation


@dataclass(frozen=True, slots=True)
class DenseAmong(DenseIndex):
    """A dense index that finds ``rows`` only."""

    rows: tuple[int, ...] = ()

    def search(self, vector: Floats, limit: int) -> list[tuple[int, float]]:
        """Return up to ``limit`` of the rows with their cosines, best first."""
        found = [(row, float(self.vector(row) @ vector)) for row in self.rows]
        return sorted(found, key=lambda item: (-item[1], item[0]))[:limit]


@dataclass(frozen=True, slots=True)
class LexicalAmong(LexicalIndex):
    """A lexical index that finds ``rows`` only; words weigh what they weigh in the whole corpus."""

    rows: frozenset[int] = frozenset()

    def search(self, weights: Mapping[str, float], boosts: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Return up to ``limit`` of the rows with their BM25 scores, best first."""
        whole = max(int(self.searcher.num_docs), 1)
        found = LexicalIndex.search(self, weights, boosts, whole)
        return [item for item in found if item[0] in self.rows][:limit]


def restricted(generation: Generation, documents: tuple[str, ...]) -> Generation:
    """Return ``generation`` searched in ``documents`` only; statistics of words and of vectors stay those of the whole."""
    chosen = set(documents)
    rows = tuple(row for row, passage in enumerate(generation.passages) if passage.document_id in chosen)
    dense, lexical = generation.dense, generation.lexical
    return replace(
        generation,
        dense=DenseAmong(dense.index, dense.kind, rows),
        lexical=LexicalAmong(lexical.index, lexical.searcher, frozenset(rows)),
    )


def without_dense(generation: Generation) -> Generation:
    """Return ``generation`` with a dense index that finds nothing by itself."""
    return replace(generation, dense=DenseAmong(generation.dense.index, generation.dense.kind))


def without_lexical(generation: Generation) -> Generation:
    """Return ``generation`` with a lexical index that finds nothing."""
    return replace(generation, lexical=LexicalAmong(generation.lexical.index, generation.lexical.searcher))
