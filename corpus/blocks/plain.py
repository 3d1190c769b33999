"""Plain text: page furniture taken out, tables found, and the rest in groups that blank lines and indents part."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.blocks.drafts import Group
from corpus.blocks.line_kinds import is_a
from corpus.blocks.lines import Line, ends_sentence, split_lines
from corpus.blocks.tables import html_rows, parted_rows, row_groups

_DIGITS = re.compile(r"\d+")
_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|<table\b.*?(?:</table\s*>|\Z)", re.S | re.I)
_HANGING = 4  # lines above within which a reference begins that hangs
_LONGEST_HEAD = 80  # characters of a running head
_SPREAD = re.compile(r"\S(?:\s{2,}|\t)\d{1,4}$|^\d{1,4}(?:\s{2,}|\t)\S")  # a page's number beside a running head


def plain_groups(text: str, start: int) -> list[Group]:
    """Return the groups of a plain text in order."""
    groups: list[Group] = []
    place = start
    for found in _MARKUP.finditer(text, start):
        if text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip():
            continue  # within a line, a comment or table is the line's
        groups += _line_groups(text[: found.start()], place)
        place = found.end()
        rows = html_rows(text, found.start(), found.end()) if found[0][1].lower() == "t" else []
        whole = Line(found.start(), found.end(), found[0], found.start())
        groups += rows or [Group((whole,), "comment", inline=False)]
    return groups + _line_groups(text, place)


def _line_groups(text: str, start: int) -> list[Group]:
    lines = split_lines(text, start)
    furniture = _furniture(lines)
    kept: list[Line] = []
    page = blank = False
    found: list[Group] = []
    for line in lines:
        page, blank = page or line.after_page, blank or line.after_blank
        if line.start in furniture:
            found.append(Group((line,), "furniture", inline=False))
            page = True
            continue
        kept.append(replace(line, after_page=page, after_blank=blank))
        page = blank = False
    return sorted([*found, *_grouped(kept)], key=lambda group: group.lines[0].start)


def _grouped(lines: Sequence[Line]) -> Iterator[Group]:
    run: list[Line] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        rows = parted_rows(lines, place)
        if rows:
            if run:
                yield Group(tuple(run))
            run = []
            yield from row_groups(lines[place : place + rows])
            place += rows
            continue
        if run and (line.after_blank or line.after_page or _indented(run, line)):
            yield Group(tuple(run))
            run = []
        run.append(line)
        place += 1
    if run:
        yield Group(tuple(run))


def _indented(run: Sequence[Line], line: Line) -> bool:
    """Tell whether an indent begins a paragraph: the line before ended a sentence further out."""
    previous = run[-1]
    indents = line.indent >= previous.indent + 2 and line.indent >= 2 and ends_sentence(previous.text, line.text)
    return indents and not any(is_a("reference", item.text) for item in run[-_HANGING:])


def _furniture(lines: Sequence[Line]) -> set[int]:
    """Return where the lines begin that are page furniture: page numbers, and heads that recur beside them."""
    forms = Counter(_DIGITS.sub("#", line.text) for line in lines if len(line.text) <= _LONGEST_HEAD)
    exact = {line.text for line in lines[:1]}
    numbered = {
        place
        for place, line in enumerate(lines)
        if is_a("page", line.text) or (_SPREAD.search(line.text) and forms[_DIGITS.sub("#", line.text)] > 1)
    }
    breaks = numbered | {place for place, line in enumerate(lines) if line.after_page}
    found = {lines[place].start for place in numbered}
    for place, line in enumerate(lines):
        if place in numbered or forms.get(_DIGITS.sub("#", line.text), 0) < 2 or ends_sentence(line.text):
            continue
        if line.text in exact and place == 0:
            continue  # the title, which its pages repeat
        after_break = (
            place - 1 in breaks or (place in breaks and line.after_page) or place - 1 in _starts(lines, found, place)
        )
        if after_break or place + 1 in numbered:
            found.add(line.start)
    return found | _first_heads(lines, found)


def _starts(lines: Sequence[Line], found: set[int], place: int) -> tuple[int, ...]:
    """Return the place before, if that line is furniture already: a head may have two lines."""
    return (place - 1,) if place and lines[place - 1].start in found else ()


def _first_heads(lines: Sequence[Line], found: set[int]) -> set[int]:
    """Return where the same heads stand on the first page, which no page number comes before."""
    heads = {_DIGITS.sub("#", line.text) for line in lines if line.start in found}
    return {line.start for line in lines[1:6] if _DIGITS.sub("#", line.text) in heads and not ends_sentence(line.text)}
