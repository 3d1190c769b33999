"""Clauses of a text and whether each affirms, plays down or denies what it says, in Chinese and English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.matching import normalise
from corpus.model import Span

Polarity = Literal["affirms", "plays down", "denies"]

_BREAK = re.compile(
    r"[,，](?!\s*任何)|[。；;：:！!？?\n]+|(?<=\D)\.(?=\s|$)"
    r"|\s(?=(?:but|whereas|while|although|though|however|yet|without|rather than|instead of)\b)"
    r"|\s(?=(?:and|with) (?:has |have |is |are |do |does |did |can |was |were )?"
    r"(?:no|not|never|rarely|seldom|hardly|low|little|cannot)\b)"
    r"|(?<!rather)\s(?=than (?:from|on|by|to)\b)"
    r"|(?=但|却|而且|然而|而不是|而非)"
)
# Words that look like negations and are none: 不仅 'not only', 不同 'different', 无论 'whatever', 非常 'very'. What can't
# be avoided is there, and what isn't the same differs.
_NO_NEGATION = re.compile(
    r"不[仅但只光单](?!一)|不[同断良管论过久妨少]|不良|不健康|不足(?!以)|不一(?=$|[,。，])|不尽相同|不等"
    r"|不免|不禁|不由|不失为|不外乎|不可或缺|不可分|不可避免|不容忽视|无法(?:回避|避免|忽视|绕开)|绕不开|离不开|少不了"
    r"|无论|无细胞|无疑|无菌|无处不在|无线|无机|无创|非[常洲药编]|非中胚层|非人|除非|是非|莫非|未来|未知|没收"
    r"|\bnot only\b|\bnot just\b|\bnot\b[^,.;:]{1,40} (?:alone|only)\b|\bno doubt\b|\bno matter\b"
    r"|\bno\.|\bnon-?(?:mesoderm\w*|drug|coding|human|pharmac\w*|invasive)"
    r"|\bwithout doubt\b|\bwhether or not\b|\bnot least\b|\bnot (?:the same|alike|identical|uniform)\b"
    r"|\b(?:cannot|can not|can't) be (?:avoided|ignored|escaped|overlooked|got around)\b"
)
_DOUBLE = re.compile(
    r"不得不|不能不|不会不|不可不|无不|并非没有|并非不|不是没有|不是不|没有不|不无"
    r"|\bnot without\b|\bnot un\w+|\bno \w+ without\b"
    r"|(?:\b(?:no|not|never|cannot)|n't)(?: \w+)? (?:free of|fail|lack)\b"
    r"|(?:\b(?:not|never|cannot)|n't) (?:keep|stop|prevent)\b(?=(?: [\w-]+){1,8} from\b)"
)
_DENIAL = re.compile(
    r"不|没有|没|毫无|无|未|并非|非|勿|缺乏|缺少|谈不上|免于|难以|欠佳|拒绝|否认|排除|停止|不再"
    r"|\b(?:no|not|never|none|neither|nor|cannot|without|nothing|nobody|nowhere|lack(?:s|ed|ing)?|absent"
    r"|absence|fails?|failed|failing to|failure to|unable|impossible|free of|far from|out of the question"
    r"|rather than|instead of|zero|nil|unproven|unsafe|ineffective|unsatisfactory"
    r"|disappointing|incapable|refus(?:e|es|ed))\b"
    r"|n't\b|\bcan't\b|\b(?:keep(?:s|ing)?|kept|stop(?:s|ped|ping)?|prevent(?:s|ed|ing)?)\b(?=(?: [\w-]+){1,8} from\b)"
    r"|\bstop(?:s|ped)? \w+ing\b"
)
# Words that deny only a degree: these are looked for before the denials that they hold.
_SOFTENED = re.compile(
    r"不易|不太|不大会|不甚|\b(?:not|never)\b(?: \w+){0,2}"
    r" (?:strong|strongly|much|high|highly|great|readily|easily|often|usually)\b"
)
_PLAYING_DOWN = re.compile(
    r"很少|极少|较少|甚少|几乎|罕见|鲜有|微弱|轻微|(?<![降减高压])低(?!下|级|氧|估)"
    r"|\b(?:rarely|seldom|hardly|scarcely|barely|little|low|minimal|weakly|slightly|infrequent(?:ly)?|unlikely|rare"
    r"|less(?= (?:from|on|by|to)\b)|small(?= (?:risk|chance)))\b|\b(?:risk|chance)\b[^,.;]* (?:is|are) small\b"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text between marks, with its polarity and the word that decided it (None where it affirms)."""

    span: Span
    polarity: Polarity
    mark: Span | None


def read_clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of ``text`` in order; they hold everything but marks and blanks."""
    form = normalise(text)
    made = []
    for start, end in _cuts(form.text):
        polarity, mark = _polarity(form.text, start, end)
        made.append(Clause(form.original(start, end), polarity, form.original(*mark) if mark else None))
    return tuple(made)


def negation_marks(text: str) -> tuple[Span, ...]:
    """Return every word of ``text`` that denies or plays down, in order."""
    form = normalise(text)
    skipped = _skipped(form.text, 0, len(form.text))
    found = [
        form.original(*match.span())
        for pattern in (_DENIAL, _PLAYING_DOWN)
        for match in pattern.finditer(form.text)
        if not _within(match.start(), skipped)
    ]
    return tuple(sorted(found))


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in (*_BREAK.finditer(text), None):
        end = match.start() if match else len(text)
        piece = text[start:end]
        left, right = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if left < right:
            yield left, right
        start = match.end() if match else end


def _polarity(text: str, start: int, end: int) -> tuple[Polarity, tuple[int, int] | None]:
    """Return the polarity of ``text[start:end]``: two denials within one fixed phrase affirm."""
    skipped = _skipped(text, start, end)

    def first(pattern: re.Pattern[str]) -> tuple[int, int] | None:
        for match in pattern.finditer(text, start, end):
            if not _within(match.start(), skipped):
                return match.span()
        return None

    if mark := first(_SOFTENED):
        return "plays down", mark
    if mark := first(_DENIAL):
        return "denies", mark
    if mark := first(_PLAYING_DOWN):
        return "plays down", mark
    return "affirms", None


def _skipped(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for pattern in (_NO_NEGATION, _DOUBLE) for match in pattern.finditer(text, start, end)]


def _within(place: int, ranges: list[tuple[int, int]]) -> bool:
    return any(left <= place < right for left, right in ranges)
