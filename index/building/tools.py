"""What a build works with, and the recipe that follows from it."""

from collections.abc import Callable
from dataclasses import dataclass

from corpus.passages.chunking import CHUNKING
from index.engines.features import FeatureReader
from index.generations.manifest import ModelRecord, Recipe
from index.generations.provenance import code_fingerprint
from index.models.embedding import Embedder
from index.models.embedding_cache import EmbeddingCache

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and its whole size."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a build works with: a model, the cache of its vectors, a reader of features and its fingerprint."""

    embedder: Embedder
    cache: EmbeddingCache
    reader: FeatureReader
    dictionary: str

    @property
    def recipe(self) -> Recipe:
        """What decides a generation's content besides the texts."""
        embedder = self.embedder
        return recipe(ModelRecord(embedder.name, embedder.fingerprint, embedder.dimension), self.dictionary)


def recipe(model: ModelRecord, dictionary: str) -> Recipe:
    """Return what a build here makes of texts, given a model and the fingerprint of the terms."""
    return Recipe(model, CHUNKING, dictionary, code_fingerprint())
