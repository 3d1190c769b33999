"""Claims against evidence: numbers, negations, names and directions, within one language and across the two."""

from pathlib import Path

import pytest

from corpus.segmentation import Segmenter
from corpus.term_files import read_terms
from index.engines.glossing import glosses, is_english
from qa.settings import BUNDLED_TERMS
from qa.statements.clauses import read_clauses
from qa.statements.reader import StatementReader
from qa.verification.consistency import check, context_of
from qa.verification.difference import Difference
from tests.data_folder import read_review

TRIAL = "这种疗法已有 400 多例商业应用和 190 例临床试验应用，严重不良事件中没有一例被认为由治疗引起。"
DRUGS = "获得美国食品药品监督管理局（FDA）批准的 ALS 药物只有三种，而且效果都不理想。"
JUNE = "2025 年 6 月，一项国际性的干细胞Ⅲ期临床研究发布了 ALS 治疗的新结果。"
SECRETOME = "分泌组的免疫原性低，没有形成肿瘤的风险，保存和给药也方便，所以更容易走向临床。"
PARACRINE = "MSC 的疗效主要不取决于细胞能否存活和植入，而来自旁分泌信号，包括压制炎症、促使血管新生以及保护神经。"
EXOSOME = "外泌体能够越过血脑屏障，又很少引起免疫排斥，因此被视作可以取代 MSC 的无细胞方案，应用前景可观。"
LERCANIDIPINE = "静脉注射 BM-MSC 并合用乐卡地平，可以调控 Wnt/β-catenin 通路，提高 BDNF 的表达，使神经毒性受到抑制。"
CHANGE = "治疗后，IL-10 的净变化 −12%，BDNF 为 10⁶ 个。"
ARROWS = "治疗后，IL-10↑、TNF-α（脑内）↓ 而 NGAL ↓。"
ARROWS_FIRST = "After treatment: ↑ IL-10 ↓ TNF-α"

CONSISTENT = [
    (TRIAL, "Over 400 commercial uses and 190 trial cases are known, and no serious adverse event was due to treatment."),
    (TRIAL, "该疗法已有四百例以上商业应用"),
    (DRUGS, "The FDA has approved only three ALS drugs, and none of them works well."),
    (DRUGS, "FDA 批准的渐冻症药物有 3 种"),
    (JUNE, "In June 2025 an international phase III stem cell trial published new results in ALS."),
    (JUNE, "２０２５年６月公布了三期臨床研究的新結果"),
    (SECRETOME, "The secretome has low immunogenicity and no risk of tumour formation."),
    (PARACRINE, "The benefit of MSCs comes from paracrine signals rather than from cell survival and engraftment."),
    (EXOSOME, "Exosomes can cross the blood-brain barrier and rarely cause immune rejection."),
    (LERCANIDIPINE, "Intravenous BM-MSCs together with lercanidipine raise BDNF expression and suppress neurotoxicity."),
    (CHANGE, "The net change of IL-10 was -12 %."),
    (CHANGE, "IL-10 fell by 12 %."),
    (CHANGE, "IL-10 下降12%"),
    (CHANGE, "BDNF was 1 million."),
    (ARROWS, "IL-10↑"),
    (ARROWS, "↑IL-10, ↓ TNF-α"),
    (ARROWS, "IL-10 升高"),
    (ARROWS, "TNF-α and IL-10 were measured."),
    (ARROWS, "NGAL ↓"),
    (ARROWS_FIRST, "IL-10↑ TNF-α↓"),
]  # fmt: skip

