"""How long checking takes, in milliseconds: ``python -m tests.benchmarks.verification`` (one thread, bundled corpus)."""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from qa.bootstrap import start
from qa.settings import Settings
from tests.planted.cases import all_cases


def main() -> None:
    """Check every planted and true quote and claim three times, and print p50 and p95 of each."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to((Path("var") / "models").resolve())
        service = start(Settings(data_dir=Path(folder)))
        service.rebuild()
        cases = all_cases(next(iter(service.generation.documents.values())))
        quotes = [case.text for case in cases if case.form == "quote"]
        claims = [case.text for case in cases if case.form == "claim"]
        rows = [
            ("first quote, which builds the index", _times(service.serving.verifier.quote, quotes[:1], 1)),
            (f"{len(quotes)} quotes", _times(service.serving.verifier.quote, quotes, 3)),
            (f"{len(claims)} claims", _times(service.serving.verifier.claim, claims, 3)),
            ("the same claims asked as questions", _times(service.ask, claims, 1)),
        ]
    print(f"{platform.machine()}, {os.cpu_count()} cores; milliseconds")
    for name, times in rows:
        print(f"{name:40} p50 {statistics.median(times):7.1f}   p95 {times[int(0.95 * (len(times) - 1))]:7.1f}")


def _times(check: Callable[[str], object], texts: Sequence[str], rounds: int) -> list[float]:
    """Return the sorted times of ``check`` on each text, the quickest of some rounds: others use this machine too."""
    quickest = []
    for text in texts:
        taken = []
        for _ in range(rounds):
            began = time.perf_counter()
            check(text)
            taken.append((time.perf_counter() - began) * 1000)
        quickest.append(min(taken))
    return sorted(quickest)


if __name__ == "__main__":
    main()
