"""What a server process holds: the service once its model is loaded, the rebuild tasks, and a watch on the pointer."""

import gc
import logging
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import anyio.to_thread

from api.bounds.admission import Admission
from api.errors import ProblemError
from api.metrics import Metrics
from api.published_files import PublishedFiles
from api.tasks import Tasks, rebuild_after_edits
from corpus.errors import CorpusError
from corpus.term_base import read_terms
from index.building.build import Progress
from index.building.documents import CorpusFolder
from index.building.process import BuildCancelledError, BuildProcess
from index.errors import BuildRunningError, IndexStoreError, NoGenerationError
from index.generations.opening import Generation
from index.generations.store import GenerationStore
from qa.generation.generator import Done, Event
from qa.model import Result
from qa.retrieval.weights import WeightsError, read_weights
from qa.service import Service, start
from qa.settings import NOT_CONFIGURED, Settings, SettingsError
from qa.verification.verifier import Verifier

log = logging.getLogger("mscqa")

T = TypeVar("T")

_LOOK_EVERY = 0.2  # seconds between looks at the pointer; a look is one small read, of 11 microseconds
_AT_ONCE = 2  # questions in the works: what one does in Python overlaps with what the other does in the model
_WRITTEN_AT_ONCE = 4  # answers that the language model writes at once; more wait, with the questions
_RETRY_AFTER = 3  # seconds that a client is asked to wait, and at least between two tries to start
_RETRY_LATEST = 60  # seconds


