"""English words of any field, with their inflections, from pyspellchecker's list."""

from functools import cache


def is_word(word: str) -> bool:
    """Tell whether the small-letter ``word`` is an English one; the first call reads the list, a third of a second."""
    return word in _words()


@cache
def _words() -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(SpellChecker("en").word_frequency.words())
