"""What says what a thing is: a question may ask just that, and a sentence in which the thing stands before 'is' tells it."""

import re
from collections.abc import Sequence

from corpus.model import Span

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
