"""Headings and the sections below them, in Markdown and in plain Chinese text as it is pasted from a web page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Role, Section, Span

_ATX = re.compile(r"(#{1,6})[ \t]*(?=[^\s#])(.*)$")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_SETEXT = re.compile(r"[ \t]{0,3}(=+|-{3,})[ \t]*$")
_NUMBER = re.compile(
    r"^\s*(?:\d+(?:\.\d+)*[.、．)）]?|[一二三四五六七八九十]+[、.．]|[(（][\d一二三四五六七八九十]+[)）]|第[一二三四五六七八九十\d]+[章节部分]+)\s*(?=\D)"
)
_RUN_IN = re.compile(
    r"(?P<head>\s*(?:\d+\s*[.、．)）]\s*)?(?P<title>[^\s:：，,。；;！？!?、\[][^:：，,。；;！？!?]{1,28}))"
    r"(?P<colon>[:：])[ \t]*(?=\S)"
)
# Words before a colon that introduce what follows instead of naming a section.
_INTRODUCES = re.compile(
    r"(?:显示|表明|发现|指出|认为|证明|证实|提示|报道|强调|包括|如下|例如|比如|如|即|说|问|答|为|是|有|来源|作者|编辑|日期|时间|链接"
    r"|关键词|摘要|DOI|doi|URL|https?|Citation|Keywords?|Source|Note|Figure|Fig|Table|图\s*\d*|表\s*\d*)$"
)
_FINAL = "。！？!?；;，,、…."
_REFERENCES = re.compile(r"参考(?:资料|文献)|引用文献|文献来源|references?\b|bibliography", re.I)
_NOTICES = re.compile(r"免责|版权声明|声明$|disclaimer|copyright", re.I)
_SCAN = re.compile(
    r"扫码|扫一扫|扫描.{0,6}二维码|识别.{0,6}二维码|关注.{0,8}公众号|添加.{0,8}微信|scan (?:the|this) (?:qr )?code",
    re.I,
)
_CITED = re.compile(r"\s*\[\d+\]|\s*(?:DOI|doi)\s*[:：]|\s*Citation\s*[:：]")
# A bare line may be a heading up to this many characters (Chinese) or words (English).
_LONGEST_BARE, _LONGEST_BARE_WORDS = 45, 14
# The title of a pasted text stands among its first lines, perhaps after a lead.
_TITLE_WITHIN = 6


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of some level, its place with markers, and its words; ``run_in`` where its text follows on its line."""

    level: int
    span: Span
    title: str
    run_in: bool = False


def find_sections(text: str, start: int, *, markdown: bool) -> tuple[str, tuple[Section, ...]]:
    """Return the title (empty where none is found) and the sections of ``text`` from ``start`` on.

    Sections and their headings cover the text: the first one begins at ``start``, each next one at a heading. The title
    is not part of section paths, since it would be the same in all of them.
    """
    headings = list(markdown_headings(text, start) if markdown else _plain_headings(text, start))
    title_heading = _title(text, start, headings, markdown)
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    places = [None, *headings]
    for heading, following in zip(places, [*headings, None], strict=True):
        begin = heading.span.end if heading else start
        end = following.span.start if following else len(text)
        if heading is None and not text[begin:end].strip():
            continue
        if heading is not None and heading is not title_heading:
            path = [*((level, title) for level, title in path if level < heading.level), (heading.level, heading.title)]
        titles = tuple(title for _, title in path)
        sections += _by_role(text, titles, heading.span if heading else None, Span(begin, end))
    return (title_heading.title if title_heading else ""), tuple(sections)


