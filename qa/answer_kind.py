"""What kind of thing a question asks for, where that can be told: an amount, a price, a time, a place, a company.

A sentence without any number doesn't say how many, and one that names no place doesn't say where, however close it is to
the question otherwise.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from qa.quantities import Quantity, read_quantities

_TIMES = frozenset({"month-long", "year", "week", "day", "hour", "minute"})
# Numbers that count nothing: the phase of a trial, ordinals, months of the calendar, 一 and 'one'.
_NO_AMOUNT = frozenset({"phase", "ordinal", "month"})


def _is_year(quantity: Quantity) -> bool:
    return quantity.unit == "year" and 1900 <= quantity.value < 2100


def _is_date(quantity: Quantity) -> bool:
    """Tell whether ``quantity`` is a month or a year; an English one, 'in 2025', carries no unit."""
    return quantity.unit == "month" or (quantity.unit in ("year", "count") and 1900 <= quantity.value < 2100)


def _is_amount(quantity: Quantity) -> bool:
    return not (quantity.weak or quantity.unit in _NO_AMOUNT or _is_year(quantity))


def _is_time(quantity: Quantity) -> bool:
    return quantity.unit in _TIMES and not _is_year(quantity)


def _never(quantity: Quantity) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Kind:
    """Words that ask for a kind of thing, and what gives it: words, or a number of which ``number`` holds."""

    asked: re.Pattern[str]
    words: re.Pattern[str]
    number: Callable[[Quantity], bool] = _never


def _kind(asked: str, words: str, number: Callable[[Quantity], bool] = _never) -> _Kind:
    return _Kind(re.compile(asked, re.I), re.compile(words, re.I), number)


# The first kind that a question asks for counts: what costs money also asks how much.
_KINDS = (
    _kind(  # a price, and who pays it
        r"多少钱|几(?:千|万)?块|费用|价格|价钱|收费|花费|贵不贵|医保|报销"
        r"|\b(?:costs?|price[ds]?|fees?|expensive|afford|insurance|reimburse\w*|medicare|medicaid)\b|\bhow\s+much\s+money\b",
        r"元|费用|价|成本|医保|报销|[$€£¥]|\b(?:costs?|prices?|fees?|dollars?|insur\w+|reimburs\w+|expens\w+)\b",
    ),
    _kind(r"\bp[\s-]?values?\b|p\s*值|显著性水平", r"\bp\s*(?:值|[<>=≤]|value)|p\s*值"),
    _kind(  # a share or a chance
        r"百分之几|百分之多少|百分比|占比|多大比例|男女比|比例(?:如何|怎么?样)|\bsex\s+ratio\b"
        r"|(?:比例|概率|几率|发生率|患病率|有效率|死亡率)(?:是|有|为)?(?:多少|多大|多高)"
        r"|\b(?:what|which)\s+(?:percentage|proportion|share|fraction|percent)\b|\bper\s?cent(?:age)?\b"
        r"|\b(?:probability|likelihood|odds)\b|\bwhat\s+chance\b|\bwhat(?:'s|\s+is|\s+are)\s+the\s+(?:chances?|odds|risk|rate)\b",
        r"[%％‰]|成(?:的|以上|左右)|百分|倍|一半|半数|\b(?:half|third|quarter|percent|per cent|fold)\b",
        lambda quantity: quantity.unit in ("percent", "fraction", "fold"),
    ),
    _kind(  # a company
        r"哪家(?:公司|企业|药厂|厂)|(?:什么|哪个|哪些|哪几家)(?:公司|企业|厂家|药厂)|厂家|生产商|赞助商"
        r"|\b(?:which|what)\s+(?:compan\w+|manufacturer|firm|sponsor)\b|\bwho\s+(?:makes|manufactures|sponsor\w*|sells|funded)\b",
        r"公司|集团|药业|制药|企业|生物(?:科技|技术)|资助|\b(?:Inc|Ltd|Corp|Pharma\w*|Therapeutics|compan\w+|funded|sponsor\w*)\b",
    ),
    _kind(  # how many people
        r"(?:多少|几)(?:名|位|例|个)?(?:患者|病人|人(?!民)|受试者|志愿者|参与者|例)|样本量"
        r"|\bhow\s+many\s+(?:\S+\s+){0,2}(?:patients|people|persons|participants|subjects|volunteers|cases)\b|\bsample\s+size\b",
        r"样本量|[\d十百千万亿两]\s*[多余]?\s*(?:例|名|位|人|患者|病人)"
        r"|\d\s*(?:million|billion|thousand|hundred)?\s*(?:\S+\s+){0,2}(?:patients|people|persons|participants|subjects|cases)\b"
        r"|\b(?:dozens|hundreds|thousands|millions)\s+of\b",
    ),
    _kind(  # a person
        r"谁(?:最早|首先|最先|第一个)?(?:发现|提出|发明|命名|主持|领导|负责|写)|哪一?位|首席研究者|负责人|通[讯信]作者"
        r"|\bwho\s+(?:first\s+)?(?:discovered|invented|proposed|coined|led|leads|headed|wrote|runs?)\b|\bprincipal\s+investigator\b",
        r"等人|教授|博士|学者|团队|首次|命名|作者|\bet al\b|\b(?:Dr|Prof)\b|(?-i:\b[A-Z][a-z]+ [A-Z]{1,3}[,.])",
    ),
    _kind(  # a size
        r"直径|粒径|多少(?:纳米|微米)|\bdiameters?\b|\bhow\s+(?:big|large|small)\s+(?:is|are)\b",
        r"直径|粒径|大小|\d\s*(?:nm|纳米|微米|[μµ]m)|\b(?:diameter|size)\b",
    ),
    _kind(  # a gene
        r"(?:哪个|哪些|哪种|什么)(?:致病)?基因|\b(?:which|what)\s+genes?\b",
        r"基因|突变|\bgenes?\b|mutation",
    ),
    _kind(  # how a disease is told
        r"(?:怎么|怎样|如何|靠什么)(?:才能)?(?:确诊|诊断)|诊断标准|\bdiagnostic\s+criteria\b|\bhow\s+(?:is|are|do)\b.*\bdiagnos",
        r"诊断|确诊|检查|标志物|diagnos|biomarker",
    ),
    _kind(  # harm
        r"副作用|不良反应|不良事件|\b(?:side[\s-]effects?|adverse)\b",
        r"副作用|不良|安全|耐受|风险|毒|排斥|感染|致瘤|肿瘤|并发症|side[\s-]effect|adverse|safe|toler|toxi|risk|reject|tumou?r",
    ),
    _kind(  # a place
        r"哪[个几些]*(?:国家|国|地区|城市|省|医院|机构|中心)|(?:在|去|到)哪(?:里|儿)?(?:可以|能|做|进行|报名|接受|治)"
        r"|哪(?:里|儿)(?:可以|能|报名|接受)|\bwhere\s+(?:can|could|do|does|did|was|were|is|are)\b"
        r"|\b(?:which|what)\s+(?:countr|cit(?:y|ies)|hospital|cent(?:er|re)|clinic|institut|universit)",
        r"[\u4e00-\u9fff]{1,6}(?:国(?!际)|省|市(?!场)|州|医院|大学|学院|中心|实验室|研究所)|中国|美国|日本|韩国|欧洲|河南|北京|上海"
        r"|\b(?:China|Japan|Korea|Europe|America|USA?|UK|Israel|University|Hospital|Institute|College|Laborator(?:y|ies)"
        r"|Cent(?:er|re))\b",
    ),
    _kind(  # a dose
        r"剂量|毫克|毫升|每公斤|每千克|多少个?细胞|几个?亿|\b(?:doses?|dosage|dosing|milligrams?|mg)\b"
        r"|\bhow\s+many\s+(?:stem\s+)?cells\b|\bhow\s+much\s+(?:\S+\s+){1,3}(?:should|per|a\s+day|daily)\b",
        r"剂量|毫克|微克|毫升|公斤|千克|×\s*10|\b(?:doses?|dosage|mg|kg|µg|ml)\b",
    ),
    _kind(  # an age
        r"多少岁|几岁|多大(?:年纪|年龄|岁数)|什么年龄|年龄(?:是|为)?(?:多少|多大)|发病年龄"
        r"|\bhow\s+old\b|\b(?:what|which)\s+age\b|\bage\s+(?:of\s+onset|limit|criteria|range)\b",
        r"岁|年龄|老年|中年|青年|儿童|\b(?:aged?|years? old|onset)\b",
    ),
    _kind(  # how long, how often
        r"多久|多长(?:时间)?|(?<![没好这前近])几个?(?:天|日|周|月|年|小时|分钟|星期)(?!热|来)|多少(?:天|日|周|个月|年|小时|分钟)|半衰期|间隔"
        r"|\bhow\s+(?:long|often|soon|frequently)\b|\bhow\s+many\s+(?:hours|days|weeks|months|years)\b"
        r"|\bhalf[\s-]?li(?:fe|ves)\b|\binterval\b",
        r"长期|终身|短期|每(?:天|日|周|月|年)|反复|\b(?:daily|weekly|monthly|yearly|long[\s-]term|short[\s-]term)\b",
        _is_time,
    ),
    _kind(  # a date
        r"何时|什么时候(?!该|要|需要|可以|能)|哪一?年|哪个月|几月|几号|哪天"
        r"|\b(?:which|what)\s+(?:year|month|date|day)\b|\bwhen\s+(?:was|were|did|will|is)\b",
        r"年代|世纪",
        _is_date,
    ),
    _kind(  # any other number
        r"多少|(?<![哪这那没好前近])几(?!个?方面|乎|点|率|种|类|年)|多大(?!程度)|多高|多快|临界值|截断值|次数"
        r"|\bhow\s+(?:many|much|far|fast|high|big|large)\b|\bwhat\s+number\b|\bcut-?offs?\b|\bthresholds?\b",
        r"(?!)",
        _is_amount,
    ),
)


def lacks_kind(question: str, sentence: str) -> bool:
    """Tell whether ``sentence`` has nothing of the kind that ``question`` asks for, so that it can't answer."""
    kind = next((kind for kind in _KINDS if kind.asked.search(question)), None)
    if kind is None or kind.words.search(sentence):
        return False
    return not any(kind.number(quantity) for quantity in read_quantities(sentence))
