"""An evaluation as JSON, with what made it, and as tables for people."""

import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, get_args

from rich.box import SIMPLE_HEAD
from rich.table import Table

from qa.evaluation.bench import Bench
from qa.evaluation.dataset import Dataset
from qa.evaluation.metrics import Figure
from qa.evaluation.reliability import calibration_error
from qa.evaluation.running import Evaluation
from qa.halves import Half

_RANKING = ("R@1", "R@3", "R@5", "MRR@10", "nDCG@10", "evidence@1")
_OF_KINDS = (*_RANKING, "answered", "refused")
_DECIDING = (*_OF_KINDS, "refusal precision")
_HALVES = get_args(Half)


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
    """Yield the tables that have any figure: systems, answers and refusals by half, kinds, reliability; in per cent."""
    whole = next(iter(evaluation.figures))
    slices = list(evaluation.figures[whole])
    halves = [name for name in slices if name.startswith(_HALVES)]
    kinds = [name for name in slices if name.startswith("kind ") and name.count(" ") == 1]
    languages = [name for name in slices if name not in halves and not name.startswith(("kind ", "all"))]
    parts = ["all", *languages] if len(languages) > 1 else ["all"]
    compared = [(part, system) for part in parts for system in evaluation.figures]
    yield from _table(f"{title}: systems", compared, _RANKING, evaluation)
    yield from _table(f"{title}: {whole}", [(name, whole) for name in (*parts, *halves)], _DECIDING, evaluation)
    yield from _table(f"{title}: {whole} by kind", [(name, whole) for name in kinds], _OF_KINDS, evaluation)
    if evaluation.reliability:
        yield _reliability(f"{title}: reliability of confidence", evaluation)


def _table(title: str, rows: Sequence[tuple[str, str]], measures: Sequence[str], evaluation: Evaluation) -> Iterator[Table]:
    figures = {row: evaluation.figures[row[1]][row[0]] for row in rows}
    used = [measure for measure in measures if any(measure in own for own in figures.values())]
    if "refused" not in used and "refusal precision" in used:  # it says nothing where every question has an answer
        used.remove("refusal precision")
    several = len({system for _, system in rows}) > 1
    if not used:
        return
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    for heading in ("questions", "system") if several else ("questions",):
        table.add_column(heading, no_wrap=True)
    for measure in used:
        table.add_column(measure, justify="right", no_wrap=True)
    for (name, system), own in figures.items():
        if any(measure in own for measure in used):
            shown = f"{name.removeprefix('kind ')} ({max(figure.questions for figure in own.values())})"
            table.add_row(shown, *([system] if several else []), *(_cell(own, measure) for measure in used))
    yield table


def _cell(figures: Mapping[str, Figure], measure: str) -> str:
    figure = figures.get(measure)
    return f"{figure.value * 100:.1f} ({figure.low * 100:.0f}-{figure.high * 100:.0f})" if figure else ""


def _reliability(title: str, evaluation: Evaluation) -> Table:
    error = calibration_error(evaluation.reliability)
    heading = f"{title} (expected calibration error {error * 100:.1f})"
    table = Table(title=heading, box=SIMPLE_HEAD, title_justify="left")
    for column in ("confidence", "questions", "mean confidence", "answerable"):
        table.add_column(column, justify="right", no_wrap=True)
    for item in evaluation.reliability:
        numbers = (item.confidence, item.answerable)
        tenth = f"{item.low * 100:.0f} to {item.high * 100:.0f}"
        table.add_row(tenth, str(item.questions), *(f"{number * 100:.1f}" for number in numbers))
    return table


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
