"""English side files: ``NAME.en.md`` beside ``NAME.md``, the same headings and paragraphs in the same order.

Alignment is by structure alone, so a side file of another structure is refused: a translation that slipped by one
paragraph would put false words beside a true quote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus.blocks.headings import Heading, markdown_headings
from corpus.errors import CorpusError, Problem
from corpus.files.front_matter import read_front_matter
from corpus.model import Span, TranslatedBlock, Translation

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading (None before the first one) and the paragraphs below it."""

    heading: Heading | None
    paragraphs: tuple[Span, ...]


def align(text: str, start: int, side: str, filename: str, sha256: str) -> Translation:
    """Return the side file ``side`` as the translation of ``text``, which begins at ``start`` behind its front matter.

    Headings must agree in number and level, paragraphs (what blank lines part) in number below each heading. Raises
    ``CorpusError`` that names the side file, the sections and both counts.
    """
    front = read_front_matter(side, filename)
    original, translated = _parts(text, start), _parts(side, front.span.end)
    problems = list(_differences(original, translated, side, filename))
    if problems:
        raise CorpusError(problems)
    blocks: list[TranslatedBlock] = []
    for before, after in zip(original, translated, strict=True):
        if before.heading and after.heading:
            blocks.append(TranslatedBlock(before.heading.span, after.heading.title))
        places = zip(before.paragraphs, after.paragraphs, strict=True)
        blocks += [TranslatedBlock(span, " ".join(other.of(side).split("\n"))) for span, other in places]
    title = next((part.heading.title for part in translated if part.heading), "")
    return Translation(front.language or "en", front.title or title, front.notice, tuple(blocks), sha256)


def _parts(text: str, start: int) -> list[_Part]:
    headings = list(markdown_headings(text, start))
    begins = [start, *(heading.span.end for heading in headings)]
    ends = [*(heading.span.start for heading in headings), len(text)]
    return [
        _Part(heading, tuple(_paragraphs(text, begin, end)))
        for heading, begin, end in zip([None, *headings], begins, ends, strict=True)
    ]


def _paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    cuts = [(start, start), *(mark.span() for mark in _BLANK_LINES.finditer(text, start, end)), (end, end)]
    for (_, begin), (stop, _) in pairwise(cuts):
        words = text[begin:stop]
        if words.strip():
            yield Span(begin + len(words) - len(words.lstrip()), begin + len(words.rstrip()))


def _differences(original: list[_Part], translated: list[_Part], side: str, filename: str) -> Iterator[Problem]:
    levels = [[part.heading.level for part in parts if part.heading] for parts in (original, translated)]
    if len(levels[0]) != len(levels[1]):
        yield Problem(filename, f"it has {len(levels[1])} headings, and the text that it translates has {len(levels[0])}")
        return
    for before, after in zip(original, translated, strict=True):
        line = side.count("\n", 0, after.heading.span.start) + 1 if after.heading else None
        where = f"the section {after.heading.title!r}" if after.heading else "the part before the first heading"
        if before.heading and after.heading and before.heading.level != after.heading.level:
            reason = f"{where} has a heading of level {after.heading.level} instead of {before.heading.level}"
            yield Problem(filename, f"{reason} ({before.heading.title!r})", line)
        elif len(before.paragraphs) != len(after.paragraphs):
            found, wanted = len(after.paragraphs), len(before.paragraphs)
            plural = "s" if found != 1 else ""
            yield Problem(filename, f"{where} has {found} paragraph{plural}, and its original has {wanted}", line)
