"""From the folders of texts and terms to a published generation."""

from corpus.mapped_tables import keep_tables_in
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase
from corpus.term_files import read_terms
from index.building.build import BuildReport, build
from index.building.inputs import read_inputs
from index.building.left_out import note_left_out
from index.building.places import BuildPlaces
from index.building.previous import open_previous
from index.building.tools import Progress, Tools
from index.engines.features import FeatureReader
from index.generations.store import GenerationStore
from index.models.embedding import Embedder
from index.models.embedding_cache import EmbeddingCache


class Builder:
    """Builds one data folder as often as asked; model and segmenter stay loaded from one build to the next."""

    def __init__(self, places: BuildPlaces, embedder: Embedder) -> None:
        self._places = places
        self._embedder = embedder
        self._tools: Tools | None = None

    def publish(self, progress: Progress = lambda step, done, whole: None, *, force: bool = False) -> BuildReport:
        """Read the corpus and publish a generation if anything changed; the caller holds the build lock.

        Raises ``CorpusError`` or ``IndexStoreError``; the generation before then still serves.
        """
        if self._tools is None or read_terms(self._places.terms_dir).fingerprint != self._tools.dictionary:
            self._tools = tools(self._places, self._embedder, *read_language(self._places))
        return publish(self._places, self._tools, progress, force=force)


def read_language(places: BuildPlaces) -> tuple[TermBase, Segmenter]:
    """Return the term base and the segmenter that knows it."""
    terms = read_terms(places.terms_dir)
    keep_tables_in(places.data_dir / "tables")
    return terms, Segmenter(terms, places.data_dir / "tables")


def tools(places: BuildPlaces, embedder: Embedder, terms: TermBase, segmenter: Segmenter) -> Tools:
    """Return what a build works with."""
    cache = EmbeddingCache(places.data_dir / "embeddings", embedder.fingerprint)
    return Tools(embedder, cache, FeatureReader(segmenter, terms), terms.fingerprint)


def publish(places: BuildPlaces, made_with: Tools, progress: Progress, *, force: bool) -> BuildReport:
    """Read the corpus and publish a generation if anything changed; the caller holds the build lock.

    Raises ``CorpusError`` or ``IndexStoreError``; the generation before then still serves.
    """
    store = GenerationStore(places.data_dir)
    previous = open_previous(store, made_with.recipe)
    inputs = read_inputs(places, previous)
    report = build(store, inputs.documents, made_with, progress, previous=previous, force=force, keep=places.keep)
    note_left_out(places.data_dir, inputs)
    made_with.cache.prune(())  # a published generation holds what the cache kept for it
    return inputs.told(report)
