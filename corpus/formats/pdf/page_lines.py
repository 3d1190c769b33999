"""A page's characters in lines, column by column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from corpus.blocks.lines import is_chinese
from corpus.formats.markup import escaped
from corpus.formats.pdf.characters import Character, Page

_JOINED = 0.75  # of the size: a wider gap parts two pieces of a line, as between columns
_WORD_GAP, _CELL_GAP = 0.2, 1.6  # of the size
_LEAST_ROWS = 4  # lines on both sides of a gutter
_RAISED, _SMALL = 0.15, 0.85
_BETWEEN = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) (?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])")


@dataclass(frozen=True, slots=True, eq=False)
class PageLine:
    """A line of a page: its characters from the left, the page from 0, and the left and right edge of its column."""

    characters: tuple[Character, ...]
    page: int
    column: tuple[float, float]

    @property
    def left(self) -> float:
        """Its left edge in points."""
        return self.characters[0].left

    @property
    def right(self) -> float:
        """Its right edge in points."""
        return max(one.right for one in self.characters)

    @property
    def size(self) -> float:
        """The size of most of its characters in points."""
        sizes = sorted(round(one.size, 1) for one in self.characters)
        return sizes[len(sizes) // 2]

    @property
    def base(self) -> float:
        """Its base line in points from the top."""
        return median(one.base for one in self.characters)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(one.bold for one in self.characters if one.text.strip())

    @property
    def rectangle(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in points."""
        return (
            round(self.left, 1), round(self.base - self.size * 0.9, 1),
            round(self.right, 1), round(self.base + self.size * 0.25, 1),
        )  # fmt: skip

    @property
    def plain(self) -> str:
        """Its words, without marks."""
        return _tidy("".join(piece for piece, _ in self._pieces()))

    @property
    def text(self) -> str:
        """Its words as Markdown, raised and lowered ones marked."""
        made, kind, run = [], "", ""
        for piece, script in [*self._pieces(), ("", "end")]:
            if script != kind:
                words = escaped(run.strip() if kind else run)
                made.append(f"<{kind}>{words}</{kind}>" if kind and words else words)
                kind, run = script, ""
            run += piece
        return _tidy("".join(made))

    @property
    def cells(self) -> list[list[Character]]:
        """Its characters, parted where wide gaps are."""
        made = [[self.characters[0]]]
        for before, one in pairwise(self.characters):
            if one.left - before.right > _CELL_GAP * self.size:
                made.append([])
            made[-1].append(one)
        return made

    def _pieces(self) -> Iterator[tuple[str, str]]:
        size, base = self.size, self.base
        before: Character | None = None
        for one in self.characters:
            small = one.size < _SMALL * size
            script = (
                ""
                if not small
                else "sup"
                if base - one.base > _RAISED * size
                else "sub"
                if one.base - base > 0.05 * size
                else ""
            )
            if before is not None and _is_parted(before, one, size):
                yield " ", script if before.size < _SMALL * size else ""
            if one.text != " ":
                yield one.text, script
            else:
                yield " ", ""
            before = one


def _tidy(words: str) -> str:
    """Return ``words`` with single blanks, and none between Chinese characters or marks."""
    return _BETWEEN.sub("", re.sub(r" +", " ", words)).strip()


def _is_parted(before: Character, one: Character, size: float) -> bool:
    gap = one.left - before.right
    latin = not is_chinese(before.text) and not is_chinese(one.text)
    return gap > (_WORD_GAP if latin else _JOINED) * size and " " not in (before.text, one.text)


def page_lines(page: Page, number: int) -> list[PageLine]:
    """Return the lines of a page in the order in which they are read."""
    rows = _rows([one for one in page.characters if one.size > 1])
    pieces = [piece for row in rows for piece in _parted(row)]
    return [
        PageLine(tuple(line), number, edges)
        for region in _regions(pieces, page.width, 0)
        for edges, line in _region_lines(region)
    ]


Piece = list[Character]


