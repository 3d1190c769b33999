"""Words of a normal form: Latin ones as stems, Chinese characters one by one, separators left out."""

import re
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from corpus.matching import HAN

_UNIT = re.compile(rf"[a-z0-9\u00df-\u024f]+\+?|[{HAN}]")
_LATIN = re.compile(r"[a-z]+")
_VOWEL = re.compile(r"[aeiouy]")
_STEMMER = snowballstemmer.stemmer("english")
# Shorter Latin words are abbreviations (als, ros) more often than plurals.
_SHORTEST_STEMMED = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A stem or a Chinese character, and where it stands in the normal form."""

    text: str
    start: int
    end: int


def units(normal: str) -> list[Unit]:
    """Return the units of a normal form in order."""
    return [Unit(stem(found[0]), found.start(), found.end()) for found in _UNIT.finditer(normal)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a normalised Latin word; anything else comes back as it is.

    English words by Snowball's stemmer (Porter 2); abbreviations without a vowel lose their plural s (``mscs``).
    """
    if len(word) < _SHORTEST_STEMMED or not _LATIN.fullmatch(word):
        return word
    if not _VOWEL.search(word):
        return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    return str(_STEMMER.stemWord(word))
