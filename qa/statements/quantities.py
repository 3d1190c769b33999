"""Numbers of a text in either language, as values that can be compared: 三种 and three, Ⅲ期 and phase III.

Digits within names (IL-10, NLRP3, R6/2) are no numbers. 一, 'one' and ordinals are ``weak``: they are often mere grammar,
so they speak only against another number in their place. A sign or a power is part of the value: −12 isn't 12, nor 10⁶ 106.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.matching import Normalised
from corpus.model import Span
from qa.statements.signs import Change, change_by, minus_before, normalise_signs

Bound = Literal["exact", "more", "less", "about"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, what it counts (``count``, ``percent``, ``phase``, ``month`` …), and whether it is a bound.

    ``change`` is ``up`` after a plus sign, and ``down`` where words say of a positive value that something fell by it.
    """

    value: float
    unit: str
    bound: Bound
    weak: bool
    span: Span
    change: Change = "unsaid"


_DIGITS = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10_000, "亿": 100_000_000}
_HAN = "[〇零一二两三四五六七八九十百千万亿]+"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_WORDS = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen".split()
    )
} | dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
    for length in (3, len(name))
}
_ORDINALS = dict(zip("first second third fourth fifth sixth".split(), range(1, 7), strict=True))

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WORD = "|".join(sorted((*_WORDS, *_ENGLISH_SCALES), key=len, reverse=True))
_PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MEASURE = "种|个(?!月)|例|名|位|项|条|类|次|组|篇|家|步|层|方面|大类|型|者|只|株|支|句|代|点|型|步|阶段|途径|难题|难点"
_UNITS = (
    ("percent", r"%|percent|per cent|百分点"),
    ("fold", r"倍|-?fold\b"),
    ("month-long", r"个月|months?\b"),
    ("year", r"年|years?\b|岁|-year"),
    ("week", r"周(?!围|期)|weeks?\b|星期"),
    ("day", r"天|日(?!益|常|渐)|days?\b"),
    ("hour", r"小时|hours?\b|h\b"),
    ("minute", r"分钟|minutes?\b|min\b"),
    ("milligram", r"毫克|mg\b"),
    ("millilitre", r"毫升|ml\b"),
)
_UNIT = re.compile(r"\s*(?:" + "|".join(f"(?P<u{number}>{pattern})" for number, (_, pattern) in enumerate(_UNITS)) + ")")

_OF_PHASE = "iii|ii|iv|i|[1-4]|[一二三四]"
_STAGE = r"\s*期(?!刊|间|待|望)"
# Ⅱ期; each of Ⅰ/Ⅱ期; phase II; both of phase I/II
_PHASE = re.compile(
    rf"(?<![第卷ivx\d〇零一二三四五六七八九十百])"
    rf"(?P<before>{_OF_PHASE})(?:{_STAGE}|(?=\s*[/、和或]\s*(?:{_OF_PHASE}){_STAGE}))"
    r"|\bphase[\s-]*(?P<after>iii|ii|iv|i|[1-4]|one|two|three|four)\b(?:\s*/\s*(?P<also>iii|ii|iv|[1-4])\b)?"
)
_MONTH_ZH = re.compile(rf"(?<![个\d])(?P<month>\d{{1,2}}|{_HAN})\s*月(?!经|龄)")
_MONTH_EN = re.compile(
    rf"\b(?P<month>{_MONTH})\.?(?=\s+(?:of\s+)?\d|,)(?:\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))?"
    rf"|(?<=\bin )(?P<lone>{_MONTH})\b|\b(?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month_after>{_MONTH})\b"
)
_FRACTION = re.compile(rf"(?P<below>{_HAN}|\d+)\s*分之\s*(?P<above>{_HAN}|\d+(?:\.\d+)?)|(?P<half>\bhalf\b|一半|半数)")
_ORDINAL = re.compile(
    rf"第\s*(?P<zh>{_HAN})(?!\s*[卷期章页])|\b(?P<en>{'|'.join(_ORDINALS)})\b|\b(?P<digits>\d+)(?:st|nd|rd|th)\b"
)
_DIGIT_NUMBER = re.compile(
    rf"(?<![a-z0-9.^])(?P<value>{_PLAIN}|(?<!\w)\.\d+)(?P<scale>\s*(?:万|亿|{'|'.join(_ENGLISH_SCALES)}))?(?![\d^]|\.\d*\^)"
)
# 1×10^−6; base and power are short, so that the value stays a number.
_POWER = re.compile(
    rf"(?<![a-z0-9.^])(?:(?P<factor>{_PLAIN})\s*[×x*]\s*)?(?P<base>[1-9]\d?)\^(?P<power>[-−+]?\d{{1,2}})(?![\d^])"
)
_HAN_NUMBER = re.compile(
    rf"(?<![第同另统唯万])(?P<value>{_HAN})(?P<over>多|余)?\s*(?=(?P<measure>{_MEASURE})|倍|岁|年(?!龄)|天|周(?!围)|小时|分钟|个月)"
    rf"|(?<=有)(?P<alone>[二两三四五六七八九十]+)(?=[:，。,；;、]|\s*$)"
)
_WORD_NUMBER = re.compile(rf"\b(?:{_WORD})(?:(?:[\s-]+(?:and\s+)?)(?:{_WORD}))*\b")
# A name begins with a letter and holds a digit: il-10, nlrp3, r6/2. Digits alone are joined to it by a hyphen or slash.
_NAME = re.compile(r"[a-z][a-z]*(?:[-/+.]?[a-z]*\d+[a-z]*)+(?:[-/+][a-z0-9]+)*")
_NO_NAME = re.compile(r"(?:phase|volume|vol|issue|grade|type|day|week|month|year|over|than|about|doi)[-.]?\d")

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


