"""From a text to its blocks: every character that isn't blank lies in exactly one of them.

The format says which lines stand together (markdown.py, plain.py); what they are by their words is found the
same way for both (paragraphs.py); then sentences that a page break or a blank line parted are joined, and what isn't
content is told apart (roles.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.blocks.drafts import Draft, Group, draft_of, following_lines
from corpus.blocks.joining import join_over_breaks
from corpus.blocks.joins import block_joins, known_words
from corpus.blocks.line_kinds import is_a
from corpus.blocks.lines import columns, ends_sentence, has_final_mark
from corpus.blocks.markdown import markdown_groups
from corpus.blocks.paragraphs import Forms, find_forms, is_byline, resolve
from corpus.blocks.plain import plain_groups
from corpus.blocks.roles import assign_roles
from corpus.model import Block, Span

_TEXT = 40  # columns from which a block with a final mark is running text


def read_blocks(text: str, start: int, *, markdown: bool) -> tuple[Block, ...]:
    """Return the blocks of ``text`` from ``start`` on, in order; what stands before is front matter.

    A pure function of the text, linear in its length.
    """
    groups = markdown_groups(text, start) if markdown else plain_groups(text, start)
    forms = find_forms(groups) if not markdown else None
    drafts = assign_roles(join_over_breaks(_resolved(groups, forms)))
    words = (
        known_words(text) if any(line.text.endswith(("-", "‐")) for item in drafts for line in item.lines) else frozenset()
    )
    blocks = [_block(item, text, words, markdown=markdown) for item in drafts]
    if text[:start].strip():
        blocks.insert(0, Block("front_matter", _trimmed(text, 0, start)))
    return tuple(_partition(blocks, text))


def _resolved(groups: Sequence[Group], forms: Forms | None) -> list[Draft]:
    """Return the drafts of all groups; below a heading of references every group is read as references."""
    drafts: list[Draft] = []
    entries = 0  # the level of the heading of references that is open
    top = True  # above the first running text, where bylines stand
    following = following_lines(groups)
    for group, after in zip(groups, following, strict=True):
        if group.kind == "heading":
            entries = _entries_level(group) or (entries if group.level > entries else 0)
        if group.kind is not None and not (entries and group.kind == "item"):
            kind = (
                "byline"
                if top and group.kind == "item" and all(is_byline(line.text) for line in group.lines)
                else group.kind
            )
            made = [draft_of(group, kind, tight=kind != "item")]
        else:
            made = resolve(group, forms, after, entries=bool(entries), top=top, goes_on=_page_ended_within(drafts, group))
            if group.begin >= 0 and made:
                made[0] = replace(made[0], begin=min(made[0].begin, group.begin))
        made = [_asked(item, first=not drafts) for item in made]
        for item in made:
            if item.kind == "heading" and item.level == 10:
                entries = 10 if is_a("references", item.title) else 0
            elif item.kind == "heading" and group.kind is None and item.level < 10:
                entries = 0
        drafts += made
        top = top and not any(_is_text(item) for item in made)
    return drafts


def _page_ended_within(drafts: Sequence[Draft], group: Group) -> bool:
    """Tell whether a page ends between what was read and ``group``, within a sentence."""
    last = next((item for item in reversed(drafts) if item.kind != "furniture"), None)
    if last is None or last.kind not in ("paragraph", "answer", "item") or not group.lines[0].after_page:
        return False
    return not ends_sentence(last.lines[-1].text, group.lines[0].text)


def _asked(item: Draft, *, first: bool) -> Draft:
    """Return a heading that asks as a question; it stays in the path of what stands below it."""
    asks = item.kind == "heading" and item.title.endswith(("？", "?")) and not (first and item.level == 1)
    return replace(item, kind="question") if asks else item


def _is_text(item: Draft) -> bool:
    return item.kind in ("paragraph", "answer", "item") and has_final_mark(item.text) and columns(item.text) >= _TEXT


def _entries_level(group: Group) -> int:
    return group.level if is_a("references", group.title) else 0


def _block(item: Draft, text: str, words: frozenset[str], *, markdown: bool) -> Block:
    joins = block_joins(item, text, words, markdown=markdown)
    span = _trimmed(text, item.begin, item.end)
    return Block(item.kind, span, item.level, joins, doubtful=item.doubtful, title=item.title)


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))


def _partition(blocks: Sequence[Block], text: str) -> Iterator[Block]:
    """Yield ``blocks`` in order, none over another, with what lies between them as furniture: nothing goes missing."""
    place = 0
    for block in sorted(blocks, key=lambda item: (item.span.start, item.span.end)):
        if block.span.start < place:
            if block.span.end <= place:
                continue
            block = _begun_at(block, place, text)
        if text[place : block.span.start].strip():
            yield Block("furniture", _trimmed(text, place, block.span.start))
        if len(block.span):
            yield block
            place = block.span.end
    if text[place:].strip():
        yield Block("furniture", _trimmed(text, place, len(text)))


def _begun_at(block: Block, place: int, text: str) -> Block:
    span = _trimmed(text, place, block.span.end)
    return replace(block, span=span, joins=tuple(cut for cut in block.joins if cut.start >= span.start))
