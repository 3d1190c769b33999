"""Lines as they are laid out: how wide they are, whether they end a sentence, whether they were broken by width."""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

CLOSING = "”’\"'」』）)】》〉]*_"
_FINAL = re.compile(rf"(?:[。！？!?；;…．]|(?<![\d.])\.|(?<=\d)\.)[{re.escape(CLOSING)}]*$")
_HAN = r"\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# The least that a line is broken after: a Chinese character with the marks that mustn't begin a line, or a Latin word.
_UNIT = re.compile(rf"[（「『“《〈【]*(?:[{_HAN}]|[^\s{_HAN}，。、；：！？）」』”》〉】]+)[，。、；：！？）」』”》〉】]*")
_LATEX = re.compile(r"\$[^$]{1,400}\$\S?")
# Columns: a mark that may not begin a line pulls two more characters down; people and LaTeX break some lines early.
_SLACK, _SLACK_SHARE = 4, 0.12
_NARROWEST = 24  # columns: narrower blocks are verse and lists, not text broken by width


@dataclass(frozen=True, slots=True)
class Line:
    """A line's words at ``start`` to ``end`` of the text, markers and blanks around them left out.

    ``begin`` is where the line begins, or the part of it that is meant. ``indent`` counts columns before the words,
    ``before`` those of what was cut off before them;
    ``after_page`` tells that a page break or a page's furniture stands before it, ``after_blank`` that a blank line does.
    """

    start: int
    end: int
    text: str
    begin: int
    indent: int = 0
    after_blank: bool = False
    after_page: bool = False
    number: int = 0
    before: int = 0

    def cut(self, start: int, end: int | None = None) -> "Line":
        """Return the part of the line from ``start`` to ``end`` of its words, blanks around it left out."""
        words = self.text[start:end]
        left = len(words) - len(words.lstrip())
        begin = self.start + start
        before = self.before + columns(self.text[:start])
        return replace(
            self, start=begin + left, end=begin + len(words.rstrip()), text=words.strip(), begin=begin, before=before
        )


def split_lines(text: str, start: int) -> list[Line]:
    """Return the lines of ``text`` from ``start`` on that aren't blank; a form feed ends a line and begins a page."""
    found: list[Line] = []
    blank = page = False
    for number, match in enumerate(re.compile(r"[^\n\f]*(?:\n|\f|\Z)").finditer(text, start)):
        line = match[0]
        words = line.strip()
        if words:
            left = len(line) - len(line.lstrip())
            indent = columns(line[:left].expandtabs(4))
            begin = match.start() + left
            found.append(Line(begin, begin + len(words), words, match.start(), indent, blank, page, number))
            blank = page = False
        elif not line.endswith("\f"):
            blank = True
        page |= line.endswith("\f")
        if match.end() == len(text):
            break
    return found


class _Widths(dict[str, int]):
    """How many columns each character takes, looked up once: asked anew each time, it was a fifth of all reading."""

    def __missing__(self, one: str) -> int:
        width = 0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WFA" else 1
        self[one] = width
        return width


_WIDTHS = _Widths()


@lru_cache(maxsize=50_000)
def columns(text: str) -> int:
    """Return how many columns ``text`` takes where a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(map(_WIDTHS.__getitem__, text))


def ends_sentence(words: str, following: str = "") -> bool:
    """Tell whether a line of these words ends a sentence; a full stop does only before a capital, Chinese, or nothing."""
    words = words.rstrip()
    found = _FINAL.search(words)
    if not found:
        return False
    if found[0][0] != ".":
        return True
    if words[: found.start()].endswith(("..", "…")):
        return True
    following = following.lstrip("([“\"'*_")
    if re.search(r"\d\.$", words) and following[:1].isdigit():
        return False  # 2.⏎6%
    return not following or not (following[0].islower() or following[0].isdigit())


def has_final_mark(words: str) -> bool:
    """Tell whether a sentence ends anywhere in these words."""
    return bool(re.search(r"[。！？!?；…]|[a-z)\d]\.(?:\s|$)", words))


def is_full(line: Line, following: Line, width: int) -> bool:
    """Tell whether what begins the next line had no room in ``line``, where lines are ``width`` columns wide."""
    unit = _LATEX.match(following.text) or _UNIT.match(following.text)
    need = columns(unit[0]) if unit else 2
    blank = 0 if is_chinese(line.text[-1:]) or is_chinese(following.text[:1]) else 1
    need = need if following.text[0] == "$" else min(need, 24)
    return line.indent + line.before + columns(line.text) + blank + need > width - max(_SLACK, _SLACK_SHARE * width)


def is_chinese(character: str) -> bool:
    """Tell whether a character is Chinese, or a mark of Chinese."""
    return bool(character) and unicodedata.east_asian_width(character) in "WF"


def wrap_width(lines: Sequence[Line]) -> int:
    """Return how wide ``lines`` are if they were broken by width, or 0: all that don't end a sentence are full."""
    if len(lines) < 2:
        return 0
    open_lines = [
        (line, following) for line, following in itertools.pairwise(lines) if not ends_sentence(line.text, following.text)
    ]
    if not open_lines:
        return 0
    # LaTeX isn't broken: a line with it may be wider than all others, or the only wide one.
    for measured in ([line for line in lines if "$" not in line.text], lines):
        width = max((line.indent + line.before + columns(line.text) for line in measured), default=0)
        if width >= _NARROWEST and sum(is_full(*pair, width) for pair in open_lines) >= 0.85 * len(open_lines):
            return width
        if len(measured) == len(lines):
            break
    return 0


def pairs(lines: Sequence[Line]) -> Iterator[tuple[Line, Line | None]]:
    """Yield each line with the one after it."""
    yield from zip(lines, [*lines[1:], None], strict=True)
