"""What kind of thing a question asks for, where that can be told: an amount, a price, a time, a place, a company.

A sentence without any number doesn't say how many, and one that names no place doesn't say where, however close it is to
the question otherwise. The kinds are rows of ``kinds.toml``.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from corpus.matching import normalise_text
from corpus.model import Span
from qa.statements.quantities import Quantity
from qa.statements.quantity_reader import read_quantities

FILE = Path(__file__).with_suffix(".toml")

# Numbers that count nothing: the phase of a trial, ordinals, months of the calendar, 一 and 'one'.
_NO_AMOUNT = frozenset({"phase", "ordinal", "month"})
_WORD = "(?:of)"  # in what gives a kind: the word that the question took


def _is_year(quantity: Quantity) -> bool:
    return quantity.unit == "year" and 1900 <= quantity.value < 2100


def _is_date(quantity: Quantity) -> bool:
    """Tell whether ``quantity`` is a month or a year; an English one, 'in 2025', carries no unit."""
    return quantity.unit == "month" or (quantity.unit in ("year", "count") and 1900 <= quantity.value < 2100)


def _is_amount(quantity: Quantity) -> bool:
    return not (quantity.weak or quantity.dimension in _NO_AMOUNT or _is_year(quantity))


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of ``kinds.toml``: what asks for a kind of thing, and what gives it, words or numbers."""

    name: str
    asks: re.Pattern[str]
    gives: re.Pattern[str] | None
    numbers: tuple[str, ...]
    asked: tuple[str, ...]
    answers: tuple[str, ...]
    no_answers: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Tell whether ``text`` has anything of this kind; where it hasn't, it can't answer."""
        return bool(self.gives and self.gives.search(text)) or any(map(self._counts, _quantities(text)))

    def _counts(self, quantity: Quantity) -> bool:
        if quantity.dimension in self.numbers:
            return not _is_year(quantity)
        return ("amount" in self.numbers and _is_amount(quantity)) or ("date" in self.numbers and _is_date(quantity))

    def of(self, word: str | None) -> "Kind":
        """Return the kind as it is asked for with ``word``."""
        if word is None or self.gives is None:
            return self
        return replace(self, gives=_compiled(self.gives.pattern.replace(_WORD, re.escape(word))))


class KindError(Exception):
    """The file of kinds is wrong; the message names the kind and the reason."""


@cache
def kinds() -> Sequence[Kind]:
    """Return the kinds of ``kinds.toml`` in order; raises ``KindError``."""
    found = []
    for number, item in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["kind"], 1):
        name = item.get("name", f"the kind number {number}")
        try:
            gives = _compiled(item["gives"]) if "gives" in item else None
            examples = (tuple(item[key]) for key in ("asked", "answers", "no_answers"))
            found.append(Kind(name, _compiled(item["asks"]), gives, tuple(item.get("numbers", ())), *examples))
        except (KeyError, re.error) as error:
            raise KindError(f"{FILE.name}, {name}: {error!r}") from error
    return found


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)  # the module re keeps those that it has seen


# The number of a table or figure counts nothing that anybody asks for.
_LABEL = re.compile(r"[图表]\s*\d+(?:[-–.]\d+)*|\b(?:fig(?:ure)?s?|tab(?:le)?s?)\.?\s*\d+(?:[-–.]\d+)*", re.I)


@lru_cache(maxsize=4096)  # of the corpus's sentences: reading one takes a fifth of a millisecond
def _quantities(text: str) -> Sequence[Quantity]:
    return read_quantities(_LABEL.sub(" ", text))


def asked_kind(question: str, told: Sequence[Span] = ()) -> Kind | None:
    """Return the kind of thing that ``question`` asks for, if it is one of these; what is ``told`` asks for nothing."""
    for span in reversed(told):
        question = question[: span.start] + question[span.end :]
    asked = normalise_text(question)
    for kind in kinds():
        if found := kind.asks.search(asked):
            return kind.of(found.groupdict().get("of"))
    return None


_ASKS_WHAT_IT_IS = re.compile(
    r"(?:是|指的?是|指)(?:什么|啥|何物)(?:意思|东西)?\W*(?:$|[？?，,。；;])|(?<!为)(?:什么|啥)(?:是|叫|叫做)|何谓|何为|定义|全称|缩写"
    r"|^\W*what(?:'s|\s+(?:is|are))\s+(?:an?\s+|the\s+)?[\w+/'-]+(?:\s+[\w+/'-]+)?\s*\W*$"
    r"|\bdefin(?:e|ition)|\bmeaning\s+of\b|\bstands?\s+for\b|\bwhat\s+does\s+\S+\s+mean\b",
    re.I,
)
# What stands before 是什么 where something of the thing is asked for (X 的特点是什么), or what was named before.
_OF_IT = re.compile(r"(?:的[^的，。？,?；;]{1,6}|[，,]\s*)(?:分别|各)?$")
_IS = re.compile(r"\s*(?:[（(][^）)]*[）)])?\s*(?:是(?!否|不)|即|指|就是|属于|（|\(|\s(?:is|are)\s+(?:an?|the)\b)")
_SO_CALLED = re.compile(r"(?:所谓|称为|叫做|简称|\bcalled)\s*[“\"]?$")


def asks_what_it_is(question: str) -> bool:
    """Tell whether ``question`` asks what a thing is, or what its name means."""
    return any(
        found[0][0] not in "是指" or not _OF_IT.search(question[: found.start()])
        for found in _ASKS_WHAT_IT_IS.finditer(question)
    )


def defines(sentence: str, named: Sequence[Span]) -> bool:
    """Tell whether ``sentence`` says what one of the things is that it names at ``named``."""
    return any(
        _IS.match(sentence, span.end) is not None or _SO_CALLED.search(sentence[max(0, span.start - 8) : span.start])
        for span in named
    )


_ASKS = re.compile(
    r"(?:第一|通[讯信])作者|作者.{0,3}(?:谁|名|叫|单位|有哪|列)|谁.{0,3}作者|(?:什么|哪)[^，。？]{0,3}(?:期刊|杂志)|刊(?:登|在|于)"
    r"|第几[卷页]|第几期(?!临床|的?试验|的?研究)|页码|题目|标题|参考(?:文献|资料)|出处|原文|引用|\bdoi\b"
    r"|免责|声明|侵权|版权|转载"
    r"|\bauthors?\s+(?:names?|list|of)\b|\b(?:first|corresponding|which|who\s+(?:are|were)\s+the)\s+authors\b"
    r"|\b(?:first|corresponding)\s+author\b|\b(?:which|what)\s+journal\b|\bvolume\b|\bpage\s+numbers?\b|\btitle\s+of\b"
    r"|\bcit(?:ed|es?|ations?)\b|\breferences?\b(?!\s+(?:range|value|interval|level))|\bbibliograph\w*"
    r"|\bdisclaimers?\b|\bcopyrights?\b|\bpermissions?\b|\breprint\w*",
    re.I,
)


def asks_for_source(question: str) -> bool:
    """Tell whether ``question`` asks who wrote something and where, or what is said about its use."""
    return bool(_ASKS.search(question))
