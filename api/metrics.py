"""What the service counts, for Prometheus; with several worker processes, over all of them."""

import os
from pathlib import Path
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_SECONDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one application; no label ever holds a question."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.questions = Counter(
            "mscqa_questions", "Questions by outcome: answered, unanswerable, busy, failed", ["outcome"], registry=registry
        )
        self.seconds = Histogram(
            "mscqa_question_seconds", "Time from a question's arrival to its answer", buckets=_SECONDS, registry=registry
        )
        self.builds = Counter("mscqa_builds", "Builds by outcome: done, cancelled, failed", ["outcome"], registry=registry)
        self.swaps = Counter("mscqa_generation_swaps", "Generations that began to answer", registry=registry)
        self.generation = self._gauge("mscqa_generation", "Number of the generation that answers (0: none)", "livemin")
        self.ready = self._gauge("mscqa_ready", "1 where questions are answered", "livemin")
        self.degraded = self._gauge("mscqa_degraded", "1 where something is amiss; /readyz tells what", "livemax")

    def _gauge(self, name: str, documentation: str, over_workers: Literal["livemin", "livemax"]) -> Gauge:
        return Gauge(name, documentation, registry=self._registry, multiprocess_mode=over_workers)

    def text(self) -> bytes:
        """Return all in Prometheus's text format."""
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        if folder is None:
            return generate_latest(self._registry)
        _forget_the_dead(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def _forget_the_dead(folder: Path) -> None:
    """Leave out what a worker that is gone said last of its state; what it counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(path.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            path.unlink(missing_ok=True)
