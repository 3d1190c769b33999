"""An evaluation as JSON, with what made it."""

import json
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from index.generations.manifest import Manifest
from qa.evaluation.bench import Bench
from qa.evaluation.dataset import Dataset
from qa.evaluation.reliability import calibration_error
from qa.evaluation.running import Evaluation

# A value that holds no more than one further level, and that level nothing but numbers and names.
_INNERMOST = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\[[^\[\]{}]*\]")


def to_json(evaluation: Evaluation, name: str, sets: Sequence[tuple[Dataset, Bench]], split: str) -> dict[str, Any]:
    """Return everything measured, with commit, model, the first corpus's fingerprint, machine and date."""
    bench = sets[0][1]
    manifest = bench.generation.manifest
    return {
        "dataset": name,
        "documents": sum(len(dataset.documents) for dataset, _ in sets),
        "empty_documents": sum(dataset.empty for dataset, _ in sets),
        "passages": sum(len(own.generation.passages) for _, own in sets),
        "questions": evaluation.questions,
        "split": split,
        "made": {**circumstances(manifest), "weights": bench.weights.made_by},
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


def circumstances(manifest: Manifest) -> dict[str, Any]:
    """Return what figures depend on: commit, model, corpus fingerprint and machine, and the date."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": _version(),
        "commit": _commit(),
        "model": asdict(manifest.recipe.model),
        "corpus": manifest.corpus,
        "dictionary": manifest.recipe.dictionary,
        "machine": {
            "platform": f"{platform.system()} {platform.machine()}",
            "processor": _processor(),
            "python": platform.python_version(),
        },
    }


def written(item: Mapping[str, Any]) -> str:
    """Return ``item`` as JSON text that is read and compared easily: a line for each slice of questions."""
    lines = json.dumps(item, ensure_ascii=False, indent=1)
    return _INNERMOST.sub(lambda found: " ".join(found[0].split()), lines) + "\n"


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
