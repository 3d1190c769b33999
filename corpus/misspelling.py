"""Words that somebody meant: near misspellings of terms, by letters in English and by sound in Chinese.

Only words that are otherwise unknown are mended: an English word that no dictionary has, Chinese characters that don't
form a word and cut none in two. English by Damerau-Levenshtein distance (optimal string alignment), 1 for words of five
letters on, 2 from eight on, where the first letter is right; Chinese by pinyin without tones, since input
methods put the wrong character of the sound. Short terms sound like much else: up to three characters one may be wrong, and
of two none such as 是.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from corpus.matching import HAN, Normalised, normalise
from corpus.model import Span
from corpus.sound_table import SoundTable
from corpus.stopwords import CHINESE as STOP_WORDS
from corpus.term_base import Concept, TermBase, TermMatch
from corpus.words import is_word, stem, unstemmed_words

_SHORTEST, _LONG = 5, 8
_MOST_WRONG = 2
_LONGEST_FORM = 10
_SHORT = 3
_RUN = re.compile(f"[{HAN}]+")


class Corrector:
    """Finds what was meant, for the terms of one term base."""

    def __init__(self, terms: TermBase, is_english: Callable[[str], bool], is_chinese: Callable[[str], bool]) -> None:
        is_word("")  # reads the list now: no question should wait for it
        self._is_english = is_english
        self._is_chinese = is_chinese
        self._known: set[str] = set()
        self._words: dict[str, list[str]] = defaultdict(list)  # by their first letters
        for word in sorted(
            {word for concept in terms.concepts for form in _right(concept) for word in unstemmed_words(form)}
        ):
            self._known |= {word, stem(word)}
            if len(word) >= _SHORTEST and word.isalpha():
                self._words[word[0]].append(word)
        self._terms = terms
        self._aloud = SoundTable()  # made now where it isn't kept yet

    @cached_property
    def _sounds(self) -> dict[tuple[str, ...], tuple[str, Concept]]:
        """The terms by their sounds; worked out with the first Chinese question."""
        sounds: dict[tuple[str, ...], tuple[str, Concept]] = {}
        for concept in self._terms.concepts:
            for form in (concept.zh, *concept.zh_also):
                normal = normalise(form).text
                if re.fullmatch(f"[{HAN}]{{2,{_LONGEST_FORM}}}", normal):
                    sounds.setdefault(tuple(self._aloud.sounds(normal)), (normal, concept))
        return sounds

    def english(self, word: str) -> str | None:
        """Return the term's word that the unknown normalised ``word`` is a near misspelling of, or None."""
        if len(word) < _SHORTEST or not word.isalpha() or not word.isascii():
            return None
        if word in self._known or stem(word) in self._known or self._is_english(word) or is_word(word):
            return None
        limit = _MOST_WRONG if len(word) >= _LONG else 1
        if word.endswith("s") and len(word) > _SHORTEST:
            word = word[:-1]  # forms are listed without their plural
            if word in self._known:
                return None
        letters = Counter(word)
        near = (other for other in self._words.get(word[0], ()) if _may_be_near(word, letters, other, limit))
        scored = sorted((distance(word, other), other) for other in near)
        return scored[0][1] if scored and scored[0][0] <= limit else None

    def chinese(
        self, text: str, taken: Iterable[Span], words: Iterable[Span] = (), normal: Normalised | None = None
    ) -> list[TermMatch]:
        """Return terms that sound like unknown words of ``text``, outside the spans ``taken``, longest first.

        ``words`` are where ``text`` holds known words; ``normal`` is its normal form where that is known.
        """
        normal = normal or normalise(text)
        occupied, whole = list(taken), list(words)
        found: list[TermMatch] = []
        for start, end, concept in sorted(self._sounding(normal.text), key=lambda item: (item[0] - item[1], item[0])):
            span = normal.original(start, end)
            cut = any(word.start < place < word.end for word in whole for place in (span.start, span.end))
            if not cut and not any(span.overlaps(other) for other in occupied):
                occupied.append(span)
                found.append(TermMatch(concept, span, misspelled=True))
        return found

    def _sounding(self, normal: str) -> Iterator[tuple[int, int, Concept]]:
        for run in _RUN.finditer(normal):
            sounds = self._aloud.sounds(run[0])
            for size in range(2, min(_LONGEST_FORM, len(sounds)) + 1):
                for offset in range(len(sounds) - size + 1):
                    written = run[0][offset : offset + size]
                    match = self._sounds.get(tuple(sounds[offset : offset + size]))
                    if match and _may_mean(written, match[0]) and not self._is_chinese(written):
                        yield run.start() + offset, run.start() + offset + size, match[1]


def _may_mean(written: str, term: str) -> bool:
    """Tell whether ``written`` may be a slip for ``term``, which sounds the same."""
    wrong = [one for one, right in zip(written, term, strict=True) if one != right]
    if len(term) > _SHORT:
        return bool(wrong)
    return len(wrong) == 1 and (len(term) == _SHORT or wrong[0] not in STOP_WORDS)


def distance(one: str, other: str) -> int:
    """Return the optimal string alignment distance: insertions, deletions, changes, swaps of neighbours."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _right(concept: Concept) -> tuple[str, ...]:
    return (concept.en, *concept.en_also, *concept.abbreviations)


def _may_be_near(word: str, letters: Counter[str], other: str, limit: int) -> bool:
    """Tell whether so few letters differ, wherever they stand, that the distance may be within ``limit``."""
    if abs(len(word) - len(other)) > limit:
        return False
    return max((letters - Counter(other)).total(), (Counter(other) - letters).total()) <= limit
