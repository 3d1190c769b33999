"""Understanding a question: its language, its terms in both languages, and its words with their translations."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.categories import ASPECTS
from corpus.matching import Normalised, normalise, normalise_text
from corpus.misspelling import Corrector
from corpus.model import Span
from corpus.segmentation import Segmenter, Token
from corpus.term_base import TermBase, TermMatch
from index.engines.features import concept_key
from index.engines.glossing import frequency
from index.models.calibration import TextLanguage
from qa.model import Expansion
from qa.questions.focus import BESIDE, SUBJECT, background
from qa.questions.kinds import asks_for_source
from qa.questions.language import InterfaceLanguage, Language, answer_language, detect_language
from qa.questions.name_forms import find_names
from qa.questions.phrases import find_phrases

# What is a kind of the thing asked for counts less than the thing itself.
NARROWER = 0.5
# A word found by translation counts less than the word itself; the dictionary also gives senses that aren't meant.
TRANSLATED = 0.7

# How often the most ordinary words are counted: 好 in jieba's texts, 'good' in the dictionary's entries.
_COMMON_CHINESE, _COMMON_ENGLISH = 100_000, 400


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that a question asks for: any of ``alternatives`` (feature keys, with their weights) means it.

    ``category`` is the term base's for concepts, and empty for words; ``definite`` tells of concepts whether they surely
    name one thing: a kind of many doesn't, nor what a misspelling is taken for. ``weight`` is less than 1 for what is said
    beside the question. ``common`` tells of words how ordinary they are in general language, from 0 to 1.
    """

    label: str
    span: Span
    alternatives: Mapping[str, float]
    origin: Literal["concept", "word"]
    category: str = ""
    weight: float = 1.0
    common: float = 1.0
    definite: bool = False

    @property
    def is_subject(self) -> bool:
        """Whether it is a thing that texts are about, and not a general research word."""
        return self.origin == "concept" and self.category not in ASPECTS


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the engines take it. ``groups`` are its subjects; stop words belong to none.

    ``canonical`` is the question with each term by its preferred name in the language of the texts, so that lay words,
    abbreviations, misspellings and the other language reach the model as what the texts say; ``canonical_spans`` are the
    places of the groups in it. ``told`` are the sentences that ask nothing; ``of_source`` tells that it asks who wrote
    something and where, or what is said about its use. ``names`` are what is a name by its form, outside of the term base.
    """

    text: str
    language: Language
    side: TextLanguage
    answer_in: InterfaceLanguage
    groups: tuple[Group, ...]
    canonical: str
    canonical_spans: tuple[Span, ...]
    stops: tuple[Span, ...]
    told: tuple[Span, ...]
    of_source: bool
    expansions: tuple[Expansion, ...]
    names: tuple[Span, ...] = ()


class QueryReader:
    """Turns questions into queries with the term base first, and a generation's glossary for the other words."""

    def __init__(self, segmenter: Segmenter, terms: TermBase, corrector: Corrector) -> None:
        self.segmenter = segmenter
        self.terms = terms
        self._corrector = corrector

    def read(
        self,
        text: str,
        glossary: Mapping[str, Mapping[str, float]],
        *,
        expand: bool = True,
        texts_in: TextLanguage = "zh",
    ) -> Query:
        """Return the query of ``text`` for texts in the language ``texts_in``.

        Without ``expand`` nothing but its own words is searched for.
        """
        language = detect_language(text)
        normal = normalise(text)
        tokens = self.segmenter.tokens(text, normal)
        matches = self._matches(text, normal, tokens) if expand else []
        groups = [self._concept_group(match, text) for match in matches]
        expansions = [_term_expansion(match, text) for match in matches]
        for token in _outside(tokens, matches):
            translations = glossary.get(token.text, {}) if expand else {}
            alternatives = {word: TRANSLATED * weight for word, weight in translations.items()} | {token.text: 1.0}
            common = self._common(token.span.of(text).lower() if token.text.isascii() else token.text)
            groups.append(Group(token.span.of(text), token.span, alternatives, "word", common=common))
            if translations:
                best = sorted(translations, key=lambda word: (-translations[word], word))[:4]
                expansions.append(Expansion(token.span.of(text), token.span, tuple(best), "dictionary"))
        told = background(text)
        groups = [
            replace(group, weight=SUBJECT if group.is_subject else BESIDE)
            if any(span.contains(group.span) for span in told)
            else group
            for group in sorted(groups, key=lambda group: group.span)
        ]
        names = {match.span: match.concept.zh if texts_in == "zh" else match.concept.en for match in matches}
        canonical, canonical_spans = _renamed(text, groups, names)
        return Query(
            text=text,
            language=language,
            side="en" if language == "en" else "zh",
            answer_in=answer_language(text, language),
            groups=tuple(groups),
            canonical=canonical,
            canonical_spans=canonical_spans,
            stops=tuple(token.span for token in tokens if token.stop),
            told=told,
            of_source=asks_for_source(text),
            expansions=tuple(sorted(expansions, key=lambda item: item.span)),
            names=find_names(
                text,
                [group.span for group in groups if group.origin == "word" and group.weight == 1.0],
                [group.span for group in groups if group.origin == "concept"],
            ),
        )

    def _common(self, word: str) -> float:
        if word.isascii():
            return min(1.0, math.log1p(frequency(word)) / math.log1p(_COMMON_ENGLISH))
        return min(1.0, math.log1p(self.segmenter.frequency(word)) / math.log1p(_COMMON_CHINESE))

    def _concept_group(self, match: TermMatch, text: str) -> Group:
        narrower = {concept_key(kind): NARROWER for kind in self.terms.narrower(match.concept.id)}
        return Group(
            match.span.of(text),
            match.span,
            narrower | {concept_key(match.concept.id): 1.0},
            "concept",
            match.concept.category,
            definite=match.concept.definite and not match.misspelled,
        )

    def _matches(self, text: str, normal: Normalised, tokens: Sequence[Token]) -> list[TermMatch]:
        """Return the terms of ``text``, those that were misspelt or put in other words too."""
        phrases = list(find_phrases(text, self.terms))
        named = self.terms.find(text, self._corrector.english, normal)
        right = [*phrases, *(match for match in named if not any(match.span.overlaps(one.span) for one in phrases))]
        misspelt = self._corrector.chinese(text, (match.span for match in right), self.segmenter.words(tokens), normal)
        return sorted([*right, *misspelt], key=lambda match: match.span)


