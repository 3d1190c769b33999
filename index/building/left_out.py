"""What the last build left out, for servers: the files that couldn't be read and why, and those of other kinds, counted."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import MOST_LISTED
from index.building.inputs import Inputs
from index.durable import replace_file

FILE = "left-out.json"


@dataclass(frozen=True, slots=True)
class LeftOutFile:
    """A file that can't be read, and why; ``as_of`` is the date of its last good version where that is shown instead."""

    filename: str
    reason: str
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a build left out: how many files, of how many the last good version is shown, and the first of them by name.

    ``passed_over`` counts files of other kinds by suffix.
    """

    count: int = 0
    kept: int = 0
    files: tuple[LeftOutFile, ...] = ()
    passed_over: Mapping[str, int] | None = None


def note_left_out(data_dir: Path, inputs: Inputs) -> None:
    """Note in the data folder what a build of ``inputs`` left out; a folder that can't be written is left as it is."""
    dates = {document.filename: document.as_of for document in inputs.documents if document.as_of}
    reasons = {problem.filename: problem for problem in reversed(inputs.left_out)}
    files = [
        LeftOutFile(name, str(problem).removeprefix(f"{name}, ").removeprefix(f"{name}: "), dates.get(name, ""))
        for name, problem in sorted(reasons.items())
    ]
    found = LeftOut(len(files), len(inputs.kept), tuple(files[:MOST_LISTED]), dict(inputs.passed_over))
    with suppress(OSError):
        if found != read_left_out(data_dir):
            replace_file(data_dir / FILE, json.dumps(asdict(found), ensure_ascii=False).encode("utf-8", "surrogatepass"))


def read_left_out(data_dir: Path) -> LeftOut:
    """Return what the last build left out; nothing where none was noted, or the note can't be read."""
    try:
        item = json.loads((data_dir / FILE).read_bytes())
        files = tuple(LeftOutFile(**one) for one in item.pop("files"))
        return LeftOut(**item, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return LeftOut(passed_over={})
