"""An evaluation as JSON, with what made it, and as tables for people."""

import platform
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.table import Table

from qa.evaluation.bench import Bench
from qa.evaluation.dataset import Dataset
from qa.evaluation.metrics import Figure
from qa.evaluation.reliability import calibration_error
from qa.evaluation.running import Evaluation

_RANKING = ("R@1", "R@3", "R@5", "MRR@10", "nDCG@10", "evidence@1")
_DECIDING = ("answered", "refused", "refusal precision")


def to_json(evaluation: Evaluation, dataset: Dataset, bench: Bench, split: str) -> dict[str, Any]:
    """Return everything measured, with commit, model, corpus fingerprint, machine and date."""
    manifest = bench.generation.manifest
    return {
        "dataset": dataset.name,
        "documents": len(dataset.documents),
        "empty_documents": dataset.empty,
        "passages": len(bench.generation.passages),
        "questions": evaluation.questions,
        "split": split,
        "made": {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "version": _version(),
            "commit": _commit(),
            "model": asdict(manifest.recipe.model),
            "corpus": manifest.corpus,
            "dictionary": manifest.recipe.dictionary,
            "weights": bench.weights.made_by,
            "machine": {"platform": platform.platform(), "processor": _processor(), "python": platform.python_version()},
        },
        "figures": {
            system: {name: {measure: asdict(figure) for measure, figure in own.items()} for name, own in slices.items()}
            for system, slices in evaluation.figures.items()
        },
        "reliability": {
            "expected_calibration_error": calibration_error(evaluation.reliability),
            "bins": [asdict(item) for item in evaluation.reliability],
        },
        "milliseconds": asdict(evaluation.times),
    }


def tables(evaluation: Evaluation, title: str) -> Iterator[Table]:
    """Yield the tables that have any figure: ranking, answering and refusing, kinds, reliability."""
    whole = next(iter(evaluation.figures))
    slices = [name for name in evaluation.figures[whole] if not name.startswith("kind ")]
    slices.sort(key=lambda name: (name != "all", name))
    if len(slices) == 2:  # all of one language
        slices = slices[:1]
    rows = [(system, name) for name in slices for system in evaluation.figures]
    kinds = [name for name in evaluation.figures[whole] if name.startswith("kind ")]
    yield from _table(f"{title}: ranking", rows, _RANKING, evaluation)
    yield from _table(f"{title}: answering and refusing", rows, _DECIDING, evaluation)
    yield from _table(f"{title}: by kind", [(whole, kind) for kind in kinds], (*_RANKING, *_DECIDING), evaluation)
    if evaluation.reliability:
        error = calibration_error(evaluation.reliability)
        table = Table(title=f"{title}: reliability of confidence (expected calibration error {error:.3f})")
        for heading in ("confidence", "questions", "mean confidence", "answerable"):
            table.add_column(heading, justify="right")
        for item in evaluation.reliability:
            mean, share = f"{item.confidence:.2f}", f"{item.answerable:.2f}"
            table.add_row(f"{item.low:.1f} to {item.high:.1f}", str(item.questions), mean, share)
        yield table


def _table(title: str, rows: list[tuple[str, str]], measures: tuple[str, ...], evaluation: Evaluation) -> Iterator[Table]:
    figures = evaluation.figures
    used = [measure for measure in measures if any(measure in figures[system][name] for system, name in rows)]
    if "refused" not in used and "refusal precision" in used:  # it says nothing where every question has an answer
        used.remove("refusal precision")
    if not used:
        return
    table = Table(title=title)
    for heading in ("questions", "system"):
        table.add_column(heading, no_wrap=True)
    for measure in used:
        table.add_column(measure, justify="right")
    for system, name in rows:
        own = figures[system][name]
        if any(measure in own for measure in used):
            count = max(figure.questions for figure in own.values())
            table.add_row(f"{name} ({count})", system, *(_cell(own, measure) for measure in used))
    yield table


def _cell(figures: Mapping[str, Figure], measure: str) -> str:
    figure = figures.get(measure)
    return f"{figure.value:.3f} ({figure.low:.2f} to {figure.high:.2f})" if figure else ""


def _version() -> str:
    try:
        return version("mscqa")
    except PackageNotFoundError:
        return "unknown"


def _commit() -> str:
    """Return the commit of the checkout that runs, with ``+`` where files were changed since, or ``unknown``."""
    folder = Path(__file__).parent
    try:
        commit, changed = (
            subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
            for arguments in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("+" if changed else "")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()
