"""Numbers of a text in either language, as values that can be compared: 三种 and three, Ⅲ期 and phase III, 五毫克 and 5 mg.

Digits within names (IL-10, NLRP3, R6/2) are no numbers. 一, 'one' and ordinals are ``weak``: they are often mere grammar,
so they speak only against another number in their place. A sign or a power is part of the value: −12 isn't 12, nor 10⁶ 106.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from corpus.matching import Normalised
from corpus.model import Span
from qa.statements.bounds import Bound, bound_at
from qa.statements.numerals import (
    ENGLISH,
    ENGLISH_SCALES,
    HAN_NUMERAL,
    SCALES,
    chinese_value,
    english_value,
    several,
    two_ends,
)
from qa.statements.quantities import Quantity
from qa.statements.signs import change_by, minus_before, normalise_signs
from qa.statements.units import COUNT, FRACTION, MONTH, ORDINAL, PHASE, RATIO, unit_table

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
    for length in (3, len(name))
}
_ORDINALS = dict(zip("first second third fourth fifth sixth".split(), range(1, 7), strict=True))

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WORD = "|".join(sorted((*ENGLISH, *ENGLISH_SCALES), key=len, reverse=True))
_PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MEASURE = "种|个(?!月)|例|名|位|项|条|类|次|组|篇|家|步|层|方面|大类|型|者|只|株|支|句|代|点|型|步|阶段|途径|难题|难点"

_OF_PHASE = "iii|ii|iv|i|[1-4]|[一二三四]"
_STAGE = r"\s*期(?!刊|间|待|望)"
# Ⅱ期; each of Ⅰ/Ⅱ期; phase II; both of phase I/II
_PHASE = re.compile(
    rf"(?<![第卷ivx\d〇零一二三四五六七八九十百])"
    rf"(?P<before>{_OF_PHASE})(?:{_STAGE}|(?=\s*[/、和或]\s*(?:{_OF_PHASE}){_STAGE}))"
    r"|\bphase[\s-]*(?P<after>iii|ii|iv|i|[1-4]|one|two|three|four)\b(?:\s*/\s*(?P<also>iii|ii|iv|[1-4])\b)?"
)
_MONTH_ZH = re.compile(rf"(?<![个\d])(?P<month>\d{{1,2}}|{HAN_NUMERAL})\s*月(?!经|龄)")
_MONTH_EN = re.compile(
    rf"\b(?P<month>{_MONTH})\.?(?=\s+(?:of\s+)?\d|,)(?:\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))?"
    rf"|(?<=\bin )(?P<lone>{_MONTH})\b|\b(?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month_after>{_MONTH})\b"
)
_FRACTION = re.compile(
    rf"(?P<below>{HAN_NUMERAL}|\d+)\s*分之\s*(?P<above>{HAN_NUMERAL}|\d+(?:\.\d+)?)|(?P<half>\bhalf\b|一半|半数)"
)
# 1:2 and 1 比 2; not 8:30, nor the volume and page of a reference.
_RATIO = re.compile(
    r"(?<![a-z\d.:;,∶)/-])(?P<one>\d{1,3}(?:\.\d+)?)\s*(?:[:∶](?=\s?\d(?!\d(?!\d))|(?<=\b1[:∶]))|比)"
    r"\s*(?P<two>\d{1,4}(?:\.\d+)?)(?![\d:∶/-])"
)
_ORDINAL = re.compile(
    rf"第\s*(?P<zh>{HAN_NUMERAL})(?!\s*[卷期章页])|\b(?P<en>{'|'.join(_ORDINALS)})\b|\b(?P<digits>\d+)(?:st|nd|rd|th)\b"
)
_DIGIT_NUMBER = re.compile(
    rf"(?<![a-z0-9.^])(?P<value>{_PLAIN}|(?<!\w)\.\d+)(?P<scale>\s*(?:万|亿|{'|'.join(ENGLISH_SCALES)}))?(?![\d^]|\.\d*\^)"
)
# 1×10^−6; base and power are short, so that the value stays a number.
_POWER = re.compile(
    rf"(?<![a-z0-9.^])(?:(?P<factor>{_PLAIN})\s*[×x*]\s*)?(?P<base>[1-9]\d?)\^(?P<power>[-−+]?\d{{1,2}})(?![\d^])"
)
_WORD_NUMBER = re.compile(rf"\b(?:{_WORD})(?:(?:[\s-]+(?:and\s+)?)(?:{_WORD}))*\b")
# A name begins with a letter and holds a digit: il-10, nlrp3, r6/2. Digits alone are joined to it by a hyphen or slash.
_NAME = re.compile(r"[a-z][a-z]*(?:[-/+.]?[a-z]*\d+[a-z]*)+(?:[-/+][a-z0-9]+)*")
_NO_NAME = re.compile(r"(?:phase|volume|vol|issue|grade|type|day|week|month|year|over|than|about|doi)[-.]?\d")

# Where a range has its unit only once: 5–10 mg, 5 至 10 mg, 3、5 天, 58 ± 10 岁.
_RANGE = re.compile(r"\s*(?:[-‐‑‒–—−~～至到、±]|\+/-|to|or|或)\s*")
_NO_COUNT_BEFORE = re.compile(r"[多少人总例系指参次岁半计]$")
_FIGURATIVE = ("方面", "点", "步", "者", "代", "层", "度", "成")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text that is read: its normal form, itself, and which characters of the form belong to a number or name."""

    form: Normalised
    text: str
    taken: list[bool]

    def free(self, start: int, end: int) -> bool:
        """Claim ``start`` to ``end`` of the normal form; False where some of it is claimed already."""
        if any(self.taken[start:end]):
            return False
        self.taken[start:end] = [True] * (end - start)
        return True


