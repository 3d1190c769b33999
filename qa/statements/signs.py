"""The normal form of a text with minus signs told from hyphens, and powers from the digits before them.

The normal form alone makes 106 of 10⁶, and one hyphen of −12, IL-10 and 5–10.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

from corpus.matching import HAN, Normalised, normalise

Change = Literal["unsaid", "up", "down"]

MINUS = "−"
HYPHENS = frozenset("-‐‑‒–−－")
POWER = "^"
APART = "\x01"  # stands between digits that make no one number
_NUMBER = r"(?=[$€¥£]?\.?\d)"
# After a letter, Chinese, a number or a bracket a hyphen joins (IL-10, 白介素-10, 5-10), and two make a dash. After Chinese
# and brackets a character that is a minus and nothing else is a sign, after Chinese any hyphen before per cent or degrees.
_HYPHEN = re.compile(rf"(?<![a-zà-ɏ\d%‰°)\]}}.{HAN}-])-{_NUMBER}|(?<=[{HAN}])-(?=\d+(?:\.\d+)?\s?[%‰°])")
_TRUE_MINUS = re.compile(rf"(?<![a-zà-ɏ\d%‰°])-{_NUMBER}")
_DASHES = "—―"
_RAISED = "<super>"
_MINUS_BEFORE = re.compile(r"(?:−|(?<![正抱])负\s*|零下\s*|\bminus\s+)$")
_PLUS_BEFORE = re.compile(r"(?<![a-z\d])\+$")
# Words that say of a number that something fell by it: not 下降至 or 'fell to', which lead to where it came.
_FELL = "(?:f[ae]ll|drop|declin|decreas|reduc|lower|lost|los[es]|shr[aiu]nk|down)[a-z]*"
_ROSE = "(?:ris|rose|increas|rais|gr[eo]w|gain|higher|improv|elevat)"
_NEARLY = r"(?:(?:about|around|approximately|roughly|nearly|almost|some|over|more than|at least|up to|an average of)\s+)?"
_FELL_BEFORE = re.compile(
    r"(?:下降|降低|减少|减轻|缩短|下调|[降减跌↓])(?:幅度|幅|了|大?约|将?近|多?达|为|超过|至少|\s)*$"
    rf"|\b{_FELL}\s+(?:(?:of|by)\s+)?{_NEARLY}$|\b{_FELL}\b(?:(?!\b{_ROSE})[^,.;:，。；：])*\bby\s+{_NEARLY}$"
)
_FELL_AFTER = re.compile(
    r"\s*(?:%|per ?cent)?\s*(?:points?\s+)?(?:的?(?:下降|[降减])|↓|lower|less|fewer|decreas|reduc|drop|fall|declin)"
)


def normalise_signs(text: str) -> Normalised:
    """Return the normal form of ``text`` with ``−`` for each minus sign and ``^`` before each power: 10⁻⁶ is 10^−6.

    Only what is raised after a digit is a power: m² is m2, and Ca²⁺ ca2+. Two numbers that only their shape keeps apart (①②,
    3½) have ``APART`` between them.
    """
    form = _with_powers(text, normalise(text.replace(APART, " ")))
    signs = {match.start() for match in _HYPHEN.finditer(form.text) if text[form.starts[match.start()]] not in _DASHES}
    if MINUS in text:
        found = (match.start() for match in _TRUE_MINUS.finditer(form.text))
        signs.update(place for place in found if text[form.starts[place]] == MINUS)
    if not signs:
        return form
    written = list(form.text)
    for place in signs:
        written[place] = MINUS
    return Normalised("".join(written), form.starts, form.ends)


def minus_before(text: str, start: int) -> int:
    """Return where the minus sign before the number at ``start`` of a signed form begins: −, 负, 零下, minus."""
    match = _MINUS_BEFORE.search(text, max(0, start - 8), start)
    return match.start() if match else start


def change_by(text: str, start: int, end: int) -> Change:
    """Return whether ``text[start:end]``, with a plus sign before it, is a rise, or by its words what something fell by."""
    before = text[max(0, start - 60) : start]
    if _PLUS_BEFORE.search(before):
        return "up"
    falls = text[start] != MINUS and (_FELL_BEFORE.search(before) or _FELL_AFTER.match(text, end))
    return "down" if falls else "unsaid"


def is_raised(character: str) -> bool:
    """Tell whether ``character`` stands above the line, as ⁶ and ⁺ do."""
    return _level(character) == _RAISED


def _with_powers(text: str, form: Normalised) -> Normalised:
    levels = [_level(text[start]) for start in form.starts]
    if not any(levels):
        return form
    pieces: list[str] = []
    places: list[int] = []
    for place, character in enumerate(form.text):
        if mark := _mark(form, levels, place):
            pieces.append(mark)
            places.append(place)
        pieces.append(character)
        places.append(place)
    starts, ends = (tuple(ends[place] for place in places) for ends in (form.starts, form.ends))
    return Normalised("".join(pieces), starts, ends)


def _mark(form: Normalised, levels: list[str], place: int) -> str:
    """Return what keeps the character at ``place`` apart from a digit before it: nothing where they stand side by side."""
    if not place or not form.text[place - 1].isdecimal() or form.starts[place] == form.starts[place - 1]:
        return ""
    level, character = levels[place], form.text[place]
    raised = level == _RAISED != levels[place - 1]
    if raised and (character.isdecimal() or (character in "+-" and form.text[place + 1 : place + 2].isdecimal())):
        return POWER
    alone = level not in ("", _RAISED, "<sub>")
    return APART if character.isdecimal() and (alone or level != levels[place - 1]) else ""


@cache
def _level(character: str) -> str:
    """Return how a character stands beside plain ones (<super>, <sub>, <circle> …), empty where it is one of them."""
    kind = unicodedata.decomposition(character).partition(" ")[0]
    return kind if kind.startswith("<") and kind not in ("<wide>", "<narrow>", "<font>", "<noBreak>") else ""
