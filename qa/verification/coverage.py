"""How much of what a claim speaks of its evidence speaks of too, in either language, and what is missing."""

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from index.engines.glossing import glosses
from qa.statements.names import with_broader
from qa.statements.reader import Statement, StatementReader
from qa.verification.difference import Context, Glossary

# Concepts without which a sentence can't support a claim that has them, however much else it shares: outcomes, and whom it
# is about. Names (qa/statements/names.py) are checked apart.
_DECISIVE = frozenset(
    "治愈 逆转 延缓 预防 诊断 致瘤性 死亡 残疾 遗传 儿童 妊娠 男性 女性 费用 医保 成功率 安全性 耐受性"
    " 不良事件 严重不良事件 批准 加速审批 商业应用 临床试验 随机 安慰剂 手术 疫苗 饮食 睡眠 运动锻炼"
    " 生存期 认知功能 运动功能 发病率 患病率".split()
)
# Concepts that say little of what a claim is about: their absence doesn't count against a sentence.
_LIGHT = frozenset(
    "结果 研究 特征 功能 应用 来源 细胞来源 差异 病例 证据 结论 衡量 疾病 细胞 治疗 药物 患者 信号通路 作用机制".split()
)
_DIRECTIONS = {
    **dict.fromkeys(("增加", "促进", "激活", "上调", "改善"), "up"),
    **dict.fromkeys(("减少", "抑制", "下调"), "down"),
}
# A sentence is about the same as a claim from these shares of its content and of its concepts on (chosen on the claims of
# tests/planted/claims.tsv).
_COVERED, _CONCEPTS = 0.5, 0.65


@dataclass(frozen=True, slots=True)
class Gaps:
    """The share (0 to 1) of a claim's concepts and other words that its evidence has, and that of its concepts alone.

    ``decisive`` is what is missing that no likeness makes up for.
    """

    covered: float
    concepts: float
    decisive: tuple[str, ...]

    @property
    def about_the_same(self) -> bool:
        """Whether the evidence has so much of the claim's content that it can speak for or against it."""
        return self.covered >= _COVERED and self.concepts >= _CONCEPTS


def find_gaps(
    claim: Statement,
    evidence: Statement,
    around: Context,
    reader: StatementReader,
    glossary: Glossary,
    vocabulary: Container[str],
) -> Gaps:
    """Return what of the claim's content the evidence, with what surrounds it, lacks; ``vocabulary`` is the corpus's."""
    present = with_broader(evidence.concepts | around.names, reader.terms)
    missing = [concept for concept in sorted(claim.subjects) if concept not in present]
    unmet = [word for word in sorted(claim.others) if not _is_met(word, evidence, glossary)]
    decisive = [concept for concept in missing if concept in _DECISIVE]
    decisive += [
        concept for concept in missing if concept in _DIRECTIONS and _DIRECTIONS[concept] not in evidence.directions
    ]
    decisive += [word for word in unmet if reader.knows(word) and _is_foreign(word, glossary, vocabulary)]
    weighty = claim.subjects - _LIGHT - _DIRECTIONS.keys()
    whole = len(claim.subjects) + len(claim.others)
    return Gaps(
        covered=1 - (len(missing) + len(unmet)) / whole if whole else 0.0,
        concepts=1 - len(set(missing) & weighty) / len(weighty) if weighty else 1.0,
        decisive=tuple(decisive),
    )


def _is_met(word: str, evidence: Statement, glossary: Glossary) -> bool:
    """Tell whether the evidence has ``word``, or one that translates it, or one of the same translation (公布, 发布)."""
    if word in evidence.words or glossary.get(word, {}).keys() & evidence.words:
        return True
    senses = _senses(word)
    return any(glossary.get(sense, {}).keys() & evidence.words or sense in evidence.words for sense in senses)


def _is_foreign(word: str, glossary: Glossary, vocabulary: Container[str]) -> bool:
    """Tell whether ``word`` is Chinese and neither it nor anything of the same translation stands in the corpus."""
    if word.isascii() or word in vocabulary:
        return False
    senses = _senses(word)
    return not any(sense in glossary for sense in senses) and (bool(senses) or len(word) > 1)


@lru_cache(maxsize=4096)
def _senses(word: str) -> tuple[str, ...]:
    """Return the English stems that a Chinese word translates to, none for a Latin one."""
    return () if word.isascii() else tuple(glosses([word]))
