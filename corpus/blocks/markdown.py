"""Markdown: which lines make which block, by a CommonMark parser; what is within the lines is read elsewhere.

The parser gives lines only, which is all that is asked of it: its inline tokens have no places. Indented code is off, since
people indent paragraphs, and so are link definitions, which would swallow a line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.blocks.drafts import Group
from corpus.blocks.headings import plain_title
from corpus.blocks.line_kinds import is_a
from corpus.blocks.lines import Line, columns, ends_sentence, has_final_mark
from corpus.blocks.tables import bar_rows, html_rows

_PREFIX = re.compile(r"(?:[ \t]*>)*[ \t]*")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
_ATX = re.compile(r"#{1,6}[ \t]*")
_NO_SPACE = re.compile(r"#{1,6}(?=[^\s#\d])")
_IMAGE = re.compile(r"!\[(?P<words>[^\]\n]*)\]\([^)\n]*\)(?:\{[^}\n]*\})?")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.S | re.I)
_DEFINITION = re.compile(r"\[[^\]^]+\]:\s*\S+")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:\s*")
_NAVIGATION = re.compile(r"(?:\[[^\]\n]*\]\([^)\n]*\)[\s|·>»/•-]*){2,}$")


@dataclass(frozen=True, slots=True)
class _Within:
    """What a block stands in: how many quotes and how deep in lists; ``first`` for the first block of an item."""

    quotes: int = 0
    depth: int = 0


def markdown_groups(text: str, start: int) -> list[Group]:
    """Return the groups of a Markdown text in order."""
    source = text[start:].replace("\f", " ")
    offsets = [start]
    for line in source.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    offsets[-1] = len(text)
    found: list[Group] = []
    within = _Within()
    tokens = _parser().parse(source)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type in ("blockquote_open", "blockquote_close"):
            within = replace(within, quotes=within.quotes + token.nesting)
        elif token.type in ("list_item_open", "list_item_close"):
            within = replace(within, depth=within.depth + token.nesting)
        elif token.map and token.type in ("heading_open", "paragraph_open", "fence", "html_block", "hr", "table_open"):
            lines = _lines(text, offsets, token.map, found, within)
            found += _groups(token, lines, within, text)
        if token.type == "table_open":
            while tokens[place].type != "table_close":
                place += 1
        place += 1
    return found


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").disable(["code", "reference"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _lines(text: str, offsets: Sequence[int], lines: Sequence[int], found: Sequence[Group], within: _Within) -> list[Line]:
    """Return the lines from ``lines[0]`` up to ``lines[1]`` that aren't blank, marks of quotes and items taken off."""
    made: list[Line] = []
    blank = True
    read = max((group.end if group.end >= 0 else group.lines[-1].end) for group in found[-1:]) if found else offsets[0]
    for number in range(lines[0], lines[1]):
        begin, end = offsets[number], min(offsets[number + 1], len(text))
        begin = max(begin, read) if number == lines[0] else begin
        raw = text[begin:end].rstrip()
        if (
            raw
            and not within.quotes
            and not (within.depth and number == lines[0])
            and raw[0] != ">"
            and not raw[0].isspace()
        ):
            made.append(
                Line(begin, begin + len(raw), raw, begin, 0, blank, number=number)
            )  # nothing to take off: most lines
            blank = False
            continue
        place = _PREFIX.match(raw)
        left = place.end() if place and (within.quotes or ">" not in place[0]) else len(raw) - len(raw.lstrip())
        marks = 0
        while number == lines[0] and marks < within.depth and (mark := _ITEM.match(raw, left)):
            left = mark.end()
            marks += 1
            nested = _PREFIX.match(raw, left)
            left = nested.end() if nested and within.quotes else left
        words = raw[left:]
        if words.strip():
            left += len(words) - len(words.lstrip())
            indent = columns(raw[: len(raw) - len(raw.lstrip())].expandtabs(4))
            marks_before = columns(raw[:left].strip()) + 1 if raw[:left].strip() else 0
            made.append(
                Line(begin + left, begin + len(raw), raw[left:], begin, indent, blank, number=number, before=marks_before)
            )
            blank = False
        else:
            blank = True
    return made


