"""What a server process holds: what answers, the turns that questions take, the rebuild tasks, and their upkeep."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import anyio.to_thread

from api.bounds.admission import Admission
from api.errors import ProblemError
from api.metrics import Metrics
from api.process.tasks import Tasks, rebuild_after_edits
from api.process.upkeep import RETRY_AFTER, Upkeep
from index.building.documents import CorpusFolder
from index.building.process import BuildCancelledError, BuildProcess
from index.building.tools import Progress
from qa.serving import Serving
from qa.settings import Settings

T = TypeVar("T")

_AT_ONCE = 2  # questions in the works: what one does in Python overlaps with what the other does in the model
_WRITTEN_AT_ONCE = 4  # answers that the language model writes at once; more wait, with the questions


class Runtime:
    """One door to what answers (`serving`), and what asking it, building it and watching it share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tasks = Tasks(settings.data_dir, self._build)
        self.documents = CorpusFolder(settings.corpus_dir, settings.data_dir)
        self.metrics = Metrics()
        self.admission = Admission(_AT_ONCE, settings.max_concurrent_questions)
        self.writing = Admission(_WRITTEN_AT_ONCE, settings.max_concurrent_questions)
        self.upkeep = Upkeep(settings, self.tasks, self.metrics)
        self._builds = BuildProcess(settings.places)
        self._stopping = threading.Event()

    def open(self) -> None:
        """Begin to load; returns at once."""
        self.upkeep.open()
        if self.settings.watch:
            watched = (self.settings, self.tasks, self._stopping)
            threading.Thread(target=rebuild_after_edits, args=watched, name="mscqa-watch", daemon=True).start()

    def close(self) -> None:
        """Stop watching, and stop this process's rebuild."""
        self._stopping.set()
        self.upkeep.close()
        self.tasks.close()
        self._builds.close()

    @property
    def serving(self) -> Serving:
        """What answers now, to be taken once a request; raises the problem ``index_not_ready`` before the first."""
        serving = self.upkeep.serving
        if serving is None:
            detail = " ".join(self.upkeep.reasons[:1]) or "The index is being built. Ask again in a moment."
            raise ProblemError("index_not_ready", detail, {}, {"Retry-After": str(RETRY_AFTER)})
        return serving

    @property
    def ready(self) -> bool:
        """Whether questions are answered."""
        return self.upkeep.serving is not None

    async def work(self, check: Callable[[], T]) -> T:
        """Return what ``check`` returns, run in a worker thread in its turn among questions; raises the problem ``busy``."""
        async with self.admission.turn():
            return await anyio.to_thread.run_sync(check)

    def drain(self) -> None:
        """Send away the questions that wait for their turn; those under way go on."""
        self.admission.drain()
        self.writing.drain()

    def filename(self, document_id: str) -> str | None:
        """Return the file that the generation that answers was given for a document, or None."""
        serving = self.upkeep.serving
        document = serving.generation.documents.get(document_id) if serving else None
        return document.filename if document else None

    def rollback(self, name: str) -> None:
        """Answer from another kept generation; raises ``IndexStoreError``, or the problem ``index_not_ready``."""
        service = self.upkeep.service
        if service is None:
            raise ProblemError("index_not_ready", "The service is starting.", {}, {"Retry-After": str(RETRY_AFTER)})
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
        self.upkeep.refresh()
        return report
