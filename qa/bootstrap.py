"""The wiring: from settings to a service. Settings end here; what stands below gets plain values."""

from collections.abc import Callable

from corpus.mapped_tables import keep_tables_in
from corpus.misspelling import Corrector
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase
from index.engines.glossing import is_english
from index.models.embedding import Embedder
from qa.answers.engine import Engine
from qa.generation.generator import Generator
from qa.generation.llm import Endpoint, MissingClientError
from qa.generation.support import SupportChecker
from qa.questions.query import QueryReader
from qa.retrieval.reranking import Reranker
from qa.retrieval.weights import read_weights
from qa.service import Service, Voice
from qa.settings import Settings, SettingsError


def start(settings: Settings, say: Callable[[str], None] = lambda message: None) -> Service:
    """Return a service after loading its model, which takes seconds; raises ``ModelError`` or ``CorpusError``."""
    say("Loading the embedding model")
    from index.models.loading import load_embedder

    embedder = load_embedder(settings.embedding_model, settings.data_dir, settings.threads)
    reranker = None
    if settings.reranker:
        from qa.retrieval.cross_encoder import CrossEncoderReranker

        say(f"Loading the reranker {settings.reranker}")
        reranker = CrossEncoderReranker(settings.reranker)
    return wired(settings, embedder, reranker)


def wired(settings: Settings, embedder: Embedder, reranker: Reranker | None = None) -> Service:
    """Return a service over a loaded model; raises ``CorpusError``, ``WeightsError`` or ``SettingsError``."""
    keep_tables_in(settings.data_dir / "tables")  # before anything reads one: made anew, they cost seconds at each start
    is_english("")  # reads the dictionary now, and no question waits for it
    endpoint = open_endpoint(settings)

    def speak(terms: TermBase, segmenter: Segmenter) -> Voice:
        weights = read_weights(settings.weights_file, embedder.name)
        reader = QueryReader(segmenter, terms, Corrector(terms, is_english, segmenter.knows))
        engine = Engine(embedder, reader, weights, reranker)
        writer = None
        if endpoint:
            checker = SupportChecker(embedder, engine.statements, weights.heading_share)
            writer = Generator(endpoint, checker, settings.llm_unsupported, settings.llm_timeout)
        return Voice(engine, writer)

    return Service(settings.places, embedder, speak)


def open_endpoint(settings: Settings) -> Endpoint | None:
    """Return the language model where one is set; raises ``SettingsError`` where its client isn't installed."""
    if not settings.llm_base_url:
        return None
    try:
        return Endpoint(settings.llm_base_url, settings.llm_model, settings.llm_secret(), settings.llm_timeout)
    except MissingClientError as error:
        raise SettingsError(f"MSCQA_LLM_BASE_URL: {error}") from error
