"""What a line is by its words alone: share lines, notices, bylines, captions …; the words are in ``line_kinds.toml``."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class LineKind:
    """A kind of line: a line of at most ``longest`` characters in which ``pattern`` is found."""

    name: str
    longest: int
    pattern: re.Pattern[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]

    def fits(self, line: str) -> bool:
        """Tell whether ``line`` is of this kind."""
        words = line.strip()
        return 0 < len(words) <= self.longest and _found(self.pattern, words)


class LineKindError(Exception):
    """The file of line kinds is wrong; the message names the kind and the reason."""


@lru_cache(maxsize=4_000)
def _found(pattern: re.Pattern[str], words: str) -> bool:
    """Tell whether ``pattern`` is found, once for the several times that a reading asks of a line."""
    return pattern.search(words) is not None


@cache
def line_kinds() -> Mapping[str, LineKind]:
    """Return the kinds of ``line_kinds.toml`` by name; raises ``LineKindError``."""
    found: dict[str, LineKind] = {}
    for number, item in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["kind"], 1):
        name = item.get("name", f"the kind number {number}")
        try:
            pattern = re.compile(item["pattern"], re.I)
            found[name] = LineKind(name, int(item["longest"]), pattern, tuple(item["yes"]), tuple(item["no"]))
        except (KeyError, ValueError, re.error) as error:
            raise LineKindError(f"{FILE.name}, {name}: {error!r}") from error
    return found


def is_a(kind: str, line: str) -> bool:
    """Tell whether ``line`` is of the ``kind`` of that name."""
    return line_kinds()[kind].fits(line)