class Runtime:
    """Starts in the background, so that health and readiness answer at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tasks = Tasks(settings.data_dir, self._build)
        self._builds = BuildProcess(settings.places)
        self.documents = CorpusFolder(settings.corpus_dir, settings.data_dir)
        self._files = PublishedFiles(GenerationStore(settings.data_dir))
        self._service: Service | None = None
        self._began_first = False  # the build of the first index, while the model is loaded
        self._trouble = ""  # of the start and the first index
        self._unusable = ""  # what the last look met, where the newest generation could not be used
        self._stopping = threading.Event()
        self._admission = Admission(_AT_ONCE, settings.max_concurrent_questions)
        self._writing = Admission(_WRITTEN_AT_ONCE, settings.max_concurrent_questions)
        self.metrics = Metrics()

    def open(self) -> None:
        """Begin to load; returns at once."""
        threading.Thread(target=self._run, name="mscqa-runtime", daemon=True).start()
        if self.settings.watch:
            watched = (self.settings, self.tasks, self._stopping)
            threading.Thread(target=rebuild_after_edits, args=watched, name="mscqa-watch", daemon=True).start()

    def close(self) -> None:
        """Stop watching, and stop this process's rebuild."""
        self._stopping.set()
        self.tasks.close()
        self._builds.close()

    @property
    def generation(self) -> Generation:
        """The generation that answers; raises the problem ``index_not_ready`` before the first."""
        service = self._service
        if service is None:
            raise self._not_ready()
        try:
            return service.generation
        except NoGenerationError:
            raise self._not_ready() from None

    async def ask(self, question: str, limit: int, expand: bool) -> Result:
        """Return the answer to ``question``; raises the problem ``busy`` where too many wait."""
        return (await self.asked(question, limit, expand))[0]

    async def asked(self, question: str, limit: int, expand: bool) -> tuple[Result, Generation]:
        """Return the answer, made in a worker thread, and the generation that it is from: another may answer by now."""
        service = self._service
        if service is None or not self.ready:
            raise self._not_ready()
        began = time.perf_counter()
        outcome = "failed"
        try:
            async with self._admission.turn():
                result, generation = await anyio.to_thread.run_sync(
                    lambda: service.asked(question, limit=limit, expand=expand)
                )
            outcome = "answered" if result.answerable else "unanswerable"
            self.metrics.seconds.observe(time.perf_counter() - began)
            return result, generation
        except ProblemError:
            outcome = "busy"
            raise
        finally:
            self.metrics.questions.labels(outcome).inc()

    async def events(self, question: str, limit: int, expand: bool, *, generated: bool) -> AsyncGenerator[Event, None]:
        """Yield the answer as it is made; raises the problems ``busy`` and ``not_configured`` before the first event."""
        service = self._service
        if service is not None and generated and not service.generates:
            raise ProblemError("not_configured", NOT_CONFIGURED)
        result, generation = await self.asked(question, limit, expand)
        assert service is not None  # noqa: S101 - it has just been asked
        if not generated:
            async for event in service.told(result, generation, generated=False):
                yield event
            return
        async with self._writing.turn(), aclosing(service.told(result, generation, generated=True)) as told:
            async for event in told:
                yield event

    @property
    def generates(self) -> bool:
        """Whether a language model is configured."""
        service = self._service
        return service is not None and service.generates

    async def generate(
        self, question: str, limit: int, expand: bool, gone: Callable[[], Awaitable[bool]]
    ) -> tuple[Result, Generation]:
        """Return the generated answer and its generation; the work ends early where ``gone`` tells that nobody waits."""
        async with aclosing(self.events(question, limit, expand, generated=True)) as told:
            async for event in told:
                if isinstance(event, Done):
                    return event.result, event.generation
                if await gone():
                    break
        raise ProblemError("request_timeout", "The client went away.")

    @property
    def verifier(self) -> Verifier:
        """What checks quotes and claims against the generation that answers; raises the problem ``index_not_ready``."""
        service = self._service
        if service is None or not self.ready:
            raise self._not_ready()
        return service.verifier

    async def work(self, check: Callable[[], T]) -> T:
        """Return what ``check`` returns, run in a worker thread in its turn among questions; raises the problem ``busy``."""
        async with self._admission.turn():
            return await anyio.to_thread.run_sync(check)

    def drain(self) -> None:
        """Send away the questions that wait for their turn; those under way go on."""
        self._admission.drain()
        self._writing.drain()

    @property
    def ready(self) -> bool:
        """Whether questions are answered."""
        return self._current() is not None

    @property
    def reasons(self) -> list[str]:
        """What is amiss: why the server isn't ready, or what it had to pass over."""
        generation = self._current()
        passed_over = generation.problems if generation else ()
        return [*filter(None, (self._trouble, self._unusable)), *passed_over, *self._files.reasons(generation)]

    def _current(self) -> Generation | None:
        try:
            return self.generation
        except ProblemError:
            return None

    def _not_ready(self) -> ProblemError:
        detail = self._trouble or self._unusable or "The index is being built. Ask again in a moment."
        return ProblemError("index_not_ready", detail, {}, {"Retry-After": str(_RETRY_AFTER)})

    def filename(self, document_id: str) -> str | None:
        """Return the file that the generation that answers was given for a document, or None."""
        generation = self._current()
        document = generation.documents.get(document_id) if generation else None
        return document.filename if document else None

    def rollback(self, name: str) -> None:
        """Answer from another kept generation; raises ``IndexStoreError``, or the problem ``index_not_ready``."""
        service = self._service
        if service is None:
            raise self._not_ready()
        service.rollback(name)
        self.metrics.swaps.inc()

    def _build(self, lock: int, progress: Progress, force: bool, cancelled: Callable[[], bool]) -> dict[str, Any]:
        outcome = "failed"
        try:
            report = self._builds.build(lock, progress, force=force, cancelled=cancelled)
            outcome = "done"
        except BuildCancelledError:
            outcome = "cancelled"
            raise
        finally:
            self.metrics.builds.labels(outcome).inc()
        service = self._service
        if service is not None:
            self._refresh(service)
        return report

    def _refresh(self, service: Service) -> None:
        if service.refresh():
            self._trouble = ""
            self.metrics.swaps.inc()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._is_loaded():  # what stood against it may be mended
            self._tell()
            took = time.monotonic() - began
            if self._stopping.wait(min(max(_RETRY_AFTER, 10 * took), _RETRY_LATEST)):  # loading a model in vain is dear
                return
            began = time.monotonic()
        while not self._stopping.wait(_LOOK_EVERY):
            self._look()
            self._tell()

    def _is_loaded(self) -> bool:
        """Try to load; tell whether the service is there, whatever its index is like."""
        try:
            self._load()
            return True
        except (CorpusError, IndexStoreError, SettingsError, WeightsError) as error:
            self._fail(str(error))
        except Exception as error:
            self._fail("The service could not be started; the reason is in the server's log.", error)
        return self._service is not None

    def _fail(self, trouble: str, cause: Exception | None = None) -> None:
        if trouble != self._trouble:  # said once, not at every try
            log.error("start failed and is tried again: %s", cause or trouble, exc_info=cause)
        self._trouble = trouble

    def _load(self) -> None:
        """Load the model, and meanwhile build the first index where there is none."""
        read_terms(self.settings.terms_dir)  # a broken file is named before the model's seconds are spent, at every try
        read_weights(self.settings.weights_file)
        first = None
        if not self._began_first and not GenerationStore(self.settings.data_dir).names():
            with suppress(BuildRunningError):  # another process of this server was first
                first, self._began_first = self.tasks.start(), True
                log.info("building the first index …")
        service = self._service = start(self.settings, lambda message: log.info("%s …", message))
        self._trouble = ""
        gc.collect()
        gc.freeze()  # of 660,000 objects none will go: looking at them takes .24 s, in which no question is answered
        ended = self.tasks.wait(first) if first else None
        try:
            self._refresh(service)
        except NoGenerationError as error:
            if ended is None:
                log.info("building the index (%s)", error)
                ended = self.tasks.wait(self.tasks.queue())
            self._trouble = ended.error or ""

    def _look(self) -> None:
        """Answer from a new generation within a second of its publishing, whichever process made it.

        Raises nothing: whatever a look meets, a later one may find a generation that can be used.
        """
        service = self._service
        if service is None:
            return
        try:
            if service.store.pointer():
                self._refresh(service)
            self._unusable = ""
        except (CorpusError, IndexStoreError, SettingsError, WeightsError, OSError) as error:
            self._pass_over(str(error))
        except Exception as error:
            self._pass_over("The new generation can't be used; the reason is in the server's log.", error)

    def _pass_over(self, trouble: str, cause: Exception | None = None) -> None:
        if trouble != self._unusable:  # said once, not at every look
            log.error("the new generation can't be used: %s", cause or trouble, exc_info=cause)
        self._unusable = trouble

    def _tell(self) -> None:
        """Let the metrics show how things stand."""
        generation = self._current()
        with suppress(OSError):  # several processes keep theirs in files: a full disk ends no watch
            self.metrics.ready.set(generation is not None)
            self.metrics.degraded.set(bool(self.reasons))
            self.metrics.generation.set(generation.manifest.sequence if generation else 0)
