"""A second opinion on the order of the first hits, for those who name a model that gives one; off by default."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from index.arrays import Floats
from index.models.embedding import embedding_text
from qa.retrieval.ranking import Ranked

# How many of the first passages are read again: a cross-encoder takes 10 to 100 ms for each.
DEPTH = 20


class Reranker(Protocol):
    """Reads question and passage together."""

    @property
    def name(self) -> str:
        """The model's name or folder, for people."""

    def score(self, question: str, texts: Sequence[str]) -> Floats:
        """Return one score a text (n,), higher where it answers better; on any scale."""


def rerank(question: str, ranked: Sequence[Ranked], reranker: Reranker, depth: int = DEPTH) -> list[Ranked]:
    """Return ``ranked`` with its first ``depth`` passages in the reranker's order, and the others after them.

    The scores stay those of retrieval in number, so that what is shown still falls from hit to hit; evidence within a
    passage keeps its order.
    """
    first = list(ranked[:depth])
    scores = reranker.score(question, [_read(item) for item in first])
    order = np.argsort(-scores, kind="stable")
    kept = [replace(first[place], score=first[rank].score) for rank, place in enumerate(map(int, order))]
    return [*kept, *ranked[depth:]]


def _read(item: Ranked) -> str:
    return embedding_text(item.passage)
