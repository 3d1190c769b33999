"""What a question wants: one fact, all items of a list, each side of a comparison, or several of these at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus.categories import ASPECTS, GENERAL
from corpus.model import Span
from qa.questions.focus import ASKS_CHINESE, ASKS_ENGLISH
from qa.questions.query import Group, Query

_MOST_WANTS = 4
# A comma or an 'and' parts two questions only if each side asks.
_ASKS = re.compile(
    rf"{ASKS_CHINESE}|\b(?:{ASKS_ENGLISH})\b"
    r"|^\W*(?:is|are|was|were|do|does|did|can|could|has|have|will|would|should)\b",
    re.I,
)
_ASKS_AGAIN = re.compile(
    r"\s*(?:also\s+)?(?:(?:what|how|why|when|where|which|who|whether|list|name|describe|explain|compare)\b"
    r"|(?:is|are|was|were|do|does|did|can|could|has|have|will)\s+(?:it|they|this|that|these|those|there|the|any)\b)",
    re.I,
)
_HARD = re.compile(r"[？?；;\n]+")
_SOFT = re.compile(r"[，,。]\s*(?:并且?|以及|还有|而且|另外|and\b|as well as\b)?|以及|还有|\band\b|\bas well as\b", re.I)
_POINTS_BACK = re.compile(r"它|其|该|这|两者|\b(?:it|its|they|their|them|this|these|those|that)\b", re.I)
_LISTS = re.compile(
    r"哪些|哪几|几种|几类|几个|列举|分别|各有|各自|都有|\b(?:list|name|which|types|kinds)\b|\bwhat\s+(?:\w+\s+){0,3}are\b"
    r"|\bwhat\s+(?:are|were)\b|\bwhat\s+(?!(?:is|was|does|has|causes|makes|happens)\b)(?:\w+\s+)?\w+s\b",
    re.I,
)
COMPARES = re.compile(
    r"区别|差别|差异|不同|异同|比较|对比|相比|比起|哪个更|\b(?:differ\w*|compar\w*|versus|vs|both|unlike|contrast)\b", re.I
)
_JOINS = re.compile(
    r"\s*(?:和|与|跟|同|及|以及|还是|、|,|，|/|-|and|or|vs\.?|versus|with|from|to|compared\s+(?:to|with))\s*(?:in\s+|the\s+)*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Want:
    """Something that a question asks for, to be answered by a sentence or more.

    ``groups`` are the subjects that count for it, ``spans`` their part of the question. ``within`` are subjects that its
    sentences or their passages must name: a side of a comparison, or what an earlier part of the question was about.
    """

    spans: tuple[Span, ...]
    groups: tuple[Group, ...]
    lists: bool
    within: tuple[Group, ...] = ()
    side: bool = False


def read_wants(query: Query) -> tuple[Want, ...]:
    """Return what ``query`` wants, in the order of its words; one want of the whole question where it isn't divided."""
    wants: list[Want] = []
    before: tuple[Group, ...] = ()
    for part in _parts(query):
        text = part.of(query.text)
        own = tuple(group for group in query.groups if part.contains(group.span))
        subject = any(group.is_subject for group in own)
        inherited = () if not wants or (subject and not _POINTS_BACK.search(text)) else before
        before = tuple(group for group in own if group.origin == "concept" and group.category != GENERAL) or before
        lists = bool(_LISTS.search(text))
        sides = _sides(own, query.text) if COMPARES.search(text) else ()
        for side in sides:
            others = [other for other in sides if other is not side]
            kept = tuple(group for group in own if group not in others)
            wants.append(Want(_without((part,), [other.span for other in others]), kept, lists, (side,), side=True))
        if not sides:
            wants.append(Want((part,), own, lists, inherited))
    return tuple(wants[:_MOST_WANTS])


def _parts(query: Query) -> list[Span]:
    """Return the questions that ``query`` is made of; each holds a word that is no stop word."""
    text = query.text
    cuts = [0]
    for mark in sorted([*_HARD.finditer(text), *_SOFT.finditer(text)], key=lambda found: found.start()):
        before, after = text[cuts[-1] : mark.start()], text[mark.end() :]
        if not _HARD.fullmatch(mark[0]):
            following = _HARD.split(after)[0]
            english = mark[0].strip(" ,").lower() in ("and", "as well as")
            asks = _ASKS_AGAIN.match(after) if english else _ASKS.search(following)
            if not (_ASKS.search(before) and asks):
                continue
        left = any(cuts[-1] <= group.span.start < mark.start() for group in query.groups)
        right = any(group.span.start >= mark.end() for group in query.groups)
        if left and right:
            cuts.append(mark.end())
    return [Span(start, end) for start, end in pairwise([*cuts, len(text)])]


def _sides(groups: tuple[Group, ...], text: str) -> tuple[Group, ...]:
    """Return the subjects that are compared: things of one kind joined by 'and' or the like, else two of one kind."""
    concepts = sorted((group for group in groups if group.origin == "concept"), key=lambda group: group.span)
    joined = list(_joined(concepts, text))
    alike = [chain for chain in joined if len({group.category for group in chain}) == 1]
    return next(iter([*alike, *_same_category(concepts), *joined]), ())


def _joined(concepts: list[Group], text: str) -> Iterator[tuple[Group, ...]]:
    """Yield the chains of different concepts that only commas, 'and' and the like stand between."""
    chain: list[Group] = []
    for group in concepts:
        if chain and not _JOINS.fullmatch(text[chain[-1].span.end : group.span.start]):
            if len(chain) > 1:
                yield tuple(chain)
            chain = []
        if all(group.alternatives.keys() != other.alternatives.keys() for other in chain):
            chain.append(group)
    if len(chain) > 1:
        yield tuple(chain)


def _same_category(concepts: list[Group]) -> Iterator[tuple[Group, ...]]:
    for category in dict.fromkeys(group.category for group in concepts if group.category not in ASPECTS):
        found = {tuple(group.alternatives): group for group in concepts if group.category == category}
        if len(found) > 1:
            yield tuple(found.values())


def _without(spans: tuple[Span, ...], holes: list[Span]) -> tuple[Span, ...]:
    """Return ``spans`` less ``holes``."""
    pieces = list(spans)
    for hole in holes:
        pieces = [
            piece
            for span in pieces
            for piece in (Span(span.start, min(span.end, hole.start)), Span(max(span.start, hole.end), span.end))
            if piece.start < piece.end
        ] if any(hole.overlaps(span) for span in pieces) else pieces  # fmt: skip
    return tuple(dict.fromkeys(pieces))
