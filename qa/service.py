"""The service as one object, for the API and the command line: generations built and swapped, questions answered."""

import logging
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import anyio.to_thread

from corpus.misspelling import Corrector
from corpus.term_base import read_terms
from index.building.build import BuildReport, Progress, Tools
from index.building.publishing import publish, read_language, tools
from index.engines.glossing import is_english
from index.errors import NoGenerationError
from index.generations.lock import build_lock
from index.generations.opening import Generation, open_generation
from index.generations.store import GenerationStore
from index.models.embedding import Embedder
from qa.answers.engine import Engine
from qa.generation.generator import Done, Event, Generator, retell
from qa.generation.llm import Endpoint, MissingClientError
from qa.generation.support import SupportChecker
from qa.model import Result
from qa.questions.query import QueryReader
from qa.retrieval.reranking import Reranker
from qa.retrieval.weights import read_weights
from qa.settings import NOT_CONFIGURED, Settings, SettingsError
from qa.statements.reader import StatementReader
from qa.verification.verifier import Verifier

log = logging.getLogger("mscqa")


class Service:
    """One process's view of a data folder; safe to use from many threads.

    The generation that answers is one reference, read once a question and replaced whole: a question under way ends on
    the generation that it began with.
    """

    def __init__(self, settings: Settings, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self.settings = settings
        self.store = GenerationStore(settings.data_dir)
        self.embedder = embedder
        self._reranker = reranker
        is_english("")  # reads the dictionary now: a second that no question should wait for
        self._endpoint = open_endpoint(settings)
        self._tools, self._engine, self._checker = self._read_language()
        self._serving: tuple[Engine, Generation] | None = None
        self._seen: str | None = None  # what the pointer held then: a damaged generation is looked at once, not endlessly
        self._verifier: Verifier | None = None
        self._swapping = threading.Lock()

    @property
    def generation(self) -> Generation:
        """The generation that answers now; raises ``NoGenerationError`` before the first."""
        return self._served()[1]

    def ask(self, question: str, *, limit: int = 5, expand: bool = True) -> Result:
        """Return the answer of the current generation to ``question``; raises ``NoGenerationError`` before the first."""
        return self.asked(question, limit=limit, expand=expand)[0]

    def asked(self, question: str, *, limit: int = 5, expand: bool = True) -> tuple[Result, Generation]:
        """Return the answer as ``ask`` does, and the generation that it is from: another may answer by now."""
        engine, generation = self._served()
        return engine.ask(question, generation, limit=limit, expand=expand), generation

    @property
    def generates(self) -> bool:
        """Whether a language model is configured."""
        return self._endpoint is not None

    def told(self, result: Result, generation: Generation, *, generated: bool) -> AsyncGenerator[Event, None]:
        """Return the events of an answer to what was asked of ``generation``: as it stands, or written by the model.

        Raises ``SettingsError`` where no model is configured.
        """
        if not generated:
            return retell(result, generation)
        if self._endpoint is None:
            raise SettingsError(NOT_CONFIGURED)
        settings = self.settings
        generator = Generator(self._endpoint, self._checker, settings.llm_unsupported, settings.llm_timeout)
        return generator.events(result, generation)

    async def generate(self, question: str, *, limit: int = 5, expand: bool = True) -> Result:
        """Return the generated answer whole; raises what ``ask`` and ``told`` raise."""
        result, generation = await anyio.to_thread.run_sync(lambda: self.asked(question, limit=limit, expand=expand))
        async with aclosing(self.told(result, generation, generated=True)) as told:
            async for event in told:
                if isinstance(event, Done):
                    return event.result
        raise AssertionError("the events of an answer end with the whole of it")

    @property
    def verifier(self) -> Verifier:
        """What checks quotes and claims against the current generation; raises ``NoGenerationError`` before the first."""
        engine, generation = self._served()
        verifier = self._verifier
        if verifier is None or verifier.generation is not generation:
            verifier = self._verifier = Verifier(engine, generation)
        return verifier

    def refresh(self) -> bool:
        """Open the published generation if it isn't the one that answers; return whether that changed.

        Where the term base was edited, it is read anew: a generation answers only with the terms that it was built with.
        Raises ``NoGenerationError`` where none can be used. The old generation answers until the new one is open.
        """
        if self._is_followed():
            return False
        with self._swapping:
            if self._is_followed():  # by another thread, whose swap was waited for here
                return False
            pointer = self.store.pointer()
            held = self._serving[1] if self._serving else None
            self._follow_terms()
            verified = self.store.current(self._tools.recipe)
            # By name: had the pointer moved since it was read, its coming back to that place would pass unseen.
            seen = pointer if verified.problems else verified.manifest.name
            try:
                if held is not None and verified.manifest.name == held.name and verified.problems == held.problems:
                    return False
                opened = open_generation(verified)
                self._serving = (self._engine, opened)
            finally:
                self._seen = seen  # not before it answers: whoever finds it seen goes on to ask it
        for problem in opened.problems:
            log.warning("passed over: %s", problem)
        log.info("generation %s answers (%d passages)", opened.name, len(opened.passages))
        return True

    def rebuild(self, progress: Progress = lambda step, done, whole: None, *, force: bool = False) -> BuildReport:
        """Read the corpus, publish a generation if anything changed, and answer from it.

        Raises ``CorpusError``, ``IndexStoreError`` or ``BuildRunningError``; the old generation then still answers.
        """
        with build_lock(self.settings.data_dir):
            with self._swapping:
                self._follow_terms()
            report = publish(self.settings.places, self._tools, progress, force=force)
        self.refresh()
        return report

    def rollback(self, name: str) -> None:
        """Answer from another kept generation, after verifying it.

        Raises ``BuildRunningError`` while a build runs, which would publish over it, and ``IndexStoreError``.
        """
        with build_lock(self.settings.data_dir):
            self.store.rollback(name, self._tools.recipe)
        self.refresh()

    def _served(self) -> tuple[Engine, Generation]:
        serving = self._serving
        if serving is None:
            raise NoGenerationError("The index is being built. Ask again in a moment.")
        return serving

    def _is_followed(self) -> bool:
        """Tell whether what the pointer names was looked at, and answers if it can."""
        return self._serving is not None and self.store.pointer() == self._seen

    def _follow_terms(self) -> None:
        """Read the term base anew where it was edited; the caller holds the lock for swapping."""
        if read_terms(self.settings.terms_dir).fingerprint != self._tools.dictionary:
            self._tools, self._engine, self._checker = self._read_language()

    def _read_language(self) -> tuple[Tools, Engine, SupportChecker]:
        """Return what builds, what asks and what checks, all with the term base as it is now."""
        terms, segmenter = read_language(self.settings.places)
        reader = QueryReader(segmenter, terms, Corrector(terms, is_english, segmenter.knows))
        made_with = tools(self.settings.places, self.embedder, terms, segmenter)
        weights = read_weights(self.settings.weights_file, self.embedder.name)
        checker = SupportChecker(self.embedder, StatementReader(terms, segmenter, is_english), weights.heading_share)
        return made_with, Engine(self.embedder, reader, weights, self._reranker), checker


def open_endpoint(settings: Settings) -> Endpoint | None:
    """Return the language model where one is set; raises ``SettingsError`` where its client isn't installed."""
    if not settings.llm_base_url:
        return None
    try:
        return Endpoint(settings.llm_base_url, settings.llm_model, settings.llm_secret(), settings.llm_timeout)
    except MissingClientError as error:
        raise SettingsError(f"MSCQA_LLM_BASE_URL: {error}") from error


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
    return Service(settings, embedder, reranker)
