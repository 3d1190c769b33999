"""What a format's reader makes of a file, and what it refuses one with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.model import PlacedLine


@dataclass(frozen=True, slots=True)
class Converted:
    """A file's text as Markdown, where its lines stand, and what the file says of itself.

    ``lines`` are in order of the text; ``labels`` are the names that the pages bear, from the first one on. ``record`` maps
    keys of front matter to texts, and ``found_in`` each key to where it was found.
    """

    text: str
    converter: str
    lines: tuple[PlacedLine, ...] = ()
    labels: tuple[str, ...] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    found_in: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormatError(Exception):
    """A file that can't be read: the reason in English and in Chinese."""

    reason: str
    zh: str
