"""What isn't content, told by where it stands: notices and references, share lines at the ends."""

from collections.abc import Sequence
from dataclasses import replace

from corpus.blocks.drafts import Draft
from corpus.blocks.line_kinds import is_a

_FROM_ENDS = 5  # blocks from either end among which navigation stands


def assign_roles(drafts: Sequence[Draft]) -> list[Draft]:
    """Return ``drafts`` with bylines, notices, references and navigation told apart."""
    made = list(drafts)
    _sections(made)
    for place, item in enumerate(made):
        words = item.text
        near_end = place < _FROM_ENDS or place >= len(made) - _FROM_ENDS
        if (item.kind in ("paragraph", "item") and near_end and is_a("navigation", words)) or (
            item.kind == "paragraph" and len(item.lines) == 1 and is_a("share", words)
        ):
            made[place] = replace(item, kind="furniture", doubtful=False)
        elif item.kind == "paragraph" and (
            is_a("keywords", words) or (place >= len(made) - _FROM_ENDS and is_a("byline", words))
        ):
            made[place] = replace(item, kind="byline")
        elif item.kind in ("paragraph", "item") and is_a("work", words):
            made[place] = replace(item, kind="reference")
    _between(made)
    return made


def _between(made: list[Draft]) -> None:
    """Mark what stands between two references of a list: one of them whose end OCR has garbled."""
    for place in range(1, len(made) - 1):
        before, item, after = made[place - 1 : place + 2]
        if item.kind == "item" and before.kind == after.kind == "reference":
            made[place] = replace(item, kind="reference")


def _sections(made: list[Draft]) -> None:
    """Mark what stands below headings of references and notices, up to the next heading of their level or above."""
    role, level = "", 0
    for place, item in enumerate(made):
        if item.kind == "heading":
            if is_a("references", item.title):
                role, level = "reference", item.level
            elif is_a("notices", item.title):
                role, level = "notice", item.level
            elif role and (item.level <= level or item.level in (1, 2)):
                role = ""
        elif role == "reference" and item.kind in ("paragraph", "item", "answer", "caption"):
            made[place] = replace(item, kind="reference")
        elif role == "notice" and item.kind in ("paragraph", "item", "answer"):
            made[place] = replace(item, kind="notice")
