"""Packing sentences into passages of an even size, and cutting those that alone are too long."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from corpus.model import Cut, Span
from corpus.readings import cuts_within

LIMIT = 300

# What a passage of few characters costs, and what one costs that runs over a paragraph's end: short paragraphs are
# joined, others stay whole.
_SHORT, _CROSSING, _EACH = 150, 0.3, 0.05
_INNER_MARK = re.compile(r"[；;，,、：:）)]|\s")


def pack(text: str, sentences: Sequence[Span], limit: int) -> list[list[Span]]:
    """Return ``sentences`` in groups of at most ``limit`` characters at the lowest cost (dynamic programming)."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(sentences) + 1):
        choices = []
        crossings = 0
        for start in range(end - 1, -1, -1):
            length = sentences[end - 1].end - sentences[start].start
            if length > limit and start < end - 1:
                break
            if start < end - 1 and "\n" in text[sentences[start].end : sentences[start + 1].start]:
                crossings += 1
            shortfall = max(0, _SHORT - length) / _SHORT
            choices.append((best[start][0] + shortfall**2 + _CROSSING * crossings + _EACH, start))
        best.append(min(choices))
    groups = []
    end = len(sentences)
    while end:
        start = best[end][1]
        groups.append(list(sentences[start:end]))
        end = start
    return groups[::-1]


def cut_sentence(text: str, sentence: Span, limit: int, joins: Sequence[Cut] = ()) -> list[Span]:
    """Return ``sentence`` whole, or in even parts of at most ``limit`` characters, cut after inner marks where it can.

    No part begins or ends within one of ``joins``, unless that alone is over the limit.
    """
    parts = []
    start = sentence.start
    while sentence.end - start > limit:
        count = -(-(sentence.end - start) // limit)
        wanted = start + -(-(sentence.end - start) // count)
        marks = [mark.end() for mark in _INNER_MARK.finditer(text, start + limit // 4, start + limit)]
        near = cuts_within(Span(start, min(sentence.end, start + 2 * limit)), joins)
        marks = [place for place in marks if not _lies_in(place, near)]
        end = min(marks, key=lambda place: abs(place - wanted)) if marks else start + limit
        end = next((cut.start for cut in near if start < cut.start < end < cut.end), end)
        parts.append(_trim(text, start, end))
        start = end
    parts.append(_trim(text, start, sentence.end))
    return [part for part in parts if len(part)]


def _lies_in(place: int, cuts: Sequence[Cut]) -> bool:
    """Tell whether ``place`` is within one of ``cuts``, which are in order and none over another."""
    number = bisect_left(cuts, place, key=lambda cut: cut.start) - 1
    return number >= 0 and place < cuts[number].end


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    if not piece.strip():
        return Span(start, start)
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))