def _rows(characters: Sequence[Character]) -> list[Piece]:
    """Return characters by base line; small ones that stand beside larger ones belong to their row."""
    rows: list[tuple[float, float, Piece]] = []
    for one in sorted(characters, key=lambda item: (-round(item.size), item.base, item.left)):
        best = None
        for row in rows:
            base, size, held = row
            near = abs(one.base - base) < 0.25 * min(size, one.size) or (
                one.size < _SMALL * size
                and base - 0.75 * size < one.base < base + 0.3 * size
                and any(
                    -0.3 * size < one.left - other.right < size or -0.3 * size < other.left - one.right < size
                    for other in held
                )
            )
            if near and (best is None or abs(base - one.base) < abs(best[0] - one.base)):
                best = row
        if best is not None:
            best[2].append(one)
        else:
            rows.append((one.base, one.size, [one]))
    return [sorted(row[2], key=lambda item: item.left) for row in sorted(rows, key=lambda item: item[0])]


def _parted(row: Piece) -> Iterator[Piece]:
    """Yield a row's pieces, parted where a gutter may be."""
    piece = [row[0]]
    for before, one in pairwise(row):
        if one.left - max(before.right, before.left) > _JOINED * max(before.size, one.size) or (
            before.text == " " and before.right - before.left > _JOINED * one.size
        ):
            yield piece
            piece = []
        piece.append(one)
    yield piece


def _edges(piece: Piece) -> tuple[float, float]:
    words = [one for one in piece if one.text.strip()] or piece
    return words[0].left, max(one.right for one in words)


def _regions(pieces: list[Piece], width: float, depth: int) -> Iterator[list[Piece]]:
    """Yield groups of pieces, each of one column: what crosses a gutter parts what stands above from what is below."""
    gutter = _gutter(pieces) if depth < 3 else None
    if gutter is None:
        if pieces:
            yield pieces
        return
    band: list[Piece] = []
    across: list[Piece] = []
    for piece in sorted(pieces, key=lambda item: item[0].base):
        left, right = _edges(piece)
        if left < gutter < right:
            yield from _sides(band, gutter, width, depth)
            band = []
            across.append(piece)
        else:
            if across and not any(abs(piece[0].base - other[0].base) < 0.5 * piece[0].size for other in across):
                yield across
                across = []
            (across if across else band).append(piece)
    if across:
        yield across
    yield from _sides(band, gutter, width, depth)


def _sides(band: list[Piece], gutter: float, width: float, depth: int) -> Iterator[list[Piece]]:
    for side in (
        [piece for piece in band if _edges(piece)[1] <= gutter],
        [piece for piece in band if _edges(piece)[0] >= gutter],
    ):
        yield from _regions(side, width, depth + 1)


def _gutter(pieces: list[Piece]) -> float | None:
    """Return where a gutter runs, or None: most lines stand on one side of it, and they are lines of running text."""
    edges = [_edges(piece) for piece in pieces]
    if len(edges) < 2 * _LEAST_ROWS:
        return None
    bases = {edge: piece[0].base for edge, piece in zip(edges, pieces, strict=True)}
    left, right = min(one for one, _ in edges), max(other for _, other in edges)
    best: tuple[float, float] | None = None
    for start in sorted({round(other, 0) + 1.5 for _, other in edges}):
        if not left + 0.15 * (right - left) < start < right - 0.15 * (right - left):
            continue
        before = [edge for edge in edges if edge[1] <= start]
        after = [edge for edge in edges if edge[0] >= start]
        crossing = len(edges) - len(before) - len(after)
        if min(len(before), len(after)) < _LEAST_ROWS or crossing > 0.5 * min(len(before), len(after)):
            continue
        if not (_is_text(before, bases) and _is_text(after, bases)):
            continue
        score = min(len(before), len(after)) - crossing + 0.0
        if best is None or score > best[0]:
            best = score, (max(edge[1] for edge in before) + min(edge[0] for edge in after)) / 2
    return best[1] if best else None


def _is_text(edges: Sequence[tuple[float, float]], bases: Mapping[tuple[float, float], float]) -> bool:
    """Tell whether most rows are full where these pieces stand: lines of running text, and not cells."""
    width = max(other for _, other in edges) - min(one for one, _ in edges)
    rows = len({round(bases[edge]) for edge in edges})
    return sum(other - one for one, other in edges) >= 0.55 * width * rows


def _region_lines(region: list[Piece]) -> Iterator[tuple[tuple[float, float], Piece]]:
    edges = [_edges(piece) for piece in region]
    column = min(one for one, _ in edges), max(other for _, other in edges)
    for row in _rows([one for piece in region for one in piece]):
        if any(one.text.strip() for one in row):
            while row and not row[0].text.strip():
                row.pop(0)
            while row and not row[-1].text.strip():
                row.pop()
            yield column, row
