"""What stands at the head and foot of pages and is no text: page numbers, and lines that recur."""

import re
from collections import Counter
from collections.abc import Sequence

from corpus.formats.pdf.page_lines import PageLine

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"^[\s·•\-–—~～|.第页共/()（）]*(?:\d{1,4}|[ivxlc]{1,6})[\s·•\-–—~～|.第页共/()（）\d]*$", re.I)
_ZONE = 3  # lines from either end of a page
_SAME_HEIGHT = 6.0  # points
_LONGEST = 120


def furniture(pages: Sequence[Sequence[PageLine]]) -> set[PageLine]:
    """Return the lines that are page furniture."""
    ends = [(line, _DIGITS.sub("#", line.plain)) for lines in pages for line in _ends(lines)]
    forms = Counter((form, round(line.base / _SAME_HEIGHT)) for line, form in ends)
    found: set[PageLine] = set()
    for line, form in ends:
        height = round(line.base / _SAME_HEIGHT)
        often = sum(forms[form, height + step] for step in (-1, 0, 1))
        outermost = _is_outermost(line, pages[line.page])
        if (often > 1 and len(line.plain) <= _LONGEST) or (_NUMBER.match(line.plain) and outermost):
            found.add(line)
    return found


def printed_number(lines: Sequence[PageLine], found: set[PageLine]) -> str:
    """Return the number that a page bears among its furniture, or nothing."""
    for line in lines:
        if line in found and _NUMBER.match(line.plain) and (number := _DIGITS.search(line.plain)):
            return number[0]
    return ""


def _ends(lines: Sequence[PageLine]) -> list[PageLine]:
    ordered = sorted(lines, key=lambda line: line.base)
    return list(dict.fromkeys([*ordered[:_ZONE], *ordered[-_ZONE:]]))


def _is_outermost(line: PageLine, lines: Sequence[PageLine]) -> bool:
    bases = [other.base for other in lines]
    return line.base in (min(bases), max(bases))
