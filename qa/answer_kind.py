"""What kind of thing a question asks for, where that can be told: an amount or a time, a place, what something is.

A sentence without any number doesn't say how many, and one that names no place doesn't say where, however close it is to
the question otherwise; one in which the thing stands before 'is' says what it is.
"""

import re
from collections.abc import Sequence

from corpus.model import Span
from qa.quantities import read_quantities

_ASKS_AMOUNT = re.compile(
    r"多少|(?<!哪)几(?!个?方面|乎|点|率)|百分比|百分之|占比|多大(?!程度)|多高|多久|多长|多快|何时|什么时候|哪一?年|哪个月|p\s*值|剂量|毫克|临界值|次数"
    r"|\bhow\s+(?:many|much|long|often|far|fast|old|high|big|large|soon)\b"
    r"|\bwhat\s+(?:percentage|proportion|share|fraction|dose|number|age|year)\b"
    r"|\bper\s?cent(?:age)?\b|\bp[\s-]?values?\b|\bcut-?offs?\b|\bwhen\s+(?:was|were|did|will|is)\b|\b(?:which|what)\s+(?:year|month|date)\b",
    re.I,
)
_ASKS_PLACE = re.compile(
    r"哪[个几些]*(?:国家|国|地区|城市|省|医院|机构|中心)|(?:在|去|到)哪(?:里|儿)?(?:可以|能|做|进行|报名|接受|治)|哪(?:里|儿)(?:可以|能|报名|接受)"
    r"|\bwhere\s+(?:can|could|do|does|did|was|were|is|are)\b|\b(?:which|what)\s+(?:countr|cit(?:y|ies)|hospital|cent(?:er|re)|clinic|institut|universit)",
    re.I,
)
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?:国(?!际)|省|市(?!场)|州|医院|大学|学院|中心|实验室|研究所)|中国|美国|日本|韩国|欧洲|河南|北京|上海"
    r"|\b(?:China|Japan|Korea|Europe|America|USA?|UK|Israel|University|Hospital|Institute|College|Laborator(?:y|ies)|Cent(?:er|re))\b"
)
# Numbers that count nothing: the phase of a trial, ordinals, 一 and 'one'.
_NO_AMOUNT = frozenset({"phase", "ordinal"})
_ASKS_WHAT_IT_IS = re.compile(
    r"(?:是|指的?是|指)(?:什么|啥|何物)(?:意思|东西)?\W*(?:$|[？?，,。；;])|(?<!为)(?:什么|啥)(?:是|叫|叫做)|何谓|何为|定义|全称|缩写"
    r"|^\W*what(?:'s|\s+(?:is|are))\s+(?:an?\s+|the\s+)?[\w+/'-]+(?:\s+[\w+/'-]+)?\s*\W*$"
    r"|\bdefin(?:e|ition)|\bmeaning\s+of\b|\bstands?\s+for\b|\bwhat\s+does\s+\S+\s+mean\b",
    re.I,
)
_IS = re.compile(r"\s*(?:[（(][^）)]*[）)])?\s*(?:是(?!否|不)|即|指|就是|属于|（|\(|\s(?:is|are)\s+(?:an?|the)\b)")
_SO_CALLED = re.compile(r"(?:所谓|称为|叫做|简称|\bcalled)\s*[“\"]?$")


def asks_what_it_is(question: str) -> bool:
    """Tell whether ``question`` asks what a thing is, or what its name means."""
    return bool(_ASKS_WHAT_IT_IS.search(question))


def defines(sentence: str, named: Sequence[Span]) -> bool:
    """Tell whether ``sentence`` says what one of the things is that it names at ``named``."""
    return any(
        _IS.match(sentence, span.end) is not None or _SO_CALLED.search(sentence[max(0, span.start - 8) : span.start])
        for span in named
    )


def lacks_kind(question: str, sentence: str) -> bool:
    """Tell whether ``sentence`` has no amount, time or place though ``question`` asks for one, so that it can't answer."""
    if _ASKS_PLACE.search(question):
        return not _PLACE.search(sentence)
    if not _ASKS_AMOUNT.search(question):
        return False
    return all(found.weak or found.unit in _NO_AMOUNT for found in read_quantities(sentence))
