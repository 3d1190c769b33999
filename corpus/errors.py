"""What is wrong with a corpus, file by file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_LISTED = 30


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which file, at which line where that is known, and why, perhaps in Chinese too.

    ``gone`` tells that the file was emptied: what it held before is withdrawn, too.
    """

    filename: str
    reason: str
    line: int | None = None
    zh: str = ""
    gone: bool = False

    def __str__(self) -> str:
        place = f"{self.filename}, line {self.line}" if self.line else self.filename
        return f"{place}: {self.reason}" + (f" ({self.zh})" if self.zh else "")


class CorpusError(Exception):
    """The corpus or its term base can't be used; ``problems`` names every file and reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(listed(self.problems)))


def listed(problems: Sequence[Problem], most: int = MOST_LISTED) -> list[str]:
    """Return ``problems`` as lines, at most so many, and then how many more there are."""
    lines = [str(problem) for problem in problems[:most]]
    more = len(problems) - most
    return [*lines, f"… and {more} more"] if more > 0 else lines
