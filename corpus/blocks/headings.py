"""What a heading looks like: Markdown's own, numbered ones, bare lines, and words before a colon that head what follows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.blocks.line_kinds import is_a
from corpus.model import Span

_ATX = re.compile(r"(#{1,6})[ \t]*(?=[^\s#])(.*)$")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_SETEXT = re.compile(r"[ \t]{0,3}(=+|-{3,})[ \t]*$")
_NUMBER = re.compile(
    r"^\s*(?:\d+(?:\.\d+)*[.、．)）]?|[一二三四五六七八九十]+[、.．]|[(（][\d一二三四五六七八九十]+[)）]|第[一二三四五六七八九十\d]+[章节部分]+)\s*(?=\D)"
)
_RUN_IN = re.compile(
    r"(?P<head>\s*(?:\d+\s*[.、．)）]\s*)?(?P<title>[^\s:：，,。；;！？!?、\[][^:：，,。；;！？!?]{1,18}))"
    r"(?P<colon>[:：])[ \t]*(?=\S)"
)
# Words before a colon that introduce what follows instead of naming a section.
_INTRODUCES = re.compile(
    r"(?:显示|表明|发现|指出|认为|证明|证实|提示|报道|强调|包括|如下|例如|比如|如|即|说|问|答|为|是|有|来源|作者|编辑|日期|时间|链接"
    r"|关键词|摘要|DOI|doi|URL|https?|Citation|Keywords?|Source|Note|Figure|Fig|Table|图\s*\d*|表\s*\d*)$"
)
_FINAL = "。！？!?；;，,、…."
# Marks of headings by depth: chapters, 一、 （一） 1 1.1 1.1.1. What stands bare, in bold or before a colon is below them.
CHAPTER, BARE, RUN_IN = 11, 20, 21
_MARKS = (
    (11, re.compile(r"第[一二三四五六七八九十百\d]+[章篇]\s*[^\s。]")),
    (12, re.compile(r"第[一二三四五六七八九十百\d]+[节部分]+\s*[^\s。]")),
    (12, re.compile(r"[一二三四五六七八九十]{1,3}[、.．]\s*\S")),
    (13, re.compile(r"[(（][一二三四五六七八九十]{1,3}[)）]\s*\S")),
    (14, re.compile(r"\d{1,2}(?:[.、．]\s*|\s+)(?=[^\s\d.。％%×~～/-])")),
    (14, re.compile(r"\d{1,2}(?=[\u4e00-\u9fff])")),
    (15, re.compile(r"\d{1,2}[.．]\d{1,2}[.．]?\s*(?=[^\s\d.%％×~～/-])")),
    (16, re.compile(r"\d{1,2}(?:[.．]\d{1,2}){2,4}[.．]?\s*(?=[^\s\d.%％])")),
)
_LONGEST_BARE, _LONGEST_BARE_WORDS = 45, 14  # characters of a Chinese heading, words of an English one


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of Markdown: its level, its place with markers, and its words."""

    level: int
    span: Span
    title: str


def markdown_headings(text: str, start: int) -> Iterator[Heading]:
    """Yield the headings of Markdown (``#`` and underlined ones) from ``start`` on, none of fenced code."""
    fenced = False
    previous: Span | None = None
    for line in _lines(text, start, len(text)):
        words = line.of(text).rstrip("\n")
        if _FENCE.match(words):
            fenced, previous = not fenced, None
            continue
        if fenced:
            continue
        if found := _ATX.match(words):
            # Stripped here and not in the pattern, where 2,000 blanks within a heading took 18 s.
            yield Heading(len(found[1]), line, plain_title(found[2].rstrip(" \t").rstrip("#")))
            previous = None
        elif previous and (under := _SETEXT.match(words)):
            level = 1 if under[1][0] == "=" else 2
            yield Heading(level, Span(previous.start, line.end), plain_title(previous.of(text)))
            previous = None
        else:
            previous = line if words.strip() and not words.lstrip().startswith(("-", "*", ">", "|")) else None


def numbered_level(words: str) -> int:
    """Return the depth of a line that is numbered as headings are, from 11 on; 0 where it isn't, or is no heading."""
    if not _is_short(words):
        return 0
    return next((level for level, mark in reversed(_MARKS) if mark.match(words)), 0)


def is_bare(words: str) -> bool:
    """Tell whether a line could be a heading without a number: short, with letters, and without a mark at its end."""
    return _is_short(words) and not _labels(words)


def run_in(words: str) -> int:
    """Return the length of the words before a colon that head the rest of a line, the colon counted; 0 where none do."""
    found = _RUN_IN.match(words)
    if not found:
        return 0
    title, rest = found["title"].strip(), words[found.end() :].strip()
    han = re.search(r"[\u4e00-\u9fff]", title)
    if _INTRODUCES.search(title) or not re.search(r"[^\W\d_]", title):
        return 0
    if not han and (len(title.split()) > 8 or not title[0].isupper()):
        return 0
    return found.end() if len(rest) >= 20 and not rest.startswith("//") else 0


def _is_short(words: str) -> bool:
    words = words.strip()
    if is_a("scan", words) or is_a("reference", words) or len(words) < 2 or "://" in words:
        return False
    if words[-1] in ":：":
        words = words[:-1]
    elif words[-1] in _FINAL:
        return False
    if not re.search(r"[^\W\d_]", words) or re.search(r"[。！？；]", words):
        return False
    if re.search(r"[\u4e00-\u9fff]", words):
        return len(words) <= _LONGEST_BARE
    letter = next((one for one in words if one.isalpha()), "")
    return len(words.split()) <= _LONGEST_BARE_WORDS and letter.isupper()


def _labels(words: str) -> bool:
    """Tell a line such as 'Source: …' from a title that has a colon in it."""
    head, colon, _ = words.replace("：", ":").partition(":")
    return bool(colon) and (len(head) < 4 or bool(_INTRODUCES.search(head)))


def clean_title(words: str) -> str:
    """Return a heading's words without number, marks and a colon at its end."""
    return plain_title(_NUMBER.sub("", words)).rstrip(":：").strip() or plain_title(words)


def plain_title(words: str) -> str:
    """Return a heading's words without Markdown's marks and with single blanks."""
    words = _without_links(words)
    words = re.sub(r"(\*\*|__|`)(.*?)\1", r"\2", words)
    return re.sub(r"\s+", " ", words).strip()


def _without_links(words: str) -> str:
    """Return ``words`` with the words alone of each ``[words](address)`` and ``![words](address)``.

    Read from left to right: a pattern looks from each bracket to the end, and 40,000 of them took 74 s.
    """
    pieces = []
    read = 0
    while (start := words.find("[", read)) >= 0 and (close := words.find("]", start)) >= 0:
        if not words.startswith("(", close + 1):
            pieces.append(words[read : close + 1])
            read = close + 1
            continue
        end = words.find(")", close)
        if end < 0:
            break
        pieces += words[read:start].removesuffix("!"), words[start + 1 : close]
        read = end + 1
    return "".join([*pieces, words[read:]])


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop + 1
        yield Span(start, stop)
        start = stop
