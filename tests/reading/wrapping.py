"""Texts as converters lay them out: wrapped at a width, with hyphens, running heads and page numbers."""

import re

# LaTeX, tags, links and escapes aren't broken within, nor is a word from one that a mark alone parts it from.
_LATIN = re.compile(
    r"\\[!-/:-@\[-`{-~]|\$[^$\n]{1,400}\$|<[^<>\n]{1,200}>|\]\([^()\n]{1,300}\)"
    r"|[A-Za-z][A-Za-z'’-]*(?:[)\].,;:!?]+[A-Za-z][A-Za-z'’-]*)*|[0-9][0-9.,%]*|.",
    re.S,
)
_NEVER_FIRST = "，。、；：！？）」』”》〉】%,.;:!?)"


def wrap(text: str, width: int, *, hyphens: bool = False) -> list[str]:
    """Return one paragraph in lines of ``width`` Chinese characters; Latin words are broken only with ``hyphens``."""
    lines: list[str] = []
    line, used = "", 0.0
    for unit in _LATIN.findall(text):
        size = sum(0.5 if character.isascii() else 1.0 for character in unit)
        if unit in _NEVER_FIRST and line:
            line, used = line + unit, used + size
        elif used + size > width and line.strip():
            room = int((width - used) * 2) - 1
            if hyphens and unit.isascii() and unit.isalpha() and len(unit) > 7 and 3 <= room <= len(unit) - 3:
                lines.append((line + unit[:room] + "-").strip())
                line, used = unit[room:], (len(unit) - room) / 2
            else:
                lines.append(line.strip())
                line, used = unit, size
        else:
            line, used = line + unit, used + size
    return [*lines, line.strip()] if line.strip() else lines


def wrapped(text: str, width: int, *, hyphens: bool, pages: int = 0) -> str:
    """Return a Markdown or plain text with each paragraph wrapped; every ``pages`` lines a page ends, if that is given."""
    made: list[str] = []
    since, page = 0, 1
    for paragraph in text.split("\n"):
        lines = (
            [paragraph] if paragraph.startswith("#") or not paragraph.strip() else wrap(paragraph, width, hyphens=hyphens)
        )
        for number, line in enumerate(lines):
            if pages and since >= pages and 0 < number < len(lines):
                made += ["", f"- {page} -", "", "细胞治疗通讯 2025 年第 4 期"]
                since, page = 0, page + 1
            made.append(line)
            since += 1
    return "\n".join(made)
