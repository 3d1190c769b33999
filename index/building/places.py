"""What a build must be told: where texts, terms and data are, which model, and what it may use."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BuildPlaces:
    """Plain values, so that they can be sent to a process; ``model`` is ``default``, a folder or a model's name.

    ``keep`` generations stay for going back; ``memory_mb`` bounds a build beside a server (0: no limit), and that process
    stays loaded for ``seconds_loaded`` after it. ``strict`` refuses a corpus of which any file can't be read.
    """

    corpus_dir: Path
    terms_dir: Path
    data_dir: Path
    model: str = "default"
    keep: int = 3
    memory_mb: int = 0
    seconds_loaded: int = 300
    strict: bool = False
