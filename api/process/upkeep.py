"""The background thread of a serving process: it loads the service, then keeps it on the newest usable generation."""

import gc
import logging
import threading
import time
from contextlib import suppress

from api.metrics import Metrics
from api.process.published_files import PublishedFiles
from api.process.tasks import Tasks
from corpus.errors import CorpusError
from corpus.term_files import read_terms
from index.errors import BuildRunningError, IndexStoreError, NoGenerationError
from index.generations.store import GenerationStore
from qa.bootstrap import start
from qa.retrieval.weights import WeightsError, read_weights
from qa.service import Service
from qa.serving import Serving
from qa.settings import Settings, SettingsError

log = logging.getLogger("mscqa")

RETRY_AFTER = 3  # seconds that a client is asked to wait, and at least between two tries to start
_RETRY_LATEST = 60  # seconds
_LOOK_EVERY = 0.2  # seconds between looks at the pointer; a look is one small read, of 11 microseconds


class Upkeep:
    """Starts in the background, so that health and readiness answer at once, and outlives whatever it meets."""

    def __init__(self, settings: Settings, tasks: Tasks, metrics: Metrics) -> None:
        self.service: Service | None = None
        self.trouble = ""  # of the start and the first index
        self._unusable = ""  # what the last look met, where the newest generation could not be used
        self._settings = settings
        self._tasks = tasks
        self._metrics = metrics
        self._began_first = False  # the build of the first index, while the model is loaded
        self._files = PublishedFiles(GenerationStore(settings.data_dir))
        self._stopping = threading.Event()

    def open(self) -> None:
        """Begin to load; returns at once."""
        threading.Thread(target=self._run, name="mscqa-runtime", daemon=True).start()

    def close(self) -> None:
        """Stop looking."""
        self._stopping.set()

    @property
    def serving(self) -> Serving | None:
        """What answers now, or None before the first generation."""
        service = self.service
        if service is None:
            return None
        try:
            return service.serving
        except NoGenerationError:
            return None

    @property
    def reasons(self) -> list[str]:
        """What is amiss: why the server isn't ready, or what it had to pass over."""
        serving = self.serving
        generation = serving.generation if serving else None
        passed_over = generation.problems if generation else ()
        return [*filter(None, (self.trouble, self._unusable)), *passed_over, *self._files.reasons(generation)]

    def refresh(self) -> None:
        """Answer from what is published now; raises what `Service.refresh` raises."""
        service = self.service
        if service is not None and service.refresh():
            self.trouble = ""
            self._metrics.swaps.inc()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._is_loaded():  # what stood against it may be mended
            self._tell()
            took = time.monotonic() - began
            if self._stopping.wait(min(max(RETRY_AFTER, 10 * took), _RETRY_LATEST)):  # loading a model in vain is dear
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
        return self.service is not None

    def _fail(self, trouble: str, cause: Exception | None = None) -> None:
        if trouble != self.trouble:  # said once, not at every try
            log.error("start failed and is tried again: %s", cause or trouble, exc_info=cause)
        self.trouble = trouble

    def _load(self) -> None:
        """Load the model, and meanwhile build the first index where there is none."""
        read_terms(self._settings.terms_dir)  # a broken file is named before the model's seconds are spent, at every try
        read_weights(self._settings.weights_file)
        first = None
        if not self._began_first and not GenerationStore(self._settings.data_dir).names():
            with suppress(BuildRunningError):  # another process of this server was first
                first, self._began_first = self._tasks.start(), True
                log.info("building the first index …")
        self.service = start(self._settings, lambda message: log.info("%s …", message))
        self.trouble = ""
        gc.collect()
        gc.freeze()  # of 660,000 objects none will go: looking at them takes .24 s, in which no question is answered
        ended = self._tasks.wait(first) if first else None
        try:
            self.refresh()
        except NoGenerationError as error:
            if ended is None:
                log.info("building the index (%s)", error)
                ended = self._tasks.wait(self._tasks.queue())
            self.trouble = ended.error or ""

    def _look(self) -> None:
        """Answer from a new generation within a second of its publishing, whichever process made it.

        Raises nothing: whatever a look meets, a later one may find a generation that can be used.
        """
        service = self.service
        if service is None:
            return
        try:
            if service.store.pointer():
                self.refresh()
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
        serving = self.serving
        with suppress(OSError):  # several processes keep theirs in files: a full disk ends no watch
            self._metrics.ready.set(serving is not None)
            self._metrics.degraded.set(bool(self.reasons))
            self._metrics.generation.set(serving.generation.manifest.sequence if serving else 0)
