"""What the readers of Markdown and of plain text hand on: groups of lines, and drafts of blocks made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.blocks.lines import Line
from corpus.model import Kind


@dataclass(frozen=True, slots=True)
class Draft:
    """A block in the making: its ``lines`` are joined by soft breaks, and ``begin`` to ``end`` holds its marks too.

    ``level``, ``doubtful`` and ``title`` are the block's. ``tight`` tells that nothing of it goes on elsewhere. ``width`` is
    that of its lines where they were broken by width.
    """

    kind: Kind
    lines: tuple[Line, ...]
    begin: int
    end: int
    level: int = 0
    doubtful: bool = False
    title: str = ""
    tight: bool = False
    width: int = 0
    inline: bool = True

    @property
    def text(self) -> str:
        """The words of its lines, a blank apart."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand together; of ``kind`` where the format says so, else what they are is to be found out.

    ``soft`` tells that the format joins the lines of a group.
    """

    lines: tuple[Line, ...]
    kind: Kind | None = None
    begin: int = -1
    end: int = -1
    level: int = 0
    soft: bool = False
    title: str = ""
    inline: bool = True


def draft_of(group: Group, kind: Kind, *, tight: bool) -> Draft:
    """Return a group as one block of ``kind``."""
    begin = group.begin if group.begin >= 0 else group.lines[0].start
    end = group.end if group.end >= 0 else group.lines[-1].end
    return Draft(kind, group.lines, begin, end, group.level, title=group.title, inline=group.inline, tight=tight)


def draft(kind: Kind, lines: list[Line], begin: int | None = None, **more: object) -> Draft:
    """Return a block of ``kind`` made of ``lines``; ``begin`` is where its mark stands if it has one."""
    return Draft(kind, tuple(lines), lines[0].start if begin is None else begin, lines[-1].end, **more)  # type: ignore[arg-type]


def following_lines(groups: Sequence[Group]) -> list[Line | None]:
    """Return for each group what follows it, as one line: the first lines of the next group, furniture left out."""
    found: list[Line | None] = []
    after: Line | None = None
    for group in reversed(groups):
        found.append(after)
        if group.kind not in ("furniture", "comment", "image"):
            after = group.lines[0]
            if len(group.lines) > 1:
                after = replace(after, text=" ".join(line.text for line in group.lines[:4]))
    return found[::-1]
