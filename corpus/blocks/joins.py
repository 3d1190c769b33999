"""The soft breaks of a block: line ends, hyphens at line ends, and page breaks, with what the reading has instead."""

import re
from collections.abc import Iterator

from corpus.blocks.drafts import Draft
from corpus.blocks.inline import inline_cuts
from corpus.blocks.lines import Line, is_chinese
from corpus.blocks.tables import cell_gaps
from corpus.model import Cut
from corpus.readings import in_order
from corpus.words import is_word

_HYPHENED = re.compile(r"(?P<left>[^\W\d_]+)[-‐]$")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_BEGINS = re.compile(r"[^\W\d_]+")
_NUMBER_BREAK = re.compile(r"\d[.,，]$")


def known_words(text: str) -> frozenset[str]:
    """Return the words of a text in small letters, those with hyphens whole."""
    return frozenset(found[0].lower().replace("‐", "-") for found in _WORD.finditer(text))


def block_joins(item: Draft, text: str, words: frozenset[str], *, markdown: bool) -> tuple[Cut, ...]:
    """Return what the reading of a block leaves out, in order."""
    if item.kind in ("furniture", "comment", "image", "front_matter"):
        return ()
    if item.kind == "code":
        return ()
    if item.kind == "row":
        cells = [Cut(start, end, reads, "markup") for start, end, reads in cell_gaps(item, text)]
        return in_order([*cells, *inline_cuts(text, item.begin, item.end, markdown=markdown and item.inline)])
    cuts = list(_breaks(item, text, words))
    first, last = item.lines[0], item.lines[-1]
    if item.kind == "reference" or (item.kind == "heading" and not markdown):
        first = Line(item.begin, first.end, "", first.begin)
    if item.begin < first.start:
        cuts.append(Cut(item.begin, first.start, "", "markup"))
    if last.end < item.end:
        cuts.append(Cut(last.end, item.end, "", "markup"))
    taken = in_order(cuts)
    marks = inline_cuts(text, first.start, last.end, markdown=markdown) if item.inline else ()
    return _merged(taken, marks)


def _merged(breaks: tuple[Cut, ...], marks: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """Return both in order; a mark that holds a break takes its place, and one that only meets it gives way."""
    holding = (
        [mark for mark in marks if any(mark.start <= one.start and one.end <= mark.end for one in breaks)] if breaks else []
    )
    kept = [one for one in breaks if not any(mark.start <= one.start and one.end <= mark.end for mark in holding)]
    return in_order([*kept, *marks])


def _breaks(item: Draft, text: str, words: frozenset[str]) -> Iterator[Cut]:
    for previous, line in zip(item.lines, item.lines[1:], strict=False):
        why = "page" if text[previous.end : line.start].strip("> \t\n\f\u3000") else "line"
        hyphened = _HYPHENED.search(previous.text)
        begins = _BEGINS.match(line.text)
        if hyphened and begins and _is_one_word(hyphened["left"], begins[0], words):
            yield Cut(previous.end - 1, line.start, "", "hyphen")
        else:
            yield Cut(previous.end, line.start, _between(previous, line), "page" if why == "page" else "line")


def line_join(before: str, after: str, words: frozenset[str]) -> tuple[int, str]:
    """Return how many characters of a line's end go where the next is joined to it, and what stands between them."""
    hyphened, begins = _HYPHENED.search(before), _BEGINS.match(after)
    if hyphened and begins and _is_one_word(hyphened["left"], begins[0], words):
        return 1, ""
    return 0, _between(Line(0, 0, before, 0), Line(0, 0, after, 0))


def _between(previous: Line, line: Line) -> str:
    """Return what stands between two lines that are joined: a blank between Latin words, nothing beside Chinese."""
    before, after = previous.text[-1:], line.text[:1]
    if (before in "-‐/" and after.isalnum()) or (before, after) == ("/", "/"):
        return ""  # BM-⏎MSC
    if is_chinese(before) or is_chinese(after) or before in "～~" or after in "～~":
        return " " if _spaced(previous, line) else ""
    if _NUMBER_BREAK.search(previous.text) and after.isdecimal():
        return ""  # 1,⏎200
    return " "


def _spaced(previous: Line, line: Line) -> bool:
    """Tell whether a number or Latin word and Chinese meet, in lines that part these by blanks."""
    before, after = previous.text[-1:], line.text[:1]
    if not (before.isalnum() and after.isalnum()) or is_chinese(before) == is_chinese(after):
        return False
    words = previous.text + "\n" + line.text
    apart = len(re.findall(r"[A-Za-z0-9] [\u4e00-\u9fff]|[\u4e00-\u9fff] [A-Za-z0-9]", words))
    together = len(re.findall(r"[A-Za-z0-9][\u4e00-\u9fff]|[\u4e00-\u9fff][A-Za-z0-9]", words))
    return apart > together


def _is_one_word(left: str, right: str, words: frozenset[str]) -> bool:
    """Tell whether a hyphen at a line's end only parts a word: the whole is known, and the hyphened one isn't."""
    if left[-1:].isupper() or right[:1].isupper():
        return False
    one, two = (left + right).lower(), f"{left}-{right}".lower()
    if two in words:
        return False
    return one in words or is_word(one) or any(one.endswith(end) and is_word(one[: -len(end)]) for end in ("s", "ly", "al"))