def read_quantities(text: str, names: Iterable[Span] = ()) -> tuple[Quantity, ...]:
    """Return the numbers of ``text`` in order of place; ``names`` are spans of terms, whose digits aren't read."""
    form = normalise_signs(text)
    taken = [False] * len(form.text)
    found: list[Quantity] = []
    for read in (_phases, _months, _fractions):
        found += read(form, taken)
    _mask_names(form, taken, names)
    for read in (_ordinals, _powers, _digit_numbers, _han_numbers, _word_numbers):
        found += read(form, taken)
    return tuple(sorted(found, key=lambda number: number.span))


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Tell whether two numbers agree in value and unit, and the first claims no bound that the second doesn't give."""
    if not _same_value(one, other) or not _same_unit(one.unit, other.unit):
        return False
    if one.bound == other.bound or "about" in (one.bound, other.bound):
        return {one.bound, other.bound} != {"about", "less"}
    return one.bound == "exact" and other.bound == "more"


def chinese_value(text: str) -> float | None:
    """Return the value of a Chinese numeral such as 二十三 or 二〇二五, None where it is none."""
    if not re.search("[十百千万亿]", text):
        return float("".join(str(_DIGITS[character]) for character in text)) if text else None
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            section += (digit or 1) * _TENS[character]
            digit = 0
        else:
            total = (total + section + digit or 1) * _SCALES[character]
            section = digit = 0
    return float(total + section + digit)


def _same_value(one: Quantity, other: Quantity) -> bool:
    """Tell whether two values agree; what fell by 12 changed by −12, and not by +12."""
    if one.value == other.value:
        return {one.change, other.change} != {"up", "down"}
    return one.value == -other.value and max(one, other, key=lambda number: number.value).change == "down"


def _same_unit(one: str, other: str) -> bool:
    loose = {"count", "year"}  # 2025 and 2025年; a bare English number carries no measure word
    return one == other or {one, other} <= loose or {one, other} == {"count", "day"}


def _free(taken: list[bool], start: int, end: int) -> bool:
    """Claim ``start`` to ``end`` of the normal form; False where some of it is claimed already."""
    if any(taken[start:end]):
        return False
    taken[start:end] = [True] * (end - start)
    return True


