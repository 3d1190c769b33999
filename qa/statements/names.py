"""The things that a text names: concepts of the term base that stand for something definite, and other Latin names."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from corpus.matching import HAN, normalise_text
from corpus.model import Span
from corpus.stopwords import ENGLISH
from corpus.term_base import TermBase, TermMatch
from corpus.words import stem

_TECHNICAL = 8  # letters from which a word that no dictionary has is a technical one
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-z0-9À-ɏ]*(?:[-/][A-Za-z0-9À-ɏ]+)*")
_MONTHS = frozenset(
    "january february march april may june july august september october november december phase ii iii iv vs et al".split()
)
_HAN_ANY = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Name:
    """A named thing: its concept's id or its normal form, its category (``latin`` outside the term base), and place."""

    key: str
    category: str
    span: Span


def read_names(text: str, matches: Iterable[TermMatch], is_english: Callable[[str], bool]) -> tuple[Name, ...]:
    """Return what ``text`` names, given its terms (longest ones); ``is_english`` knows ordinary English words."""
    found = [Name(match.concept.id, match.concept.category, match.span) for match in matches if match.concept.definite]
    taken = [match.span for match in matches]
    chinese = bool(_HAN_ANY.search(text))
    for match in _LATIN.finditer(text):
        span = Span(*match.span())
        clear = all(span.end <= other.start or other.end <= span.start for other in taken)
        if clear and _is_name(match[0], _begins(text, span.start), chinese, is_english):
            found.append(Name(stem(normalise_text(match[0])), "latin", span))
    return tuple(sorted(found, key=lambda name: name.span))


def is_named(key: str, present: Collection[str], terms: TermBase) -> bool:
    """Tell whether the concept ``key`` is among ``present``, itself or in all its parts (骨髓 and MSC for BM-MSC)."""
    if key in present:
        return True
    parts = terms.parts(key).largest
    return len(parts) > 1 and all(part in present for part in parts)


def with_broader(keys: Iterable[str], terms: TermBase) -> frozenset[str]:
    """Return ``keys`` and the broader concepts that their preferred terms hold: BM-MSC is MSC is stem cell."""
    return frozenset(part for key in keys for part in (key, *terms.parts(key).every))


def _is_name(word: str, begins: bool, chinese: bool, is_english: Callable[[str], bool]) -> bool:
    lower = word.casefold()
    if len(word) < 2 or lower in ENGLISH or lower in _MONTHS:
        return False
    if any(character.isdigit() for character in word) or any(character.isupper() for character in word[1:]):
        return True
    if chinese and not is_english(lower):
        return True
    parts = lower.split("-")
    known = all(part in ENGLISH or is_english(part) for part in parts)
    # A long word that the dictionary lacks is a technical one: it names something, as a capital would.
    return (word[0].isupper() and not begins) or (not known and (word[0].isupper() or len(word) >= _TECHNICAL))


def _begins(text: str, start: int) -> bool:
    """Tell whether a sentence begins at ``start``, where a capital means nothing."""
    before = text[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:\n。！？：；"
