"""Statements that a sentence only reports in order to take them back: 可以治愈…的说法没有任何证据支持."""

import re
from pathlib import Path

from corpus.matching import normalise
from corpus.model import Span
from qa.statements.rules import read_patterns

_NOUN = "说法|观点|看法|传言|传闻|结论|论断|主张|认识|想法|报道|宣传|误解|推测|假说|谣言|流言|做法|理论|建议|误区|承诺|广告"
_DENIAL = "没有|没|未|不|无|缺乏|错误|错的|有误|撤回|撤销|推翻|否定|否认|存疑|虚假|谣言|站不住"
AFTER = re.compile(rf"\s*[”’」』\"']?\s*(?:的|这一|这种|该|之|此)(?:{_NOUN})[^。！？!?；;]{{0,24}}?(?:{_DENIAL})")
_WITHIN = re.compile(rf"(?:的|这一|这种|该|之|此)(?:{_NOUN})[^。！？!?；;]{{0,24}}?(?:{_DENIAL})")
_ENGLISH = re.compile(
    r"\b(?:belief|claim(?:s|ed)?|statement|notion|view|myth|assertion|rumou?r|idea|assum(?:ed|ption))\s+(?:\w+\s+){0,6}?that\b.*"
    r"\b(?:no|not|none|never|neither|false|unsupported|refuted|wrong|retracted|unfounded|lacks?)\b",
    re.I | re.S,
)
(_TAKEN_BACK,) = read_patterns(Path(__file__).parents[1] / "statements" / "outer.toml", "taken_back")


def is_taken_back(sentence: str) -> bool:
    """Tell whether ``sentence`` reports a statement and denies it."""
    return bool(_WITHIN.search(sentence) or _ENGLISH.search(sentence) or taking_back(sentence))


def taking_back(sentence: str) -> tuple[Span, ...]:
    """Return the words by which ``sentence`` as a whole is said to be false, or shown by nothing."""
    form = normalise(sentence)
    return tuple(form.original(*match.span()) for match in _TAKEN_BACK.finditer(form.text))