def _groups(token: Token, lines: list[Line], within: _Within, text: str) -> Iterator[Group]:
    if not lines:
        return
    first = lines[0]
    begin = first.begin + len(text[first.begin : first.start]) - len(text[first.begin : first.start].lstrip())
    if token.type == "heading_open":
        yield from _heading(token, lines, begin)
    elif token.type == "fence":
        yield Group(tuple(lines), "code", begin, inline=False)
    elif token.type == "hr":
        yield Group((first,), "furniture", begin, inline=False)
    elif token.type == "table_open":
        rows = list(bar_rows(lines)) if len(lines) > 1 else []
        yield from rows
    elif token.type == "html_block":
        yield from _html(text, begin, lines)
    else:
        yield from _paragraph(lines, begin, within)


def _heading(token: Token, lines: list[Line], begin: int) -> Iterator[Group]:
    level = int(token.tag[1])
    if token.markup[:1] == "#":
        words = _ATX.sub("", lines[0].text, count=1)
        line = lines[0].cut(len(lines[0].text) - len(words))
        closed = line.text.rstrip("#")
        line = line.cut(0, len(closed)) if closed != line.text and closed[-1:].isspace() else line
        if line.text:
            yield Group((line,), "heading", begin, lines[0].end, level, title=plain_title(line.text))
        else:
            yield Group((lines[0],), "furniture", begin, inline=False)
        return
    above, under = lines[:-1], lines[-1]
    if len(above) > 1 or ends_sentence(above[0].text):  # a paragraph with a rule below it
        yield Group(tuple(above), None, begin, soft=True)
        yield Group((under,), "furniture", inline=False)
    elif above:
        yield Group((above[0],), "heading", begin, under.end, level, title=plain_title(above[0].text))


def _html(text: str, begin: int, lines: list[Line]) -> Iterator[Group]:
    end = lines[-1].end
    place = begin
    pieces = sorted([*_COMMENT.finditer(text, begin, end), *_TABLE.finditer(text, begin, end)], key=lambda one: one.start())
    for piece in pieces:
        if piece.start() < place:
            continue
        yield from _html_words(text, place, piece.start())
        place = piece.end()
        whole = Line(piece.start(), piece.end(), piece[0], piece.start())
        rows = html_rows(text, *piece.span()) if piece[0][1] != "!" else []
        if rows:
            yield from rows
        else:
            yield Group((whole,), "comment" if piece[0][1] == "!" else "furniture", inline=False)
    yield from _html_words(text, place, end)


def _html_words(text: str, start: int, end: int) -> Iterator[Group]:
    words = text[start:end]
    if not words.strip():
        return
    lines = [
        Line(start + one.start(), start + one.end(), one[0], start + one.start())
        for one in re.finditer(r"\S[^\n]*(?<=\S)|\S", words)
    ]
    bare = not re.sub(r"<[^>]*>|&\w+;|\s", "", words)
    yield Group(tuple(lines), "furniture" if bare else None, soft=True)


def _paragraph(lines: list[Line], begin: int, within: _Within) -> Iterator[Group]:
    words = lines[0].text
    pictured = [bool(_IMAGE.fullmatch(line.text)) for line in lines]
    if all(pictured):
        yield from _images(lines, begin)
    elif pictured[0] and not within.depth:  # what stands below an image, mostly its caption
        count = pictured.index(False)
        yield from _images(lines[:count], begin)
        yield from _paragraph(lines[count:], lines[count].start, within)
    elif len(lines) == 1 and (_DEFINITION.fullmatch(words) or _NAVIGATION.match(words)):
        yield Group(tuple(lines), "furniture", begin)
    elif footnote := _FOOTNOTE.match(words):
        first = lines[0].cut(footnote.end())
        if first.text:
            yield Group((first, *lines[1:]), "paragraph", begin, lines[-1].end, soft=True)
        else:
            yield Group(tuple(lines), "furniture", begin)
    elif within.depth:
        yield Group(tuple(lines), "item", begin, lines[-1].end, within.depth, soft=True)
    elif (mark := _NO_SPACE.match(words)) and len(lines) == 1 and not has_final_mark(words):  # '#标题' of other dialects
        line = lines[0].cut(mark.end())
        yield Group((line,), "heading", begin, lines[0].end, mark.end(), title=plain_title(line.text))
    else:
        yield Group(tuple(lines), None, begin, soft=True)


def _images(lines: list[Line], begin: int) -> Iterator[Group]:
    for number, line in enumerate(lines):
        image = _IMAGE.fullmatch(line.text)
        start = begin if number == 0 else line.start
        if image and image["words"].strip() and not is_a("page", image["words"]):
            yield Group((line.cut(*image.span("words")),), "caption", start, line.end)
        else:
            yield Group((line,), "image", start, inline=False)
