"""Markup within lines: what a reading leaves out of emphasis, links, code, tags, entities, footnotes and LaTeX.

Each mark is found by one pattern from left to right, so that a text of nothing but marks costs its length and no more.
"""

import html
import re
from collections.abc import Iterator

from corpus.blocks.latex import is_latex, lowered, raised, read_latex
from corpus.blocks.lines import is_chinese
from corpus.readings import Cut, in_order

_TAGS = (
    "p|br|b|i|em|strong|span|div|a|sub|sup|u|s|del|strike|ins|font|img|small|big|center|code|mark|h[1-6]|ul|ol|li|table|t[rdh]"
    "|tbody|thead|hr|blockquote|section|article|figure|figcaption|pre|details|summary|kbd|ruby|rt|rp|nobr|wbr|q|cite|dl|dt|dd"
    "|caption|colgroup|col|header|footer|nav|main|aside|label|input|button|video|audio|iframe|style|script"
)
_COMMON = (
    r"(?P<comment><!--)"
    r"|(?P<struck><(?P<strike>s|del|strike)>(?:(?!</?(?:s|del|strike)>)[\s\S]){0,500}</(?P=strike)>)"
    r"|(?P<script><(?P<name>su[bp])>(?P<scripted>[^<]{1,40})</(?P=name)>)"
    rf"|(?P<tag></?(?P<element>{_TAGS})(?:\s[^<>]{{0,500}})?/?>)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<math>\$\$?(?P<formula>[^$]{1,400})\$\$?)"
)
_PLAIN = re.compile(_COMMON, re.I)
_MARKDOWN = re.compile(
    _COMMON + r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<ticks>(?<!`)(?P<run>`{1,4})(?!`)(?P<code>[^`]{1,500})(?P=run)(?!`))"
    r"|(?P<auto><(?=(?:https?|ftp|mailto):[^<>\s]{1,500}>)(?P<address>[^<>]*)>)"
    r"|(?P<note>\[\^[^\]\s]{1,40}\])"
    r"|(?P<image>!\[[^\[\]\n]{0,300}\]\([^()\n]{0,800}\))"
    r"|(?P<link>\[(?P<words>[^\[\]\n]{1,300})\]\((?P<target>[^()\s]{0,800}(?:\([^()\s]{0,80}\)[^()\s]{0,200})?(?:\s+[\"'][^\"'\n]{0,300}[\"'])?)\))"
    r"|(?P<tilde>~~(?P<gone>[^~\n]{1,500})~~)"
    r"|(?P<light>==(?=\S)(?P<lit>[^=\n]{1,300})==)"
    r"|(?P<stars>(?<!\*)\*{1,3}(?!\*)|(?<!_)_{1,3}(?!_))",
    re.I,
)
# What any of these begins with: to look for that first is cheaper than to try them all at every character.
_BEGINS = re.compile(r"[<&$\\`\[!~=*_]")
_MOST_OPEN = 16  # marks of emphasis that wait for their fellow


def inline_cuts(text: str, start: int, end: int, *, markdown: bool) -> tuple[Cut, ...]:
    """Return what a reading leaves out of, or has instead of, the markup in ``text[start:end]``."""
    if not _BEGINS.search(text, start, end):
        return ()
    pattern = _MARKDOWN if markdown else _PLAIN
    return in_order(_cuts(text, start, end, pattern))


def _cuts(text: str, start: int, end: int, pattern: "re.Pattern[str]") -> Iterator[Cut]:
    waiting: list[tuple[int, str]] = []
    place, may_close = start, True
    while begins := _BEGINS.search(text, place, end):
        if not (found := pattern.match(text, begins.start(), end)):
            place = begins.end()
            continue
        place = found.end()
        if found.group("math") is not None:
            if not is_latex(found["formula"]):
                place = found.start() + 1
                continue
            yield Cut(*found.span(), read_latex(found["formula"]), "markup")
        elif found.group("script") is not None:
            change = raised if found["name"].lower() == "sup" else lowered
            yield Cut(*found.span(), change(found["scripted"].strip()), "markup")
        elif found.group("tag") is not None:
            yield Cut(
                *found.span(), _break(text, found) if found["element"].lower() in ("br", "p", "div", "li") else "", "markup"
            )
        elif found.group("entity") is not None:
            meant = html.unescape(found[0]).replace("\xa0", " ")
            if meant != found[0]:
                yield Cut(*found.span(), meant if meant.isprintable() else "", "markup")
        elif found.group("comment") is not None:
            close = text.find("-->", place, end) if may_close else -1
            may_close = close >= 0
            if may_close:
                place = close + 3
                yield Cut(found.start(), place, "", "markup")
        elif found.group("struck") is not None:
            yield Cut(*found.span(), "", "markup")
        elif pattern is _MARKDOWN:
            if found["link"] is not None:
                place = found.end("words") + 1
                yield Cut(found.start(), found.start() + 1, "", "markup")
                yield from _cuts(text, found.start("words"), found.end("words"), pattern)
                yield Cut(found.end("words"), found.end(), "", "markup")
                place = found.end()
            elif found["stars"] is not None:
                yield from _emphasis(text, found, waiting)
            else:
                yield from _marks(found)


def _marks(found: "re.Match[str]") -> Iterator[Cut]:
    if found["escape"] is not None:
        yield Cut(found.start(), found.start() + 1, "", "markup")
        return
    for group in ("code", "address", "lit"):
        if found[group] is not None:
            yield Cut(found.start(), found.start(group), "", "markup")
            yield Cut(found.end(group), found.end(), "", "markup")
            return
    yield Cut(*found.span(), "", "markup")


def _emphasis(text: str, found: "re.Match[str]", waiting: list[tuple[int, str]]) -> Iterator[Cut]:
    """Yield both marks of an emphasis where ``found`` closes one; else let it wait if it may open one."""
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    mark = found[0]
    opens, closes = bool(after.strip()), bool(before.strip())
    if (before.isdecimal() and after.isdecimal()) or (
        mark[0] == "_" and before.isalnum() and after.isalnum() and before.isascii()
    ):
        return
    if closes:
        for number in range(len(waiting) - 1, -1, -1):
            if waiting[number][1] == mark:
                place = waiting[number][0]
                del waiting[number:]
                if found.start() > place + len(mark):
                    yield Cut(place, place + len(mark), "", "markup")
                    yield Cut(*found.span(), "", "markup")
                return
    if opens:
        waiting.append((found.start(), mark))
        del waiting[:-_MOST_OPEN]


def _break(text: str, found: "re.Match[str]") -> str:
    """Return a blank for a tag that breaks lines between Latin words."""
    before, after = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 1]
    if not before.strip() or not after.strip() or is_chinese(before) or is_chinese(after) or "<" in after:
        return ""
    return " "
