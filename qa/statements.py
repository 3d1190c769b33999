"""A sentence taken apart for checking: its numbers, its names, and its clauses with what each is about."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from corpus.matching import HAN, Normalised, normalise, normalise_text
from corpus.model import Span
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase, TermMatch
from qa.names import Name, read_names
from qa.negation import Clause, read_clauses
from qa.quantities import Quantity, read_quantities

Direction = Literal["up", "down"]

_UP = re.compile(
    "增加|增强|增多|提高|升高|提升|上调|促进|推动|促使|激活|活化|延长|加快|加速|加剧|加重|扩大|更好|更多|高(?!度|低|级)"
    r"|\b(?:increas|enhanc|rais|ris(?:e|es|ing)\b|elevat|boost|up-?regulat|promot|stimulat|activat|prolong|extend|lengthen"
    r"|accelerat|aggravat|improv|high(?:er)?\b|more\b|greater|better|strengthen)"
)
_DOWN = re.compile(
    "减少|减轻|减弱|减慢|降低|下降|下调|抑制|压制|压低|阻止|阻断|延缓|缩短|削弱|缓解|缓和|变差|更少|(?<![降减压高])低(?!下|级|估)"
    r"|\b(?:reduc|decreas|lower|lessen|diminish|alleviat|suppress|inhibit|down-?regulat|block|prevent|shorten|slow|weaken"
    r"|eas(?:e|es|ed|ing)\b|mitigat|attenuat|dampen|curb|declin|drop|worsen|less\b|fewer|low\b|impair)"
)
_DIRECTIONS: tuple[tuple[re.Pattern[str], Direction], ...] = ((_UP, "up"), (_DOWN, "down"))
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
    """A text as the checks see it; spans index ``text``. ``places`` tells where each concept stands."""

    text: str
    numbers: tuple[Quantity, ...]
    names: tuple[Name, ...]
    concepts: frozenset[str]
    words: frozenset[str]
    places: tuple[tuple[str, Span], ...]
    clauses: tuple[ReadClause, ...]


class StatementReader:
    """Reads statements with one term base; ``is_english`` tells ordinary English words from names."""

    def __init__(self, terms: TermBase, segmenter: Segmenter, is_english: Callable[[str], bool]) -> None:
        self.terms = terms
        self._segmenter = segmenter
        self._is_english = is_english

    def read(self, text: str) -> Statement:
        """Return ``text`` taken apart."""
        longest = self.terms.find(text)
        every = self.terms.find_all(text)
        tokens = [(token.text, token.span) for token in self._segmenter.tokens(text) if not token.stop]
        clauses = tuple(_read_clause(text, clause, every, tokens) for clause in read_clauses(text))
        return Statement(
            text=text,
            numbers=read_quantities(text, (match.span for match in longest)),
            names=read_names(text, longest, self._is_english),
            concepts=frozenset(match.concept.id for match in every),
            words=frozenset(word for word, _ in tokens),
            places=tuple((match.concept.id, match.span) for match in every),
            clauses=clauses,
        )


def _read_clause(text: str, clause: Clause, terms: list[TermMatch], tokens: list[tuple[str, Span]]) -> ReadClause:
    # A denial covers what follows it in its clause, or the whole clause where it comes last (…的办法至今没有).
    covered = Span(clause.mark.end, clause.span.end) if clause.mark else clause.span
    after = _content(text, covered, terms, tokens)
    return ReadClause(
        clause,
        content=_content(text, clause.span, terms, tokens),
        covered=after if after.concepts or after.words else _content(text, clause.span, terms, tokens),
        directions=_directions(normalise(text), clause, terms),
    )


def _content(text: str, span: Span, terms: list[TermMatch], tokens: list[tuple[str, Span]]) -> Content:
    return Content(
        frozenset(match.concept.id for match in terms if span.contains(match.span)),
        frozenset(word for word, place in tokens if span.contains(place)),
        frozenset(match[1] for match in _PAIR.finditer(normalise_text(span.of(text)))),
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
            nearest = min(match.span.start for match in after)
            found |= {(match.concept.id, direction) for match in after if match.span.start == nearest}
        elif before:
            nearest = max(match.span.end for match in before)
            found |= {(match.concept.id, direction) for match in before if match.span.end == nearest}
    return frozenset(found)
