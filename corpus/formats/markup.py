"""Text as Markdown: characters that would be taken for marks are escaped."""

import re

_MARKS = re.compile(r"[\\`*$|~]|_(?=\W|$)|(?<!\w)_|<(?=[A-Za-z/!])|&(?=#?\w{1,31};)")
_LEADS = re.compile(r"^(#{1,6}|>|[-+]|={3,}|-{3,})(?=\s|$)")
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")


def escaped(words: str) -> str:
    """Return ``words`` so that Markdown reads each character as itself."""
    return _MARKS.sub(lambda found: "\\" + found[0], words)


def line_of(words: str) -> str:
    """Return escaped words as one line that begins nothing by its first characters."""
    line = _BLANKS.sub(" ", words).strip()
    return _LEADS.sub(lambda found: "\\" + found[0], line)


def row_of(cells: list[str]) -> str:
    """Return the row of a table."""
    return "| " + " | ".join(_BLANKS.sub(" ", cell).strip() for cell in cells) + " |"
