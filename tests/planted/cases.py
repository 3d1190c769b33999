"""True and false quotes made from the bundled text (changes.tsv says what is planted), and claims by hand (claims.tsv).

``kind`` is ``true``, or what was planted: a number, a negation, a name or a direction changed, two sentences spliced, a
foreign sentence, other words. The claims marked 'first run' and 'second run' were each judged once before anything was
mended for them: 1 of 42 and 4 of 25 false ones held then, 1 of 38 and 2 of 25 true ones didn't; none since.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import opencc

from corpus.model import Document
from corpus.passages.chunking import split_passages

CLAIMS = Path(__file__).with_name("claims.tsv")
CHANGES = Path(__file__).with_name("changes.tsv")


@dataclass(frozen=True, slots=True)
class Case:
    """A quote or a claim, and whether it is true or what is false in it."""

    form: str
    kind: str
    text: str


FOREIGN = (
    "高血压病人应当少吃盐，多运动，并按时服药。",
    "机器学习模型需要大量标注数据才能训练。",
    "The committee postponed the vote until Thursday.",
    "Regular exercise lowers the risk of heart disease.",
    "间充质干细胞已经治好了数千名糖尿病病人。",
    "研究发现，咖啡可以降低患肝癌的风险。",
    "小麦的产量受降水和气温影响很大。",
    "Mesenchymal stem cells were first described in 1850 by a botanist.",
    "外泌体疫苗将于明年上市，售价约为两千元。",
    "这家医院每年完成三百例心脏移植手术。",
)

# Quotes that begin or end within a character that stands for more (Ⅲ is iii in the normal form, β is beta) or within a name.
WITHIN = (
    ("number", "Ⅰ期临床研究发布了"),
    ("number", "I期临床研究发布了"),
    ("number", "Ⅱ期临床研究发布了"),
    ("number", "II期临床研究发布了"),
    ("name", "a-淀粉样蛋白"),
    ("name", "eta-淀粉样蛋白"),
    ("name", "catenin；所用细胞有 BM-MSC"),
    ("name", "物，都能明显减少 A"),
    ("name", "κB/Bcl-2；给药途径有静脉注射"),
    ("number", "-1 轴来对抗氧化"),
)


def sentences(document: Document) -> list[str]:
    """Return the sentences of a document's body in order, from twelve characters on."""
    found = []
    for passage in split_passages(document):
        if passage.role == "body":
            found += [span.of(document.text) for span in passage.sentences]
    return [sentence for sentence in found if len(sentence) >= 12]


def true_quotes(document: Document) -> list[Case]:
    """Return 120 quotes that hold: as they stand, in part, in Traditional characters, of another width, spaced otherwise."""
    whole = sentences(document)
    to_traditional = opencc.OpenCC("s2t").convert
    spread = [whole[number * len(whole) // 24] for number in range(24)]
    made = [
        *whole[::2][:48],
        *(re.split(r"(?<=[，；：])", sentence)[0].strip("，；：") for sentence in spread),
        *(to_traditional(sentence) for sentence in spread[:16]),
        *(sentence.translate(_WIDE) for sentence in spread[8:24]),
        *(sentence.replace("，", ", ").replace("。", " .").replace(" ", "  ") for sentence in spread[4:20]),
    ]
    return [Case("quote", "true", text) for text in made]


def false_quotes(document: Document) -> list[Case]:
    """Return 120 quotes and more with one thing planted in each."""
    whole = sentences(document)
    cases = [Case("quote", row["kind"], _planted(whole, row["old"], row["new"])) for row in _rows(CHANGES)]
    within = [Case("quote", kind, text) for kind, text in WITHIN]
    return [*cases, *within, *_splices(whole), *(Case("quote", "foreign", text) for text in FOREIGN)]


def claims() -> list[Case]:
    """Return the claims written by hand, true and false."""
    return [Case("claim", row["kind"], row["claim"]) for row in _rows(CLAIMS)]


def all_cases(document: Document) -> list[Case]:
    """Return all: 200 true and 200 false ones, and a few more."""
    return [*true_quotes(document), *false_quotes(document), *claims()]


_WIDE = str.maketrans("0123456789（），", "０１２３４５６７８９(),")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _planted(whole: Sequence[str], old: str, new: str) -> str:
    """Return the first sentence that holds ``old``, with ``new`` there."""
    held = next((sentence for sentence in whole if old in sentence), None)
    assert held, f"no sentence of the bundled text holds {old!r} any more"
    return held.replace(old, new, 1)


def _splices(whole: Sequence[str]) -> Iterator[Case]:
    """Yield the first half of one sentence joined to the second half of another, far from it."""
    halves = [re.split(r"，", sentence, maxsplit=1) for sentence in whole if sentence.count("，") >= 1]
    usable = [(first, second) for first, second in halves if len(first) >= 12 and len(second) >= 12]
    for number in range(32):
        first, second = usable[number % len(usable)][0], usable[(number * 7 + len(usable) // 2) % len(usable)][1]
        if not any(first in sentence and second in sentence for sentence in whole):
            yield Case("quote", "splice", f"{first}，{second}")
