"""The one normal form in which texts and questions are compared, with a way back to the original characters.

NFKC (so full width becomes half width and Ⅲ becomes III), case folded, Traditional Chinese in Simplified, Greek letters
by their names (``TGF-β`` and ``tgf-beta`` agree), one kind of hyphen and quote, no blanks within Chinese.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

from corpus.readings import Span

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_GREEK = {
    **dict(zip("αβγδεζηθικλμνξοπρστυφχψω", (
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi"
        " psi omega"
    ).split(), strict=True)),
    "ς": "sigma",
}  # fmt: skip
_SAME = {
    **dict.fromkeys("‐‑‒–—―−﹣", "-"),
    **dict.fromkeys("‘’‛′`´", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    **dict.fromkeys(
        "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ""
    ),
    "·": "·",
    "\x00": " ",
}
_BLANK_IN_HAN = re.compile(rf"(?<=[{HAN}，。、；：！？（）《》])\s+(?=[{HAN}，。、；：！？（）《》])")
_FURTHER = 6  # no character of use becomes more than this many (U+FDFA would become 18)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normal form; ``starts[i]`` and ``ends[i]`` are where its i-th character begins and ends in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """Return the span of the original that ``text[start:end]`` (not empty) came from."""
        return Span(self.starts[start], self.ends[end - 1])


def normalise(text: str) -> Normalised:
    """Return the normal form of any text, with the map back to its code points."""
    pieces = [_normal_character(character) for character in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    normal = _simplified("".join(pieces))
    kept: list[slice] = []  # cut out one by one, the blanks of a long text would cost its length each
    read = 0
    for blank in _BLANK_IN_HAN.finditer(normal):
        kept.append(slice(read, blank.start()))
        read = blank.end()
    kept.append(slice(read, len(normal)))
    places = [place for part in kept for place in places[part]]
    return Normalised("".join(normal[part] for part in kept), tuple(places), tuple(place + 1 for place in places))


def normalise_text(text: str) -> str:
    """Return the normal form of ``text`` alone."""
    return _BLANK_IN_HAN.sub("", _simplified("".join(map(_normal_character, text))))


@cache
def _normal_character(character: str) -> str:
    if character in _SAME:
        return _SAME[character]
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    normal = unicodedata.normalize("NFKC", character).casefold()
    if len(normal) > _FURTHER:
        return character
    return "".join(_GREEK.get(piece, _SAME.get(piece, piece)) for piece in normal)


def _simplified(text: str) -> str:
    """Return ``text`` in Simplified Chinese, with exactly as many characters."""
    if text.isascii():
        return text
    simple = _converter().convert(text)
    if len(simple) == len(text):
        return str(simple)
    return "".join(_simplified_character(character) for character in text)


@cache
def _simplified_character(character: str) -> str:
    simple = _converter().convert(character)
    return str(simple) if len(simple) == 1 else character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
