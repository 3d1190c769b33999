"""How sentences read when they are taken out of their text: those that lean on the one before, and those that repeat."""

import re
from functools import lru_cache

from corpus.matching import normalise_text

_LEANS = re.compile(
    r"\s*(?:此外|另外|同时|同样|因此|所以|因而|由此|于是|然而|但是|但(?!凡)|不过|而且|并且|相反|例如|比如|其中|其次|最后|到位|随后|之后|接着"
    r"|这(?!一大类)|该|此(?!外)|其(?!他|它|余)|它|他们|她|前者|后者|两者|二者|上述|以上|如此|那么"
    r"|(?:it|its|they|their|them|this|these|those|that|such|both|the (?:former|latter)|however|moreover|furthermore"
    r"|in addition|besides|therefore|thus|hence|also|likewise|for example|for instance|as a result|by contrast)\b)",
    re.I,
)
_ENUMERATES = re.compile(
    r"、[^、]*、|、[^、，。；]*(?:和|以及|及)|[：:][^；。]*[，；][^；。]*[，；]|一种是|一方面|一是|；[^；]*；|, [^,]*,? and "
)
_ALIKE = 0.6


def leans(sentence: str) -> bool:
    """Tell whether ``sentence`` opens with a word that points back ('此外', '该', 'they', 'the former')."""
    return bool(_LEANS.match(sentence))


def enumerates(sentence: str) -> bool:
    """Tell whether ``sentence`` lists several things."""
    return bool(_ENUMERATES.search(sentence))


def repeats(one: str, other: str) -> bool:
    """Tell whether two sentences say nearly the same in the same words: most pairs of characters of the shorter one."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) >= _ALIKE * max(min(len(first), len(second)), 1)


@lru_cache(maxsize=5000)  # the same sentences of the corpus are chosen from again and again
def _pairs(sentence: str) -> frozenset[str]:
    letters = "".join(character for character in normalise_text(sentence) if character.isalnum())
    return frozenset(letters[place : place + 2] for place in range(max(len(letters) - 1, 1)))