def _renamed(text: str, groups: Sequence[Group], names: Mapping[Span, str]) -> tuple[str, tuple[Span, ...]]:
    """Return ``text`` with the groups at the spans ``names`` by those names, and where each group stands then."""
    pieces: list[str] = []
    spans: list[Span] = []
    read = length = 0
    for group in groups:
        between = text[read : group.span.start]
        name = names.get(group.span, group.span.of(text))
        spans.append(Span(length + len(between), length + len(between) + len(name)))
        pieces += [between, name]
        read, length = group.span.end, spans[-1].end
    return "".join(pieces) + text[read:], tuple(spans)


def _term_expansion(match: TermMatch, text: str) -> Expansion:
    written = match.span.of(text)
    concept = match.concept
    own = normalise_text(written)
    names = (concept.zh, concept.en, *concept.abbreviations[:1])
    others = tuple(name for name in dict.fromkeys(names) if normalise_text(name) != own)
    return Expansion(written, match.span, others, "typo" if match.misspelled else "terms")


def _outside(tokens: list[Token], matches: list[TermMatch]) -> list[Token]:
    """Return the longest tokens that are no stop words and lie in no term."""
    taken = [match.span for match in matches]
    kept: list[Token] = []
    for token in sorted(tokens, key=lambda item: (-len(item.span), item.span)):
        clear = not any(token.span.overlaps(span) for span in taken)
        if clear:
            taken.append(token.span)
            if not token.stop:
                kept.append(token)
    return kept
