"""Words that make a number a bound: more than 400, 不到400例, about 30, 三个月以上."""

import re
from typing import Literal

Bound = Literal["exact", "more", "less", "about", "several"]

_MORE_BEFORE = re.compile(
    r"(?:超过|多于|大于|高于|逾|至少|不少于|不低于|起码|more than|over|above|at least|exceed(?:s|ed|ing)?|greater than"
    r"|no (?:less|fewer) than|upwards of|>|≥)\s*$"
)
_LESS_BEFORE = re.compile(
    r"(?:少于|小于|低于|不到|不足|未满|不超过|不多于|至多|最多|less than|fewer than|under|below|at most|up to"
    r"|no more than|<|≤)\s*$"
)
_ABOUT_BEFORE = re.compile(r"(?:约|大约|近|将近|接近|about|around|approximately|roughly|nearly|almost|some|~)\s*$")
_MORE_AFTER = re.compile(r"\s*(?:[多余]|\+|or more\b|and more\b|plus\b|[例个名人种年岁]?\s*(?:以上|之上))")
_LESS_AFTER = re.compile(r"\s*(?:or (?:less|fewer)\b|[例个名人种年岁]?\s*(?:以下|以内|之内))")
_ABOUT_AFTER = re.compile(r"\s*[例个名人种年岁]?\s*(?:左右|上下)")


def bound_at(text: str, start: int, end: int, unit_end: int) -> Bound:
    """Return what the words beside the number ``text[start:end]`` make of it; its unit ends at ``unit_end``."""
    before = text[max(0, start - 16) : start]
    if _LESS_BEFORE.search(before) or _after(_LESS_AFTER, text, end, unit_end):
        return "less"
    if _MORE_BEFORE.search(before) or _after(_MORE_AFTER, text, end, unit_end) or text[end - 1] in "多余":
        return "more"
    return "about" if _ABOUT_BEFORE.search(before) or _after(_ABOUT_AFTER, text, end, unit_end) else "exact"


def _after(words: re.Pattern[str], text: str, end: int, unit_end: int) -> bool:
    return bool(words.match(text, end) or (unit_end != end and words.match(text, unit_end)))
