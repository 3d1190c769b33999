"""What the encoder learns from: a query, a passage that answers it, and one that is near and doesn't.

Abstracts of ChinaXiv papers in both languages (CC BY 4.0), questions on Wikipedia in Simplified and Traditional Chinese
(CMRC 2018, DRCD: CC BY-SA), English health questions with their answers (MedQuAD: CC BY 4.0).
"""

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.training.questions import Templates, from_keywords, from_statement, read_templates, with_slip

HELD_OUT = Path(__file__).with_name("held_out.txt")
_ZH, _EN = re.compile(r"(?<=[。；])"), re.compile(r"(?<=[a-z0-9)%][.;])\s+(?=[A-Z(])")
_SLIPS, _TRADITIONAL = 0.04, 0.08
_LONGEST_ANSWER = 600
_WINDOW = 260
_LONGEST_QUERY = {"zh": 70, "en": 200}  # characters: what is longer learns nothing of how people ask


@dataclass(frozen=True, slots=True)
class Triple:
    """A query, the passage that answers it, and one that is near it and doesn't."""

    query: str
    positive: str
    negative: str


@dataclass(frozen=True, slots=True)
class Abstract:
    """A paper: its title, its abstracts' sentences in both languages, its keywords as pairs (Chinese, English)."""

    number: str
    title: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]
    weight: float


def read_abstracts(data: Path) -> list[Abstract]:
    """Return the papers of ``data/chinaxiv`` that no question or claim of the repository is about."""
    apart = set(HELD_OUT.read_text(encoding="utf-8").split())
    found = []
    for row in _rows(data / "chinaxiv" / "abstracts.jsonl.gz"):
        zh = tuple(part.strip() for part in _ZH.split(row["abstract_zh"]) if len(part.strip()) > 12)
        en = tuple(part.strip() for part in _EN.split(row["abstract_en"]) if len(part.strip()) > 40)
        if row["id"] in apart or len(zh) < 3 or len(en) < 2:
            continue
        keywords = tuple((one, other) for one, other in row["keywords"] or () if len(one) > 1 and len(other) > 2)
        weight = 4.0 if row["medicine"] > 3 else 2.0 if row["biology"] > 4 else 1.0
        found.append(Abstract(row["id"], row["title_zh"], zh, en, keywords, weight))
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def abstract_triples(papers: Sequence[Abstract], count: int, seed: int) -> list[Triple]:
    """Return ``count`` triples of ``papers``; the near passage is of a paper with a keyword in common where there is one."""
    chance, templates = random.Random(seed), read_templates()
    sharing: Mapping[str, list[Abstract]] = defaultdict(list)
    for paper in papers:
        for keyword, _ in paper.keywords:
            sharing[keyword].append(paper)
    triples: list[Triple] = []
    for paper in chance.choices(papers, [paper.weight for paper in papers], k=8 * count):
        made = _pair(paper, templates, chance)
        if made is None:
            continue
        query, positive, in_english = made
        others = [other for keyword, _ in paper.keywords for other in sharing[keyword] if other is not paper]
        other = chance.choice(others or papers)
        negative = _window(other.en if in_english else other.zh, chance.random(), chance)
        if other is not paper:
            triples.append(Triple(query, positive, negative))
        if len(triples) == count:
            break
    return triples


