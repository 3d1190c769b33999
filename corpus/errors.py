"""What is wrong with a corpus, file by file."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which file, at which line where that is known, and why."""

    filename: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.filename}, line {self.line}" if self.line else self.filename
        return f"{place}: {self.reason}"


class CorpusError(Exception):
    """The corpus or its term base can't be used; ``problems`` names every file and reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