def read_quantities(text: str, names: Iterable[Span] = ()) -> tuple[Quantity, ...]:
    """Return the numbers of ``text`` in order of place; ``names`` are spans of terms, whose digits aren't read."""
    form = normalise_signs(text)
    reading = _Reading(form, text, [False] * len(form.text))
    found: list[Quantity] = []
    for read in (_phases, _months, _fractions, _ratios):
        found += read(reading)
    _mask_names(reading, names)
    for read in (_ordinals, _powers, _digit_numbers, _several, _han_numbers, _word_numbers):
        found += read(reading)
    return _with_shared_units(text, sorted(found, key=lambda number: number.span))


def _with_shared_units(text: str, numbers: list[Quantity]) -> tuple[Quantity, ...]:
    """Return ``numbers``, of which one without a unit takes that of the other end of its range."""
    for place in range(len(numbers) - 2, -1, -1):
        own, after = numbers[place], numbers[place + 1]
        if own.measure == COUNT and after.measure.measures and _RANGE.fullmatch(text, own.span.end, after.span.start):
            numbers[place] = replace(own, measure=after.measure)
    return tuple(numbers)


def _phases(reading: _Reading) -> Iterator[Quantity]:
    for match in _PHASE.finditer(reading.form.text):
        for group in filter(match.group, ("before", "after", "also")):
            name = match[group]
            value = _ROMAN.get(name) or ENGLISH.get(name) or (int(name) if name.isdecimal() else chinese_value(name))
            start = match.start("also") if group == "also" else match.start()
            end = match.end("after") if group == "after" else match.end()
            if value and reading.free(start, end):
                yield Quantity(float(value), PHASE, "exact", False, reading.form.original(start, end))


def _months(reading: _Reading) -> Iterator[Quantity]:
    form = reading.form
    for match in _MONTH_ZH.finditer(form.text):
        value = _value(match["month"])
        if value and 1 <= value <= 12 and reading.free(*match.span()):
            yield Quantity(value, MONTH, "exact", False, form.original(*match.span()))
    for match in _MONTH_EN.finditer(form.text):
        name = match["month"] or match["lone"] or match["month_after"]
        day = match["day"] or match["day_first"]
        if reading.free(*match.span()):
            yield Quantity(float(_MONTHS[name]), MONTH, "exact", False, form.original(*match.span()))
            if day:
                yield Quantity(float(day), unit_table().named["day"], "exact", False, form.original(*match.span()))


def _fractions(reading: _Reading) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(reading.form.text):
        below, above = (None, None) if match["half"] else (_value(match["below"]), _value(match["above"]))
        if not match["half"] and not (below and above is not None):
            continue
        if reading.free(*match.span()):
            percent = match["below"] in ("百", "100")
            value = 0.5 if below is None or above is None else above if percent else above / below
            unit = unit_table().named["percent"] if percent else FRACTION
            bound = bound_at(reading.form.text, *match.span(), match.end())
            yield Quantity(value, unit, bound, False, reading.form.original(*match.span()))


def _ratios(reading: _Reading) -> Iterator[Quantity]:
    for match in _RATIO.finditer(reading.form.text):
        if float(match["two"]) and reading.free(*match.span()):
            value = float(match["one"]) / float(match["two"])
            yield Quantity(value, RATIO, "exact", False, reading.form.original(*match.span()))


