"""The service's parts over a dataset's own index, in reach of an evaluation: the same build, reader and engine."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.mapped_tables import keep_tables_in
from corpus.misspelling import Corrector
from corpus.model import Document
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase
from corpus.term_files import read_terms
from index.arrays import Floats
from index.building.build import Progress, Tools, build
from index.building.places import BuildPlaces
from index.engines.features import FeatureReader
from index.engines.glossing import is_english
from index.generations.lock import build_lock
from index.generations.opening import Generation, open_generation
from index.generations.store import GenerationStore
from index.models.embedding import Embedder, Encoded, embedding_text
from index.models.embedding_cache import EmbeddingCache, rounded
from qa.questions.query import QueryReader
from qa.retrieval.weights import Weights


@dataclass(frozen=True, slots=True)
class Bench:
    """What systems are made of; ``generation`` holds the dataset's documents and nothing else."""

    embedder: "RememberingEmbedder"
    cache: EmbeddingCache
    segmenter: Segmenter
    terms: TermBase
    weights: Weights
    generation: Generation

    def reader(self, terms: TermBase | None = None) -> QueryReader:
        """Return a reader of questions that knows ``terms``, the service's own if None."""
        known = self.terms if terms is None else terms
        return QueryReader(self.segmenter, known, Corrector(known, is_english, self.segmenter.knows))


def pooled_vectors(bench: Bench) -> Floats:
    """Return the passages' vectors (n, d) as the model gave them, no mean taken out."""
    encoded = (bench.cache.get(embedding_text(passage)) for passage in bench.generation.passages)
    return np.stack([item.pooled for item in encoded if item is not None])


class RememberingEmbedder:
    """An embedder whose question vectors are kept, on disk and in memory: many systems ask the same questions.

    ``seconds`` holds what each newly embedded question took.
    """

    def __init__(self, embedder: Embedder, cache: EmbeddingCache) -> None:
        self.name = embedder.name
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension
        self.seconds: list[float] = []
        self._embedder = embedder
        self._cache = cache
        self._known: dict[str, Encoded] = {}

    def encode_passage(self, text: str) -> Encoded:
        """Return the vectors of a passage."""
        return self._embedder.encode_passage(text)

    def encode_question(self, text: str) -> Encoded:
        """Return the vectors of a question, as precise as the cache keeps them."""
        if text not in self._known:
            key = f"question\x00{text}"
            kept = self._cache.get(key)
            if kept is None:
                started = time.perf_counter()
                kept = rounded(self._embedder.encode_question(text))
                self.seconds.append(time.perf_counter() - started)
                self._cache.put(key, kept)
            self._known[text] = kept
        return self._known[text]

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the vectors of several questions, each as ``encode_question`` does."""
        return [self.encode_question(text) for text in texts]


def open_bench(
    places: BuildPlaces,
    documents: Sequence[Document],
    embedder: Embedder,
    weights: Weights,
    folder: Path,
    progress: Progress,
) -> Bench:
    """Build an index of ``documents`` in ``folder`` and return the bench over it.

    ``places`` give the terms and the data folder, under which vectors are kept for the next run, apart from those of the
    served index. Raises ``CorpusError`` or ``IndexStoreError``.
    """
    terms = read_terms(places.terms_dir)
    keep_tables_in(places.data_dir / "tables")
    segmenter = Segmenter(terms, places.data_dir / "tables")
    is_english("")  # reads the dictionary now: no question's time should hold it
    cache = EmbeddingCache(places.data_dir / "evaluation" / "embeddings", embedder.fingerprint)
    remembering = RememberingEmbedder(embedder, cache)
    tools = Tools(remembering, cache, FeatureReader(segmenter, terms), terms.fingerprint)
    store = GenerationStore(folder)
    with build_lock(folder):
        build(store, documents, tools, progress, force=True)
    generation = open_generation(store.current(tools.recipe))
    return Bench(remembering, cache, segmenter, terms, weights, generation)
