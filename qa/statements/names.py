"""The things that a text names: concepts of the term base that stand for something definite, and other Latin names."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.matching import HAN, normalise_text
from corpus.model import Span
from corpus.stopwords import ENGLISH
from corpus.term_base import Concept, TermBase, TermMatch
from corpus.words import stem

_CATEGORIES = frozenset({"diseases", "cells", "molecules", "anatomy", "delivery", "mechanisms", "treatments"})
# Concepts of those categories that are too general to tell one thing from another, and verbs.
_VAGUE = frozenset(
    """
    痴呆 认知障碍 认知功能 记忆 运动障碍 运动功能 残疾 死亡 症状 神经变性 囊泡 衍生物 细胞来源 细胞治疗 干细胞治疗
    无细胞治疗 神经元样细胞 药物 基因 基因突变 分子 生物活性分子 生长因子 细胞因子 神经营养因子 炎症小体 蛋白质 异常蛋白
    大脑 神经系统 中枢神经系统 血管 组织 受损组织 病灶 谱系 微环境 细胞膜表面分子 脑区 给药途径 给药 递送 注射 移植 输注
    剂量 重复给药 联合给药 药物递送系统 靶向 生物工程 培养条件 细胞培养 储存 标准化生产 生产 质量控制 疗程 作用机制 迁移
    滚动 黏附 分泌 免疫调节 炎症 抗炎 促炎因子 极化 毒性 错误折叠蛋白 蛋白聚集 聚集 沉积 清除 降解 神经保护 神经修复
    再生 组织修复 修复 突触重塑 营养支持 代谢 信号通路 调控 上调 下调 抑制 激活 过度激活 表达 退化 损伤 植入 整合
    发病机制 病理 神经毒性 神经再生 神经元丢失 免疫原性 多向分化 抗炎表型 突触功能障碍 髓鞘损伤 趋化因子浓度梯度 萎缩
    神经元
    """.split()
)
_TECHNICAL = 8
_PHASE = re.compile("^[ⅠⅡⅢⅣ]期")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-z0-9À-ɏ]*(?:[-/][A-Za-z0-9À-ɏ]+)*")
_MONTHS = frozenset(
    "january february march april may june july august september october november december phase ii iii iv vs et al".split()
)
_HAN_ANY = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Name:
    """A named thing: its concept's id or its normal form, its category (``latin`` outside the term base), and place."""

    key: str
    category: str
    span: Span


def is_definite(concept: Concept) -> bool:
    """Tell whether ``concept`` names something definite: a disease, a cell, a molecule, a route, an institution."""
    if concept.category in _CATEGORIES:
        return concept.id not in _VAGUE
    return not _PHASE.match(concept.zh) and any(word[0].isupper() for word in concept.en.split())


def read_names(text: str, matches: Iterable[TermMatch], is_english: Callable[[str], bool]) -> tuple[Name, ...]:
    """Return what ``text`` names, given its terms (longest ones); ``is_english`` knows ordinary English words."""
    found = [Name(match.concept.id, match.concept.category, match.span) for match in matches if is_definite(match.concept)]
    taken = [match.span for match in matches]
    chinese = bool(_HAN_ANY.search(text))
    for match in _LATIN.finditer(text):
        span = Span(*match.span())
        clear = all(span.end <= other.start or other.end <= span.start for other in taken)
        if clear and _is_name(match[0], _begins(text, span.start), chinese, is_english):
            found.append(Name(stem(normalise_text(match[0])), "latin", span))
    return tuple(sorted(found, key=lambda name: name.span))


def is_named(key: str, present: Collection[str], terms: TermBase) -> bool:
    """Tell whether the concept ``key`` is among ``present``, itself or in all its parts (骨髓 and MSC for BM-MSC)."""
    if key in present:
        return True
    parts = _largest_parts(key, terms)
    return len(parts) > 1 and all(part in present for part in parts)


def with_broader(keys: Iterable[str], terms: TermBase) -> frozenset[str]:
    """Return ``keys`` and the broader concepts that their preferred terms hold: BM-MSC is MSC is stem cell."""
    return frozenset(part for key in keys for part in (key, *_parts(key, terms)))


def _is_name(word: str, begins: bool, chinese: bool, is_english: Callable[[str], bool]) -> bool:
    lower = word.casefold()
    if len(word) < 2 or lower in ENGLISH or lower in _MONTHS:
        return False
    if any(character.isdigit() for character in word) or any(character.isupper() for character in word[1:]):
        return True
    if chinese and not is_english(lower):
        return True
    parts = lower.split("-")
    known = all(part in ENGLISH or is_english(part) for part in parts)
    # A long word that the dictionary lacks is a technical one: it names something, as a capital would.
    return (word[0].isupper() and not begins) or (not known and (word[0].isupper() or len(word) >= _TECHNICAL))


def _begins(text: str, start: int) -> bool:
    """Tell whether a sentence begins at ``start``, where a capital means nothing."""
    before = text[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:\n。！？：；"


@lru_cache(maxsize=4096)
def _parts(key: str, terms: TermBase) -> tuple[str, ...]:
    return tuple({match.concept.id for match in terms.find_all(key)} - {key})


@lru_cache(maxsize=4096)
def _largest_parts(key: str, terms: TermBase) -> tuple[str, ...]:
    inner = [match for match in terms.find_all(key) if match.concept.id != key]
    largest = [
        match for match in inner if not any(other.span.contains(match.span) and other.span != match.span for other in inner)
    ]
    return tuple({match.concept.id for match in largest if is_definite(match.concept)})