DIFFERENT = [
    (TRIAL, "Serious adverse events were caused by the treatment.", "negation", True),
    (TRIAL, "190 commercial uses and over 400 clinical trial cases are recorded.", "number", True),
    (TRIAL, "该疗法已有 500 多例商业应用", "number", True),
    (TRIAL, "该疗法的商业应用不到 400 例", "number", True),
    (DRUGS, "FDA has approved four drugs for ALS", "number", True),
    (DRUGS, "FDA has approved three drugs for Parkinson's disease", "name", True),
    (DRUGS, "EMA has approved three drugs for ALS", "name", True),
    (DRUGS, "FDA 批准的 ALS 药物有三种，效果都很理想", "negation", True),
    (JUNE, "In July 2025 an international phase III stem cell trial published new results.", "number", True),
    (JUNE, "In June 2025 a phase II stem cell trial published new ALS results.", "number", True),
    (JUNE, "In June 2025 Pfizer published new ALS results.", "name", False),
    (SECRETOME, "The secretome is highly immunogenic.", "negation", True),
    (SECRETOME, "The secretome carries a risk of tumour formation.", "negation", True),
    (PARACRINE, "The efficacy of MSCs depends mainly on cell survival and engraftment.", "negation", True),
    (EXOSOME, "Exosomes cannot cross the blood-brain barrier.", "negation", True),
    (EXOSOME, "外泌体不能越过血脑屏障", "negation", True),
    (EXOSOME, "Exosomes often cause immune rejection.", "negation", True),
    (LERCANIDIPINE, "BM-MSCs with lercanidipine lower BDNF expression.", "direction", True),
    (LERCANIDIPINE, "Intranasal BM-MSCs with lercanidipine raise BDNF.", "name", True),
    (LERCANIDIPINE, "BM-MSCs with riluzole raise BDNF.", "name", True),
    (LERCANIDIPINE, "hUC-MSCs with lercanidipine raise BDNF.", "name", True),
    (CHANGE, "The net change of IL-10 was +12 %.", "number", True),
    (CHANGE, "The net change of IL-10 was 12 %.", "number", True),
    (CHANGE, "IL-10 rose by 12 %.", "number", True),
    (CHANGE, "BDNF was 106.", "number", True),
    (ARROWS, "IL-10↓", "direction", True),
    (ARROWS, "IL-10 ↓", "direction", True),
    (ARROWS, "IL-10↓、TNF-α↑", "direction", True),
    (ARROWS, "NGAL↑", "direction", True),
    (ARROWS, "IL-10 减少", "direction", True),
    (ARROWS, "The treatment reduced IL-10.", "direction", True),
    (ARROWS_FIRST, "IL-10↓", "direction", True),
    (ARROWS_FIRST, "TNF-α↑", "direction", True),
    ("治疗使 IL-10 升高。", "IL-10↓", "direction", True),
]

DOSE = "患者体重 60 kg，每次静脉输注 5 mg，样本保存于 37 ℃，随访 24 个月，有效率三成。"
CELLS = "患者按 2×10⁶ 个细胞/kg 的剂量输注，共纳入 100 例，其中百分之三十五点六有效。"
LEVELS = "血清 BDNF 为 10 ng/ml，药物浓度 5 μM，另给 100 IU 肝素，EV 的直径 100 nm。"
TRANSLATED = "The sample of 5 g was kept at 37 °C for 2 years, and hundreds of patients got 5 mg/kg."

UNITS_CONSISTENT = [
    (DOSE, "Each got 5 milligrams intravenously"),
    (DOSE, "每次静脉输注五毫克"),
    (DOSE, "The samples were kept at 37 degrees Celsius"),
    (DOSE, "样本保存于三十七摄氏度"),
    (DOSE, "Follow-up was 2 years"),
    (DOSE, "随访 2 年"),
    (DOSE, "The rate was 30%"),
    (CELLS, "The dose was 2 million cells per kilogram"),
    (CELLS, "每公斤体重输注 200 万个细胞"),
    (CELLS, "35.6 % responded"),
    (LEVELS, "BDNF was 10,000 pg/mL"),
    (LEVELS, "浓度为 5 μmol/L"),
    (LEVELS, "EVs of 0.1 micrometres"),
    (TRANSLATED, "样本在 37 ℃ 保存 24 个月"),
    (TRANSLATED, "数百例患者，每公斤体重 5 毫克"),
    (TRANSLATED, "样本五克"),
]

UNITS_DIFFERENT = [
    (DOSE, "每次静脉输注 5 g", True),
    (DOSE, "Each got 5 micrograms intravenously", True),
    (DOSE, "患者体重 60 g", True),
    (DOSE, "每次静脉输注 5 ml", False),
    (DOSE, "每次静脉输注 5 mg/kg", False),
    (DOSE, "样本保存于 37 K", True),
    (DOSE, "The samples were kept at 37 °F", True),
    (DOSE, "随访 3 年", True),
    (DOSE, "Follow-up was 24 weeks", True),
    (DOSE, "有效率五成", True),
    (DOSE, "The rate was 50%", True),
    (CELLS, "The dose was 2 million cells", False),
    (CELLS, "2×10⁶ cells/g were given", True),
    (CELLS, "共纳入数百例", True),
    (CELLS, "Hundreds of patients were included", True),
    (CELLS, "百分之三十五有效", True),
    (CELLS, "35 % responded", True),
    (LEVELS, "BDNF was 10 mg/ml", True),
    (LEVELS, "药物浓度 5 mM", True),
    (LEVELS, "EV 的直径 100 μm", True),
    (LEVELS, "另给 100 mg 肝素", False),
    (TRANSLATED, "样本五公斤", True),
    (TRANSLATED, "样本在 37 ℃ 保存 3 年", True),
    (TRANSLATED, "患者 100 例", True),
    (TRANSLATED, "每平方米 5 毫克", False),
]


