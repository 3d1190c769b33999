"""Sections: the blocks below each heading, and the path of headings that they stand under."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.blocks.headings import numbered_level
from corpus.blocks.line_kinds import is_a
from corpus.model import Block, Role, Section, Span

_TITLE_WITHIN = 6  # blocks within which a plain text's title stands
_ROLES: dict[str, Role] = {"reference": "reference", "notice": "notice", "byline": "byline"}
_ALL_ONE_LEVEL = 3  # so many headings of one level, numbered in depth, have the depth of their numbers


@dataclass(slots=True)
class _Open:
    """The section that is being read."""

    path: tuple[str, ...] = ()
    heading: Span | None = None
    role: Role = "body"
    blocks: list[Block] = field(default_factory=list)


def find_title(blocks: Sequence[Block]) -> Block | None:
    """Return the heading that is the title of a text: a lone top one before all others, or None."""
    headings = [block for block in blocks if is_heading(block)]
    if not headings or headings[0].level != 1 or headings[0].kind != "heading":
        return None
    return headings[0] if sum(block.level == 1 for block in headings) == 1 else None


def is_heading(block: Block) -> bool:
    """Tell whether a block heads what follows it."""
    return bool(block.title) and block.kind in ("heading", "question")


def headed(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], Block]]:
    """Yield each block with the path of the headings above it; headings come with their own path, the title with none."""
    title = find_title(blocks)
    levels = _levels(blocks, title)
    path: list[tuple[int, str]] = []
    for block in blocks:
        if is_heading(block) and block is not title:
            level = levels.get(block.span.start, block.level)
            path = [*((above, words) for above, words in path if above < level), (level, block.title)]
        yield tuple(words for _, words in path), block


def _levels(blocks: Sequence[Block], title: Block | None) -> dict[int, int]:
    """Return the levels of headings that are all of one level and numbered, by their numbers' depth (1, 1.1)."""
    marked = [block for block in blocks if is_heading(block) and block.level <= 6 and block is not title]
    if len({block.level for block in marked}) != 1 or len(marked) < _ALL_ONE_LEVEL:
        return {}
    depths = {block.span.start: numbered_level(block.title) for block in marked}
    return {place: depth or 11 for place, depth in depths.items()} if len(set(depths.values()) - {0}) > 1 else {}


def find_sections(text: str, start: int, blocks: Sequence[Block]) -> tuple[str, tuple[Section, ...]]:
    """Return the title (empty where none is found) and the sections of ``text`` from ``start`` on.

    Sections and their headings cover the text: the first one begins at ``start``, each next one where a heading or a block
    of another role does. The title is not part of section paths, since it would be the same in all of them.
    """
    sections: list[Section] = []
    now = _Open()
    begin = start
    title = find_title(blocks)
    for path, block in headed(blocks):
        if block.kind == "front_matter":
            continue
        if is_heading(block):
            _end(sections, now, begin, block.span.start, text)
            begin = block.span.end + text.startswith("\n", block.span.end)
            now = _Open(path, block.span, _role_below(block))
            continue
        role = _ROLES.get(block.kind, "body")
        content = block.kind not in ("furniture", "comment", "image")
        if content and role != now.role:
            if text[begin : block.span.start].strip():
                _end(sections, now, begin, block.span.start, text)
                begin = block.span.start
                now = _Open(now.path, None, role)
            elif now.role == "body" or role != "body":
                now.role = role
        if content:
            now.blocks.append(block)
    _end(sections, now, begin, len(text), text)
    return (title.title if title else ""), tuple(sections)


def _end(sections: list[Section], now: _Open, begin: int, end: int, text: str) -> None:
    if now.heading is not None or text[begin:end].strip():
        sections.append(Section(now.path, now.heading, Span(begin, end), now.role))


def _role_below(heading: Block) -> Role:
    if is_a("references", heading.title):
        return "reference"
    return "notice" if is_a("notices", heading.title) else "body"