def _mask_names(reading: _Reading, names: Iterable[Span]) -> None:
    form = reading.form
    for match in _NAME.finditer(form.text):
        if not _NO_NAME.match(match[0]):
            reading.free(*match.span())
    spans = list(names)
    for place, start in enumerate(form.starts):
        if form.text[place].isdecimal() and any(span.start <= start < span.end for span in spans):
            reading.taken[place] = True


def _ordinals(reading: _Reading) -> Iterator[Quantity]:
    for match in _ORDINAL.finditer(reading.form.text):
        value = _ORDINALS.get(match["en"] or "") or _value(match["zh"] or match["digits"])
        if value and reading.free(*match.span()):
            yield Quantity(float(value), ORDINAL, "exact", True, reading.form.original(*match.span()))


def _powers(reading: _Reading) -> Iterator[Quantity]:
    for match in _POWER.finditer(reading.form.text):
        power = int(match["power"].replace("−", "-"))
        value = float((match["factor"] or "1").replace(",", "")) * float(match["base"]) ** power
        yield from _number(reading, match.span(), (value,))


def _digit_numbers(reading: _Reading) -> Iterator[Quantity]:
    for match in _DIGIT_NUMBER.finditer(reading.form.text):
        value = float(match["value"].replace(",", "")) * _scale((match["scale"] or "").strip())
        yield from _number(reading, match.span(), (value,))


def _several(reading: _Reading) -> Iterator[Quantity]:
    for place, value in several(reading.form.text):
        yield from _number(reading, place, (value,), bound="several")


def _han_numbers(reading: _Reading) -> Iterator[Quantity]:
    text = reading.form.text
    for match in _han_number().finditer(text):
        written = match["value"] or match["alone"]
        ends = two_ends(written)
        value = chinese_value(written)
        if (value is None and not ends) or (
            written in ("一", "千", "万", "百") and text.startswith(_FIGURATIVE, match.end("over") if match["over"] else
                                                                  match.start() + len(written))
        ):  # fmt: skip
            continue
        start, end = match.start(), match.end("over") if match["over"] else match.start() + len(written)
        bound: Bound | None = "more" if match["over"] == "几" else "about" if match["over"] == "来" else None
        before = text[start - 1 : start] if written[0] in "十百千万亿" else ""
        if before == "上":
            start, bound = start - 1, "more"
        elif before == "几" or (before == "数" and not _NO_COUNT_BEFORE.search(text, 0, start - 1)):
            start, bound = start - 1, "several"
        values = ends or (value or 0.0,)
        yield from _number(reading, (start, end), values, weak=written == "一", bound="about" if ends else bound)


def _word_numbers(reading: _Reading) -> Iterator[Quantity]:
    for match in _WORD_NUMBER.finditer(reading.form.text):
        value = english_value(match[0])
        if value is not None:
            yield from _number(reading, match.span(), (value,), weak=match[0] in ("one", "zero"))


def _number(
    reading: _Reading, place: tuple[int, int], values: tuple[float, ...], *, weak: bool = False, bound: Bound | None = None
) -> Iterator[Quantity]:
    """Yield the number at ``place``, or both ends of a range that is written as one numeral."""
    start, end = place
    form = reading.form
    signed = minus_before(form.text, start)
    if signed < start and not any(reading.taken[signed:start]):
        start, values = signed, tuple(-value for value in values)
    while end > start and form.text[end - 1].isspace():
        end -= 1
    if reading.free(start, end):
        unit, unit_end = unit_table().after(form, reading.text, start, end)
        bound = bound or bound_at(form.text, start, end, unit_end)
        change, span = change_by(form.text, start, end), form.original(start, end)
        for value in values:
            yield Quantity(value, unit, bound, weak, span, change)


@cache
def _han_number() -> re.Pattern[str]:
    """Return the pattern of Chinese numerals that count: before a measure word or a unit, or at the end after 有."""
    follows = rf"(?P<measure>{_MEASURE})|年(?!龄)|{unit_table().han}"
    return re.compile(
        rf"(?<![第同另统唯万])(?!{unit_table().thousands})(?P<value>{HAN_NUMERAL})"
        rf"(?P<over>[多余]|(?<=[十百千万亿])[来几])?\s*(?={follows})"
        rf"|(?<=有)(?P<alone>[二两三四五六七八九十]+)(?=[:，。,；;、]|\s*$)"
    )


def _value(text: str | None) -> float | None:
    if not text:
        return None
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else chinese_value(text)


def _scale(name: str) -> float:
    return float(SCALES.get(name) or ENGLISH_SCALES.get(name) or 1)
