"""Words of a normal form: Latin ones as stems, Chinese characters one by one, separators left out."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import snowballstemmer

from corpus.mapped_tables import table
from corpus.matching import HAN, normalise_text

_UNIT = re.compile(rf"[a-z0-9\u00df-\u024f]+\+?|[{HAN}]")
_LATIN = re.compile(r"[a-z]+")
_VOWEL = re.compile(r"[aeiouy]")
_STEMMER = snowballstemmer.stemmer("english")
# Words that the stemmer takes for forms of others, by the stem that they have here: homing is no form of home, and a
# module isn't modulated.
_APART = {
    word: words[0]
    for words in map(
        str.split,
        (
            "aids",  # aid
            "authorize authorizes authorized authorization authorise authorised authorisation",  # author, authority
            "complicated",  # complication
            "edition editions",  # edit
            "engine engines",  # engineering
            "experience experiences experienced",  # experiment
            "fertilize fertilized fertilization",  # fertile
            "homing",  # home
            "incidence incidences",  # incident
            "initial initially",  # initiate
            "integrity",  # integrate
            "medication medications",  # medical
            "module modules",  # modulate
            "organization organizations organisation organisations",  # organ
            "periodical periodicals",  # period
            "personalized personalised",  # person
            "position positions",  # positive
            "production",  # product
            "publication publications",  # public
            "reference references",  # refer
            "relative relatives relatively",  # related
            "responsible responsibility responsibilities",  # response
            "secrete secretes secreted secreting secretion secretions secretory",  # secret
            "standardize standardized standardise standardised standardization standardisation",  # standard
        ),
    )
    for word in words
}
# Shorter Latin words are abbreviations (als, ros) more often than plurals.
_SHORTEST_STEMMED = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A stem or a Chinese character, and where it stands in the normal form."""

    text: str
    start: int
    end: int
    misspelled: bool = False


def units(normal: str, correct: Callable[[str], str | None] | None = None) -> list[Unit]:
    """Return the units of a normal form in order; ``correct`` may give another word for one that is misspelt."""
    found = []
    for match in _UNIT.finditer(normal):
        meant = correct(match[0]) if correct else None
        found.append(Unit(stem(meant or match[0]), match.start(), match.end(), misspelled=meant is not None))
    return found


@lru_cache(maxsize=20_000)
def form_units(form: str) -> tuple[Unit, ...]:
    """Return the units of a form of the term base, of which each is asked for several times; never of what is asked."""
    return tuple(units(normalise_text(form)))


def unstemmed_words(form: str) -> list[str]:
    """Return the Latin words of a form, normalised but not stemmed."""
    return [found[0] for found in _UNIT.finditer(normalise_text(form)) if found[0].isascii()]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a normalised Latin word; anything else comes back as it is.

    English words by Snowball's stemmer (Porter 2), but for those that it merges with words of another meaning;
    abbreviations without a vowel lose their plural s (``mscs``).
    """
    if word in _APART:
        return _APART[word]
    if len(word) < _SHORTEST_STEMMED or not _LATIN.fullmatch(word):
        return word
    if not _VOWEL.search(word):
        return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    return str(_STEMMER.stemWord(word))


def is_word(word: str) -> bool:
    """Tell whether the small-letter ``word`` is an English one; the first call reads the list."""
    return word in _words()


@cache
def _words() -> frozenset[str]:
    found = find_spec("spellchecker")  # the package's code takes a second for what is needed of it here
    folder = Path(found.origin).parent if found and found.origin else Path()
    return frozenset(bytes(table("english-words", folder / "resources" / "en.json.gz", _word_list)).decode().split("\n"))


def _word_list(content: bytes) -> bytes:
    return "\n".join(sorted({word.lower() for word in json.loads(gzip.decompress(content))})).encode()