def _pair(paper: Abstract, templates: Mapping[str, Templates], chance: random.Random) -> tuple[str, str, bool] | None:
    """Return a query in either language, a window of the abstract that it is about, and whether that is English."""
    draw = chance.random()
    if draw < 0.10:  # a question or statement in Chinese for the English abstract
        place = chance.random()
        sentence = _at(paper.zh, place)
        query = from_statement(sentence, templates["zh"], chance) or sentence[: _LONGEST_QUERY["zh"]]
        return query, _window(paper.en, place, chance), True
    asked_in = "en" if draw < 0.70 else "zh"
    sentences = paper.en if asked_in == "en" else paper.zh
    place = chance.random()
    sentence = _at(sentences, place)
    form = chance.random()
    if form < 0.40 and paper.keywords:
        about = [pair for pair in paper.keywords if any(pair[0] in part for part in paper.zh)]
        if not about:
            return None
        first = chance.choice(about)
        places = [number for number, part in enumerate(paper.zh) if first[0] in part]
        around = chance.choice(places) / max(1, len(paper.zh) - 1)
        window = _window(paper.zh, around, chance)
        inside = [first, *(pair for pair in about if pair is not first and pair[0] in window)]
        spoken = [pair[1] if asked_in == "en" or chance.random() < 0.2 else pair[0] for pair in inside[:3]]
        return _varied(from_keywords(spoken, templates[asked_in], chance), asked_in, chance), window, False
    if form < 0.70:
        asked = from_statement(sentence, templates[asked_in], chance)
        if asked is not None:
            return _varied(asked, asked_in, chance), _window(paper.zh, place, chance), False
    if asked_in == "zh":
        if form > 0.9 and len(paper.title) > 6 and re.search("[一-鿿]", paper.title):
            return paper.title, "".join(paper.zh[:4]), False
        if len(sentence) > _LONGEST_QUERY["zh"]:
            return None
        number = min(int(place * len(paper.zh)), len(paper.zh) - 1)
        rest = [*paper.zh[max(0, number - 2) : number], *paper.zh[number + 1 : number + 3]]
        return sentence, "".join(rest), False
    return (sentence, _window(paper.zh, place, chance), False) if len(sentence) <= _LONGEST_QUERY["en"] else None


def _at(sentences: Sequence[str], place: float) -> str:
    return sentences[min(int(place * len(sentences)), len(sentences) - 1)]


def _window(sentences: Sequence[str], place: float, chance: random.Random) -> str:
    """Return three to five sentences around ``place`` (0 to 1) of ``sentences``."""
    middle = round(place * (len(sentences) - 1))
    before, after = chance.choice((1, 2)), chance.choice((1, 2))
    between = "" if re.search("[一-鿿]", sentences[0]) else " "
    return between.join(sentences[max(0, middle - before) : middle + after + 1])[:900]


def _varied(query: str, language: str, chance: random.Random) -> str:
    if chance.random() < _SLIPS:
        return with_slip(query, chance)
    if language == "zh" and chance.random() < _TRADITIONAL:
        return _traditional()(query)
    return query


_converters: list[Callable[[str], str]] = []


def _traditional() -> Callable[[str], str]:
    if not _converters:
        from opencc import OpenCC

        _converters.append(OpenCC("s2twp").convert)
    return _converters[0]


def question_triples(data: Path, count: int, seed: int) -> list[Triple]:
    """Return ``count`` triples of Chinese questions; the near passage is another place of the same text, or of another."""
    chance = random.Random(seed)
    rows = [row for name in ("cmrc2018", "drcd") for row in _rows(data / "questions" / f"{name}.jsonl.gz")]
    triples = []
    for row in chance.choices(rows, k=count):
        passage, (start, answer) = row["passage"], row["answers"][0]
        low = max(0, start - chance.randrange(_WINDOW // 2))
        positive = passage[low : max(low + _WINDOW, start + len(answer))]
        rest = passage[low + _WINDOW :] if low < len(passage) // 2 else passage[:low]
        other = chance.choice(rows)["passage"]
        negative = rest[:_WINDOW] if len(rest) > 80 and answer not in rest else other[:_WINDOW]
        triples.append(Triple(row["question"], positive, negative))
    return triples


def health_triples(data: Path, count: int, seed: int) -> list[Triple]:
    """Return ``count`` triples of English health questions; the near passage answers another question on the same thing."""
    chance = random.Random(seed)
    rows = [row for row in _rows(data / "questions" / "medquad.jsonl.gz") if len(row["answer"]) > 40]
    by_focus: Mapping[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_focus[row["focus"]].append(row)
    triples = []
    for row in chance.choices(rows, k=count):
        siblings = [other for other in by_focus[row["focus"]] if other["type"] != row["type"]]
        other = chance.choice(siblings or rows)
        query = with_slip(row["question"], chance) if chance.random() < _SLIPS else row["question"]
        triples.append(Triple(query, row["answer"][:_LONGEST_ANSWER], other["answer"][:_LONGEST_ANSWER]))
    return triples
