"""Tables: rows that tabs or wide gaps part, HTML's rows, and Markdown's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.blocks.drafts import Draft, Group
from corpus.blocks.lines import Line
from corpus.model import Kind

_GAP = re.compile(r"\t+| {2,}|\u3000{2,}")
_ROW = re.compile(r"<tr\b[^>]*>.*?(?=<tr\b|</table|\Z)", re.S | re.I)
_CELL = re.compile(r"<t(?P<kind>[dh])\b(?P<more>[^>]*)>(?P<words>.*?)(?=</t[dh]|<t[dh]\b|</tr|\Z)", re.S | re.I)
_SPANS = re.compile(r"rowspan\s*=\s*[\"']?(\d+)", re.I)
_BARS = re.compile(r"(?<!\\)\|")
_CELLS = 2


def parted_rows(lines: Sequence[Line], start: int) -> int:
    """Return how many lines from ``start`` on are rows of one table: two or more with as many cells, parted alike."""
    if "\t" in lines[start].text:
        return _run(lines, start, "\t", 2)
    return _run(lines, start, "", 3)


def _run(lines: Sequence[Line], start: int, mark: str, fewest: int) -> int:
    count = len(_GAP.split(lines[start].text))
    if count < fewest:
        return 0
    end = start
    while end < len(lines) and (end == start or not lines[end].after_blank) and (not mark or mark in lines[end].text):
        if len(_GAP.split(lines[end].text)) != count:
            break
        end += 1
    return end - start if end - start >= _CELLS else 0


def row_groups(lines: Sequence[Line]) -> Iterator[Group]:
    """Yield the rows of a table that gaps part; the first one is its header."""
    for number, line in enumerate(lines):
        yield Group((line,), "row", level=int(number == 0), inline=False)


def bar_rows(lines: Sequence[Line]) -> Iterator[Group]:
    """Yield the rows of Markdown's table, its header with the line of dashes below it."""
    head = replace(lines[0])
    yield Group((head,), "row", end=lines[1].end, level=1)
    yield from (Group((line,), "row") for line in lines[2:])


def html_rows(text: str, start: int, end: int) -> list[Group]:
    """Return the rows of the HTML table at ``start`` to ``end``; they hold all of it, and rows that share a cell are one.

    The header is what has header cells, or the first row.
    """
    found = list(_ROW.finditer(text, start, end))
    rows: list[tuple[int, int, bool]] = []
    hold = 0
    for row in found:
        cells = list(_CELL.finditer(text, row.start(), row.end()))
        header = bool(cells) and all(cell["kind"].lower() == "h" for cell in cells)
        tall = max((int(_SPANS.search(cell["more"])[1]) if _SPANS.search(cell["more"]) else 1 for cell in cells), default=1)  # type: ignore[index]
        if rows and (hold > 0 or (header and rows[-1][2])):
            rows[-1] = (rows[-1][0], row.end(), rows[-1][2])
        else:
            rows.append((row.start(), row.end(), header))
        hold = max(hold - 1, min(tall, len(found)) - 1)
    if not rows:
        return []
    if len(rows) > 1 and not any(header for _, _, header in rows):
        rows[0] = (rows[0][0], rows[0][1], True)
    bounds = [start, *(row[0] for row in rows[1:]), end]
    return [
        _html_row(text, begin, stop, level=int(row[2])) for begin, stop, row in zip(bounds, bounds[1:], rows, strict=False)
    ]


def _html_row(text: str, begin: int, end: int, *, level: int) -> Group:
    piece = text[begin:end]
    kind: Kind = "row" if re.sub(r"<[^>]*>|&nbsp;|\s", "", piece) else "furniture"  # an empty row says nothing
    begin, end = begin + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
    return Group((Line(begin, end, text[begin:end], begin),), kind, begin, end, level=level)


def cell_gaps(draft: Draft, text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what stands between and around the cells of a row, and what it reads as: cells stand a bar apart."""
    begin, end = draft.begin, draft.end
    words = text[begin:end]
    if re.search(r"<t[dhr]\b|</?table", words, re.I):
        cells = [(begin + cell.start("words"), begin + cell.end("words")) for cell in _CELL.finditer(words)]
        yield from _between([cell for cell in cells if text[cell[0] : cell[1]].strip()], begin, end, text)
        return
    line = draft.lines[0]
    marks = list(_BARS.finditer(line.text)) if _BARS.search(line.text) and draft.inline else list(_GAP.finditer(line.text))
    edges = [0, *(place for mark in marks for place in mark.span()), len(line.text)]
    cells = [(line.start + one, line.start + other) for one, other in zip(edges[::2], edges[1::2], strict=True)]
    yield from _between([cell for cell in cells if text[cell[0] : cell[1]].strip()], begin, end, text)


def _between(cells: list[tuple[int, int]], begin: int, end: int, text: str) -> Iterator[tuple[int, int, str]]:
    place = begin
    for number, (start, stop) in enumerate(cells):
        words = text[start:stop]
        left, right = start + len(words) - len(words.lstrip()), stop - len(words) + len(words.rstrip())
        if left > place:
            yield place, left, " | " if number else ""
        place = right
    if place < end:
        yield place, end, ""