def _by_role(text: str, path: tuple[str, ...], heading: Span | None, span: Span) -> Iterator[Section]:
    """Yield one section, or several where lines that are not content stand in it (a 'scan the code' line, references)."""
    role: Role = "body"
    if path and _REFERENCES.match(path[-1]):
        role = "reference"
    elif path and _NOTICES.search(path[-1]):
        role = "notice"
    begin, current = span.start, role
    for line in _lines(text, span.start, span.end):
        words = line.of(text)
        if not words.strip():
            continue
        found = _line_role(words, role)
        if found != current and text[begin : line.start].strip():
            yield Section(path if current != "notice" or current == role else (), heading, Span(begin, line.start), current)
            begin, heading = line.start, None
        current = found
    yield Section(path if current != "notice" or current == role else (), heading, Span(begin, span.end), current)


def _line_role(words: str, role: Role) -> Role:
    if _SCAN.search(words) and len(words) < 60:
        return "notice"
    return "reference" if role == "body" and _CITED.match(words) else role


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
            yield Heading(len(found[1]), line, _plain(found[2].rstrip(" \t").rstrip("#")))
            previous = None
        elif previous and (under := _SETEXT.match(words)):
            level = 1 if under[1][0] == "=" else 2
            yield Heading(level, Span(previous.start, line.end), _plain(previous.of(text)))
            previous = None
        else:
            previous = line if words.strip() and not words.lstrip().startswith(("-", "*", ">", "|")) else None


def _plain_headings(text: str, start: int) -> Iterator[Heading]:
    lines = [line for line in _lines(text, start, len(text)) if line.of(text).strip()]
    bare = [line for line in lines if _is_bare(line.of(text))]
    # A text whose lines were broken by width has short lines everywhere: then none of them is taken for a heading.
    wrapped = len(lines) >= 8 and len(bare) > 0.45 * len(lines)
    for number, line in enumerate(lines):
        words = line.of(text)
        if not wrapped and line in bare and number + 1 < len(lines):
            yield Heading(1, line, _clean(words))
        elif (found := _RUN_IN.match(words)) and _is_run_in(found, words):
            level = 1 if _REFERENCES.match(found["title"]) or _NOTICES.search(found["title"]) else 2
            yield Heading(level, Span(line.start, line.start + found.end()), _clean(found["title"]), run_in=True)


def _is_bare(line: str) -> bool:
    words = line.strip()
    if _SCAN.search(words) or _CITED.match(words) or len(words) < 2 or "://" in words:
        return False
    if words[-1] in ":：":
        words = words[:-1]
    elif words[-1] in _FINAL:
        return False
    if not re.search(r"[^\W\d_]", words) or re.search(r"[。！？；]", words) or _labels(words):
        return False
    if re.search(r"[\u4e00-\u9fff]", words):
        return len(words) <= _LONGEST_BARE
    return len(words.split()) <= _LONGEST_BARE_WORDS and words[0].isupper()


def _labels(words: str) -> bool:
    """Tell a line such as 'Source: …' from a title that has a colon in it."""
    head, colon, _ = words.replace("：", ":").partition(":")
    return bool(colon) and (len(head) < 4 or bool(_INTRODUCES.search(head)))


def _is_run_in(found: "re.Match[str]", line: str) -> bool:
    title, rest = found["title"].strip(), line[found.end() :].strip()
    han = re.search(r"[\u4e00-\u9fff]", title)
    if _INTRODUCES.search(title) or not re.search(r"[^\W\d_]", title):
        return False
    if not han and (len(title.split()) > 8 or not title[0].isupper()):
        return False
    return len(rest) >= 20 and not rest.startswith("//")


def _title(text: str, start: int, headings: list[Heading], markdown: bool) -> Heading | None:
    """Return the heading that is the document's title: a lone top heading, or a bare line among the first ones."""
    if not headings or headings[0].run_in:
        return None
    first = headings[0]
    if markdown:
        top = [heading for heading in headings if heading.level == 1]
        return first if first.level == 1 and len(top) == 1 else None
    before = [line for line in _lines(text, start, first.span.start) if line.of(text).strip()]
    return first if len(before) < _TITLE_WITHIN else None


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop + 1
        yield Span(start, stop)
        start = stop


def _clean(words: str) -> str:
    return _plain(_NUMBER.sub("", words)).rstrip(":：").strip()


def _plain(words: str) -> str:
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
