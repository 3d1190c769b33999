"""A sentence taken apart for checking: its numbers, its names, and its clauses with what each is about."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.matching import HAN, Normalised, normalise, normalise_text
from corpus.model import Span
from corpus.segmentation import Segmenter
from corpus.term_base import Direction, TermBase, TermMatch
from qa.statements.clauses import Clause, read_clauses
from qa.statements.marks import Mark, read_marks
from qa.statements.names import Name, read_names
from qa.statements.quantities import Quantity
from qa.statements.quantity_reader import read_quantities
from qa.statements.rules import read_patterns

_UP, _DOWN, _ARROW_UP, _ARROW_DOWN = read_patterns(
    Path(__file__).with_name("direction.toml"), "up", "down", "arrow_up", "arrow_down"
)
_DIRECTIONS: tuple[tuple[re.Pattern[str], Direction], ...] = ((_UP, "up"), (_DOWN, "down"))
ARROW = re.compile(f"{_ARROW_UP.pattern}|{_ARROW_DOWN.pattern}")
(_WORKS,) = read_patterns(Path(__file__).with_name("effect.toml"), "works")
_WORKING = "有效"  # the key, as if of a concept, of what such words speak of
_REACH = 20  # characters between such a word and what it is about
_PAIR = re.compile(f"(?=([{HAN}]{{2}}))")


@dataclass(frozen=True, slots=True)
class Content:
    """What a stretch of text is about: its concepts, its words without stop words, and its pairs of Chinese characters."""

    concepts: frozenset[str]
    words: frozenset[str]
    pairs: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause with its content, the part of it that a denial covers, and what it says goes up or down."""

    clause: Clause
    content: Content
    covered: Content
    directions: frozenset[tuple[str, Direction]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A text as the checks see it; spans index ``text``.

    ``places`` tells where each concept stands; ``subjects`` are the longest concepts, ``others`` the words outside them.
    ``directions`` tells whether it holds words for going up (growing, helping) and for going down (shrinking, hindering);
    ``marks`` are its words that stand on a scale (qa/statements/marks.py).
    """

    text: str
    numbers: tuple[Quantity, ...]
    names: tuple[Name, ...]
    concepts: frozenset[str]
    words: frozenset[str]
    places: tuple[tuple[str, Span], ...]
    subjects: frozenset[str]
    others: frozenset[str]
    clauses: tuple[ReadClause, ...]
    directions: frozenset[Direction]
    marks: tuple[Mark, ...]
    tokens: tuple[tuple[str, Span], ...]


class StatementReader:
    """Reads statements with one term base; ``is_english`` tells ordinary English words from names."""

    def __init__(self, terms: TermBase, segmenter: Segmenter, is_english: Callable[[str], bool]) -> None:
        self.terms = terms
        self.knows = segmenter.knows
        self._segmenter = segmenter
        self._is_english = is_english
        self.read_held = lru_cache(maxsize=4096)(self.read)
        """Reads sentences of the corpus, which come again: never what somebody asked, which isn't to be kept."""

    def read(self, text: str) -> Statement:
        """Return ``text`` taken apart; takes 1 to 4 ms for a sentence."""
        longest = self.terms.find(text)
        every = self.terms.find_all(text)
        tokens = [(token.text, token.span) for token in self._segmenter.tokens(text) if not token.stop]
        numbers = read_quantities(text, [match.span for match in longest])
        form = normalise(text)
        clauses = tuple(_read_clause(form, text, clause, every, tokens) for clause in read_clauses(text))
        return Statement(
            text=text,
            numbers=numbers,
            names=read_names(text, longest, self._is_english),
            concepts=frozenset(match.concept.id for match in every),
            words=frozenset(word for word, _ in tokens),
            places=tuple((match.concept.id, match.span) for match in every),
            subjects=frozenset(match.concept.id for match in longest),
            others=_outside(tokens, [*(match.span for match in longest), *(number.span for number in numbers)]),
            clauses=clauses,
            directions=_found(form.text),
            marks=read_marks(form),
            tokens=tuple(tokens),
        )


def _outside(tokens: list[tuple[str, Span]], known: list[Span]) -> frozenset[str]:
    """Return the longest words that lie in no term or number."""
    taken = list(known)
    kept = set()
    for word, span in sorted(tokens, key=lambda item: (-len(item[1]), item[1])):
        if all(span.end <= other.start or other.end <= span.start for other in taken):
            taken.append(span)
            if not any(character.isdecimal() for character in word):
                kept.add(word)
    return frozenset(kept)


def directions_of(text: str) -> frozenset[Direction]:
    """Return whether ``text`` holds words for going up, and for going down: growing, helping; shrinking, hindering."""
    return _found(normalise_text(text))


def _found(normal: str) -> frozenset[Direction]:
    return frozenset(direction for pattern, direction in _DIRECTIONS if pattern.search(normal))


def _read_clause(
    form: Normalised, text: str, clause: Clause, terms: list[TermMatch], tokens: list[tuple[str, Span]]
) -> ReadClause:
    return ReadClause(
        clause,
        content=_content(text, clause.span, terms, tokens),
        covered=_covered(text, clause, terms, tokens),
        directions=_directions(form, clause, terms),
    )


def _covered(text: str, clause: Clause, terms: list[TermMatch], tokens: list[tuple[str, Span]]) -> Content:
    """Return what a denial or playing down is about: what follows it in its clause.

    Where it comes last, a denial is about the whole clause (…的办法至今没有), as is an English playing down (… is low), a
    Chinese one about the word before it (免疫原性低).
    """
    whole = clause.span
    if clause.mark:
        after = _content(text, Span(clause.mark.end, whole.end), terms, tokens)
        if after.concepts or after.words:
            return after
        before = [span for _, span in tokens if whole.start <= span.start and span.end <= clause.mark.start]
        if before and clause.polarity == "plays down" and not text[clause.mark.start].isascii():
            end = max(span.end for span in before)
            return _content(text, Span(min(span.start for span in before if span.end == end), end), terms, tokens)
    return _content(text, whole, terms, tokens)


def _content(text: str, span: Span, terms: list[TermMatch], tokens: list[tuple[str, Span]]) -> Content:
    concepts = {match.concept.id for match in terms if span.contains(match.span)}
    normal = normalise_text(span.of(text))
    if _WORKS.search(normal):
        concepts.add(_WORKING)
    return Content(
        frozenset(concepts),
        frozenset(word for word, place in tokens if span.contains(place)),
        frozenset(match[1] for match in _PAIR.finditer(normal)),
    )


def _directions(form: Normalised, clause: Clause, terms: list[TermMatch]) -> frozenset[tuple[str, Direction]]:
    """Return what the clause says goes up or down: the nearest concept after each such word, or before it if none is."""
    found: set[tuple[str, Direction]] = set()
    places: list[tuple[Span, Direction]] = []
    for pattern, direction in _DIRECTIONS:
        places += [(form.original(*match.span()), direction) for match in pattern.finditer(form.text)]
    for place, direction in places:
        if not clause.span.contains(place):
            continue
        inside = [match for match in terms if clause.span.contains(match.span)]
        after = [match for match in inside if 0 <= match.span.start - place.end <= _REACH]
        before = [match for match in inside if 0 <= place.start - match.span.end <= _REACH]
        if after:
            end = min(match.span.start for match in after)
            for match in after:  # and what stands right after that: 'Aβ deposition'
                if match.span.start <= end + 1:
                    found.add((match.concept.id, direction))
                    end = max(end, match.span.end)
        elif before:
            start = max(match.span.end for match in before)
            for match in reversed(before):
                if match.span.end >= start - 1:
                    found.add((match.concept.id, direction))
                    start = min(start, match.span.start)
    return frozenset(found)


_AFTER_NAME = re.compile(r"[\s)）】\]]*")
_BEFORE_NAME = re.compile(r"[\s(（【\[]*")


def directions_said(statement: Statement, clause: ReadClause) -> frozenset[tuple[str, Direction]]:
    """Return what ``clause`` of ``statement`` says goes up or down, in words or by arrows."""
    text, place = statement.text, clause.clause.span
    arrows = list(ARROW.finditer(text, place.start, place.end))
    if not arrows:
        return clause.directions
    things = [*((name.key, name.span) for name in statement.names), *statement.places]
    found = set(clause.directions)
    # Where the first arrow follows a name, all are taken to.
    follows = _beside(arrows[0], things, text, before=True) is not None
    for arrow in arrows:
        key = _beside(arrow, things, text, before=follows) or _beside(arrow, things, text, before=not follows)
        if key:
            found.add((key, "up" if _ARROW_UP.fullmatch(arrow[0]) else "down"))
    return frozenset(found)


def _beside(arrow: re.Match[str], things: Iterable[tuple[str, Span]], text: str, *, before: bool) -> str | None:
    """Return the key of the longest of ``things`` that stands right before the arrow, or right after it."""
    start, end = arrow.span()
    near = [
        (len(span), key)
        for key, span in things
        if (span.end <= start and _AFTER_NAME.fullmatch(text, span.end, start) if before
            else span.start >= end and _BEFORE_NAME.fullmatch(text, end, span.start))
    ]  # fmt: skip
    return max(near)[1] if near else None
