"""Numerals in words: 二十三, 二〇二五, 一亿两千万, 三十五点六, 'one hundred and ninety'."""

import re
from functools import lru_cache

DIGITS = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
SCALES = {"万": 10_000, "亿": 100_000_000}
HAN_DIGIT = "[〇零一二两三四五六七八九]"
HAN_NUMERAL = f"[〇零一二两三四五六七八九十百千万亿]+(?:点{HAN_DIGIT}+)?"
ENGLISH = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen".split()
    )
} | dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
ENGLISH_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}

# 三四十, 十七八, 两三百, and 三五 for a few: two digits for the two ends of a range.
_TWO_ENDS = re.compile(rf"(?P<before>(?:.*[十百千万亿])?)(?P<low>{HAN_DIGIT})(?P<high>{HAN_DIGIT})(?P<scale>[十百千万亿]*)")
_SEVERAL = re.compile(
    r"\b(?:several|(?:a|some|quite a) few|a couple of)\s+(?P<scale>hundred|thousand|million|billion)\b"
    r"|\b(?P<plural>tens|dozens|hundreds|thousands|millions|billions)\s+of\b"
    r"(?:\s+(?P<of>thousands|millions|billions)(?:\s+of)?\b)?"
)
_PLURALS = {"tens": 10, "dozens": 10} | {f"{name}s": value for name, value in ENGLISH_SCALES.items()}


def chinese_value(text: str) -> float | None:
    """Return the value of a Chinese numeral such as 二十三, 二〇二五, 三十五点六 or 一亿两千万, None where it is none."""
    if not text:
        return None
    if all(character in DIGITS for character in text):
        return float("".join(str(DIGITS[character]) for character in text))
    return _composed(text)


@lru_cache(maxsize=2048)  # cn2an takes 26 µs, and the composed numerals of texts come again
def _composed(text: str) -> float | None:
    from cn2an import cn2an  # a third of a second, which few starts need

    try:
        return float(cn2an(f"一{text}" if text[0] in "百千万亿" else text, "normal"))
    except (ValueError, KeyError):
        return None


def two_ends(text: str) -> tuple[float, float] | None:
    """Return both ends of a range such as 三四十 (30, 40), 十七八 or 三五; None where ``text`` is one number."""
    match = _TWO_ENDS.fullmatch(text)
    if not match:
        return None
    low, high = DIGITS[match["low"]], DIGITS[match["high"]]
    if not low or (high != low + 1 and (low, high) != (3, 5)):
        return None
    first, second = (chinese_value(match["before"] + match[end] + match["scale"]) for end in ("low", "high"))
    return (first, second) if first is not None and second is not None else None


def english_value(text: str) -> float | None:
    """Return the value of words such as 'one hundred and ninety', None for 'hundred' alone, which carries none."""
    words = [word for word in re.findall(r"[a-z]+", text) if word != "and"]
    if words[0] in ENGLISH_SCALES:
        return None
    total = section = 0
    for word in words:
        if word in ENGLISH:
            section += ENGLISH[word]
        elif word == "hundred":
            section *= 100
        else:
            total, section = total + section * ENGLISH_SCALES[word], 0
    return float(total + section)


def several(text: str) -> list[tuple[tuple[int, int], float]]:
    """Return where a normal form has an English number of unknown digits (hundreds of, several thousand), and its scale."""
    return [
        (match.span(), float(ENGLISH_SCALES[match["scale"]] if match["scale"] else
         _PLURALS[match["plural"]] * _PLURALS.get(match["of"] or "", 1)))
        for match in _SEVERAL.finditer(text)
    ]  # fmt: skip