def _phases(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _PHASE.finditer(form.text):
        for group in filter(match.group, ("before", "after", "also")):
            name = match[group]
            value = _ROMAN.get(name) or _WORDS.get(name) or (int(name) if name.isdecimal() else chinese_value(name))
            start = match.start("also") if group == "also" else match.start()
            end = match.end("after") if group == "after" else match.end()
            if value and _free(taken, start, end):
                yield Quantity(float(value), "phase", "exact", False, form.original(start, end))


def _months(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _MONTH_ZH.finditer(form.text):
        value = _value(match["month"])
        if value and 1 <= value <= 12 and _free(taken, *match.span()):
            yield Quantity(value, "month", "exact", False, form.original(*match.span()))
    for match in _MONTH_EN.finditer(form.text):
        name = match["month"] or match["lone"] or match["month_after"]
        day = match["day"] or match["day_first"]
        if _free(taken, *match.span()):
            yield Quantity(float(_MONTHS[name]), "month", "exact", False, form.original(*match.span()))
            if day:
                yield Quantity(float(day), "day", "exact", False, form.original(*match.span()))


def _fractions(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(form.text):
        below, above = (None, None) if match["half"] else (_value(match["below"]), _value(match["above"]))
        if not match["half"] and not (below and above is not None):
            continue
        if _free(taken, *match.span()):
            percent = match["below"] in ("百", "100")
            value = 0.5 if below is None or above is None else above if percent else above / below
            unit = "percent" if percent else "fraction"
            yield Quantity(value, unit, _bound(form.text, *match.span()), False, form.original(*match.span()))


def _mask_names(form: Normalised, taken: list[bool], names: Iterable[Span]) -> None:
    for match in _NAME.finditer(form.text):
        if not _NO_NAME.match(match[0]):
            _free(taken, *match.span())
    spans = list(names)
    for place, start in enumerate(form.starts):
        if form.text[place].isdecimal() and any(span.start <= start < span.end for span in spans):
            taken[place] = True


def _ordinals(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _ORDINAL.finditer(form.text):
        value = _ORDINALS.get(match["en"] or "") or _value(match["zh"] or match["digits"])
        if value and _free(taken, *match.span()):
            yield Quantity(float(value), "ordinal", "exact", True, form.original(*match.span()))


def _powers(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _POWER.finditer(form.text):
        power = int(match["power"].replace("−", "-"))
        value = float((match["factor"] or "1").replace(",", "")) * float(match["base"]) ** power
        yield from _number(form, taken, match.span(), value, weak=False)


def _digit_numbers(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _DIGIT_NUMBER.finditer(form.text):
        value = float(match["value"].replace(",", "")) * _scale((match["scale"] or "").strip())
        yield from _number(form, taken, match.span(), value, weak=False)


def _han_numbers(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _HAN_NUMBER.finditer(form.text):
        written = match["value"] or match["alone"]
        value = chinese_value(written)
        if value is None or (
            written in ("一", "千", "万", "百") and match["measure"] in ("方面", "点", "步", "者", "代", "层")
        ):
            continue
        end = match.end() if match["over"] else match.start() + len(written)
        yield from _number(form, taken, (match.start(), end), value, weak=written == "一")


def _word_numbers(form: Normalised, taken: list[bool]) -> Iterator[Quantity]:
    for match in _WORD_NUMBER.finditer(form.text):
        words = re.findall(r"[a-z]+", match[0].replace(" and ", " "))
        if words[0] in _ENGLISH_SCALES:
            continue  # 'hundreds of' and the like carry no value
        total, section = 0, 0
        for word in words:
            if word in _WORDS:
                section += _WORDS[word]
            elif word == "hundred":
                section *= 100
            else:
                total, section = total + section * _ENGLISH_SCALES[word], 0
        yield from _number(form, taken, match.span(), float(total + section), weak=match[0] in ("one", "zero"))


def _number(form: Normalised, taken: list[bool], place: tuple[int, int], value: float, *, weak: bool) -> Iterator[Quantity]:
    start, end = place
    signed = minus_before(form.text, start)
    if signed < start and not any(taken[signed:start]):
        start, value = signed, -value
    while end > start and form.text[end - 1].isspace():
        end -= 1
    if _free(taken, start, end):
        unit, bound = _unit(form.text, end), _bound(form.text, start, end)
        yield Quantity(value, unit, bound, weak, form.original(start, end), change_by(form.text, start, end))


def _unit(text: str, end: int) -> str:
    after = re.compile(r"\s*[多余]?").match(text, end)
    match = _UNIT.match(text, after.end() if after else end)
    return _UNITS[int((match.lastgroup or "u0")[1:])][0] if match else "count"


def _bound(text: str, start: int, end: int) -> Bound:
    before = text[max(0, start - 16) : start]
    tests: tuple[tuple[Bound, bool], ...] = (
        ("less", bool(_LESS_BEFORE.search(before) or _LESS_AFTER.match(text, end))),
        ("more", bool(_MORE_BEFORE.search(before) or _MORE_AFTER.match(text, end) or text[end - 1] in "多余")),
        ("about", bool(_ABOUT_BEFORE.search(before) or _ABOUT_AFTER.match(text, end))),
    )
    return next((bound for bound, holds in tests if holds), "exact")


def _value(text: str | None) -> float | None:
    if not text:
        return None
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else chinese_value(text)


def _scale(name: str) -> float:
    return float(_SCALES.get(name) or _ENGLISH_SCALES.get(name) or 1)