@pytest.fixture(scope="module")
def checked() -> "Checked":
    """Checking with the bundled terms, and the glossary of the bundled corpus."""
    return Checked()


class Checked:
    """Reads and checks as the service does."""

    def __init__(self) -> None:
        terms = read_terms(Path(BUNDLED_TERMS))
        segmenter = Segmenter(terms)
        self._reader = StatementReader(terms, segmenter, is_english)
        text = read_review().text
        self._glossary = glosses({token.text for token in segmenter.tokens(text)})

    def __call__(self, claim: str, evidence: str, around: str = "") -> tuple[Difference, ...]:
        """Return the differences of ``claim`` against ``evidence`` under the headings ``around``."""
        read = self._reader.read
        context = context_of(read(around)) if around else None
        return check(read(claim), read(evidence), self._reader.terms, context=context, glossary=self._glossary)


@pytest.mark.parametrize(("evidence", "claim"), CONSISTENT)
def test_a_claim_that_says_the_same_has_no_difference(evidence: str, claim: str, checked: Checked) -> None:
    """Other words, another language and other figures for the same thing are consent."""
    assert checked(claim, evidence, "间充质干细胞与神经退行性疾病") == ()


@pytest.mark.parametrize(("evidence", "claim", "kind", "contradicts"), DIFFERENT)
def test_a_planted_falsehood_is_named(evidence: str, claim: str, kind: str, contradicts: bool, checked: Checked) -> None:
    """Each has a difference of its kind, at places that hold what is quoted."""
    found = checked(claim, evidence, "间充质干细胞与神经退行性疾病")
    assert any(item.kind == kind and item.contradicts == contradicts for item in found), found
    for item in found:
        if item.found_span and item.found:
            assert item.found_span.of(claim) == item.found
        if item.expected_span and item.expected:
            assert item.expected_span.of(evidence) == item.expected


@pytest.mark.parametrize(("evidence", "claim"), UNITS_CONSISTENT)
def test_the_same_amount_in_another_unit_is_no_difference(evidence: str, claim: str, checked: Checked) -> None:
    """Within a language and across the two."""
    assert [item for item in checked(claim, evidence) if item.kind == "number"] == []


@pytest.mark.parametrize(("evidence", "claim", "contradicts"), UNITS_DIFFERENT)
def test_the_same_figure_in_another_unit_is_a_difference(
    evidence: str, claim: str, contradicts: bool, checked: Checked
) -> None:
    """It contradicts where the evidence has another amount of the same dimension."""
    found = [item for item in checked(claim, evidence) if item.kind == "number"]
    assert [item.contradicts for item in found] == [contradicts], found


def test_headings_supply_a_name_but_no_other_disease(checked: Checked) -> None:
    """A sentence below 'Huntington's disease' may leave the name out; one that names Parkinson's speaks of that."""
    under = "亨廷顿病 > 改善神经炎症"
    assert (
        checked(
            "Conditioned medium regulates microglia in Huntington's disease.", "条件培养基能够有效调节小胶质细胞。", under
        )
        == ()
    )
    found = checked("Conditioned medium regulates microglia in HD.", "条件培养基能够调节 PD 的小胶质细胞。", under)
    assert [(item.kind, item.contradicts) for item in found] == [("name", True)]


@pytest.mark.parametrize(
    ("text", "polarities"),
    [
        ("不仅安全，而且有效", ["affirms", "affirms"]),
        ("不安全，但有效", ["denies", "affirms"]),
        ("非常有效", ["affirms"]),
        ("不得不用药", ["affirms"]),
        ("它能降低风险", ["affirms"]),
        ("风险低", ["plays down"]),
        ("It is not only safe but also cheap", ["affirms", "affirms"]),
        ("It doesn't work", ["denies"]),
        ("Cell-free and non-pharmacological means work", ["affirms"]),
        ("", []),
    ],
)
def test_clauses_affirm_play_down_or_deny(text: str, polarities: list[str]) -> None:
    """Words that only look like negations are none, and fixed double denials affirm."""
    assert [clause.polarity for clause in read_clauses(text)] == polarities
