"""Sentences that a page break or a blank line parted, made one again."""

from collections.abc import Sequence
from dataclasses import replace

from corpus.blocks.drafts import Draft
from corpus.blocks.line_kinds import is_a
from corpus.blocks.lines import Line, columns, ends_sentence, has_final_mark, is_full

_JOINED = ("paragraph", "answer", "item", "reference")
_NARROW = 24  # columns: a shorter line before a page break is a heading or a caption
_BETWEEN = ("furniture",)


def join_over_breaks(drafts: Sequence[Draft]) -> list[Draft]:
    """Return ``drafts`` with those made one between which a sentence goes on; page furniture between them goes into it."""
    made: list[Draft] = []
    open_at = -1  # the last draft of ``made`` that may go on
    for item in drafts:
        if item.kind in _BETWEEN:
            made.append(item)
            continue
        if (
            open_at >= 0
            and _may_follow(made[open_at], item)
            and not item.tight
            and _goes_on(made[open_at], item, len(made) - open_at > 1)
        ):
            before = made[open_at]
            width = item.width or before.width
            joined = replace(before, lines=(*before.lines, *item.lines), end=item.end, width=width)
            made[open_at:] = [replace(joined, doubtful=before.doubtful or item.doubtful)]
            continue
        made.append(item)
        open_at = len(made) - 1 if item.kind in _JOINED else -1
    return made


def _may_follow(before: Draft, item: Draft) -> bool:
    """Tell whether a block is of a kind that may go on in ``item``: a paragraph, or a reference without a number."""
    if before.kind == "reference" and item.kind == "reference":
        return not is_a("reference", item.text) and not item.text[:1].isdigit()
    return item.kind == "paragraph"


def _goes_on(before: Draft, item: Draft, furniture: bool) -> bool:
    """Tell whether the sentence at the end of ``before`` goes on in ``item``."""
    last, first = before.lines[-1], item.lines[0]
    if before.begin != before.lines[0].start and item.begin != first.start:
        return False
    paged = first.after_page or furniture
    if item.begin != first.start or ends_sentence(last.text, first.text):
        return False
    if last.text.endswith(("：", ":")) and not paged:
        return False
    if not (first.after_blank or paged):
        return False
    if last.text.endswith(("，", ",", "、", "（", "(", "/", "-")):
        return True
    if first.text[:1].isupper() and last.text[-1:].isascii():
        return False
    if paged:
        return columns(last.text) >= _NARROW or first.text[:1].islower()
    return _over_blank(before, item, last, first)


def _over_blank(before: Draft, item: Draft, last: Line, first: Line) -> bool:
    """Tell whether a blank line stands within a sentence: the line before it is full, or both sides are running text."""
    if first.indent > last.indent + 1:
        return False
    prose = has_final_mark(before.text) and has_final_mark(item.text)  # what ends nothing is a title
    if before.width:
        return prose and is_full(last, first, before.width)
    return prose and len(before.lines) == 1 and columns(last.text) > 2 * _NARROW
