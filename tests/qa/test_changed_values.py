"""Numbers that run together, signs, powers, arrows and single characters that say another thing: no quote holds with one."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from corpus.model import Document, Span
from index.generations.opening import Generation
from qa.service import Service
from qa.statements.reader import StatementReader
from qa.verification.loose_form import loosen
from qa.verification.model import QuoteCheck
from qa.verification.quote_index import build_quote_index
from qa.verification.quotes import check_quote

_SENTENCES = (
    "一项 Ⅲ期临床研究发布了新结果",
    "斑块由 β-淀粉样蛋白 组成",
    "它提高 TGF-β 的水平",
    "Ⅳ期试验 已经完成",
    "另有一项 Ⅰ/Ⅱ期研究 正在进行",
    "样本的温度保持 −80 ℃ 不变",
    "评分的净变化 −12%",
    "评分的改变 −3.1（95% CI −4.0 至 −2.2）",
    "治疗后 IL-10↑、TNF-α↓",
    "每次输注 1×10⁶ 个细胞",
    "灵敏度是 2×10⁻⁶ 克",
    "效应量 d＝.5",
    "疗效 ≠ 治愈",
    "两组按 1∶2 分配",
    "关系 A→B",
    "剂量为 5-10 毫升",
    "约占 5%–10%",
    "共 1,200 人",
    "另测 R1、2 两项",
    "面积 3 m² 的皮肤",
    "编号 1,2 与 3 4 的样本",
    "步骤 ①②先做",
    "加入 2.5 毫升的 ＡＢＣ 试剂",
    "白介素 10 与 IL‑10 相同",
    "共重＜0.05 克",
    "花费三十 万元",
    "用 MSC² 与疗法³ 治疗",
    "核因子-2 相关",
)


@pytest.fixture(scope="module")
def small(service: Service) -> Generation:
    """A generation of these sentences."""
    text = "。\n".join(_SENTENCES) + "。\n"
    document = replace(next(iter(service.generation.documents.values())), id="small", text=text, front_matter=Span(0, 0))
    documents: MappingProxyType[str, Document] = MappingProxyType({"small": document})
    return replace(service.generation, documents=documents, passages=())


@pytest.fixture(scope="module")
def statements(service: Service) -> StatementReader:
    """What reads the quotes."""
    return service.serving.verifier.statements


def check(quote: str, small: Generation, statements: StatementReader) -> QuoteCheck:
    """Return the verdict on ``quote`` in the small text."""
    return check_quote(quote, small, build_quote_index(small), statements)


@pytest.mark.parametrize(
    "quote",
    [
        "另有一项 Ⅲ期研究 正在进行",
        "Ⅲ期研究 正在进行",
        "另有一项III期研究",
        "R12 两项",
        "另测R12",
        "编号 12 与",
        "与34 的样本",
        "编号 1.2 与 3-4 的样本",
        "剂量为 510 毫升",
        "剂量为 5、10 毫升",
        "约占 510%",
        "约占 5%、10%",
        "按 12 分配",
        "按 2:1 分配",
        "步骤 12先做",
        "共 1、200 人",
        "1×106 个",
        "1×10 6 个",
        "2×106 克",
        "2×10-6 克",
        "2×10⁶ 克",
        "d＝5",
        "效应量 d＝0.5",
        "温度保持 80 ℃",
        "净变化 12%",
        "改变 3.1（95% CI 4.0 至 2.2",
        "IL-10↓、TNF-α↑",
        "IL-10、TNF-α",
        "疗效 治愈",
        "疗效 = 治愈",
        "关系 A←B",
        "关系 AB",
        "-12 两项",
        "-2 两项",
        "-3 m",
    ],
)
def test_a_changed_value_is_no_quote(small: Generation, statements: StatementReader, quote: str) -> None:
    """Numbers run together, and another sign, exponent, point, ratio, relation or arrow."""
    assert check(quote, small, statements).verdict in ("altered", "absent", "spliced")


@pytest.mark.parametrize(
    ("quote", "kind", "expected", "found"),
    [
        ("Ⅰ期临床研究发布了", "number", "Ⅲ", "Ⅰ"),
        ("它提高 TGF-b", "name", "β", "b"),
        ("它提高 TGF", "name", "TGF-β", "TGF"),
        ("80 ℃ 不变", "number", "−80", "80"),
        ("12%", "number", "−12%", "12%"),
        ("评分的净变化 −12", "number", "−12%", "−12"),
        ("6 个细胞", "number", "1×10⁶", "6"),
        ("10⁶ 个细胞", "number", "1×10⁶", "10⁶"),
        ("每次输注 1×10", "number", "1×10⁶", "1×10"),
        ("每次输注 1", "number", "1×10⁶", "1"),
        ("灵敏度是 2×10", "number", "2×10⁻⁶", "2×10"),
        ("5。疗效 ≠ 治愈", "number", ".5", "5"),
        ("两组按 1", "number", "1∶2", "1"),
        ("2 分配", "number", "1∶2", "2"),
        ("剂量为 5", "number", "5-10", "5"),
        ("10%", "number", "5%–10%", "10%"),
        ("200 人", "number", "1,200", "200"),
        ("编号 1", "number", "1,2", "1"),
        ("５ 毫升的", "number", "2.5", "５"),
        ("BC 试剂", "name", "ＡＢＣ", "BC"),
        ("白介素 10 与 IL", "name", "IL‑10", "IL"),
        ("0.05 克", "number", "＜0.05", "0.05"),
        ("三十", "number", "三十 万", "三十"),
        ("-10↑、TNF", "number", "IL-10", "10"),
        ("–10 相同", "number", "IL‑10", "10"),
        ("Ⅱ期研究 正在进行", "number", "Ⅰ/Ⅱ", "Ⅱ"),
        ("另有一项 I", "number", "Ⅰ/Ⅱ", "I"),
    ],
)
def test_what_a_quote_cut_off_is_told(
    small: Generation, statements: StatementReader, quote: str, kind: str, expected: str, found: str
) -> None:
    """The whole character, number or name, beside what the quote has of it."""
    checked = check(quote, small, statements)
    assert checked.verdict == "altered"
    assert [(item.kind, item.expected, item.found) for item in checked.differences] == [(kind, expected, found)]


@pytest.mark.parametrize(
    "quote",
    [
        "另测 R1",
        "步骤 ①",
        "IL-10↑",
        "疗法³",
        "MSC",
        "-2 相关",
        "III期临床研究发布了",
        "ⅲ 期临床研究发布了",
        "beta-淀粉样蛋白",
        "β淀粉样蛋白",
        "它提高 TGF beta 的水平",
        "IV期试验",
        "I-II期研究",
        "Ⅰ、Ⅱ期研究",
        "温度保持 -80 ℃",
        "温度保持－80℃",
        "温度保持-80℃",
        "-80 ℃ 不变",
        "净变化 –12%",
        "净变化-12%",
        "净变化，−12%",
        "改变 -3.1, 95% CI -4.0 至 -2.2",
        "il-10↑ TNF-alpha↓",
        "IL10↑",
        "TNF α↓",
        "1×10^6 个",
        "每次输注 １×10⁶ 个",
        "2×10^-6 克",
        "d = .5",
        "疗效≠治愈",
        "按 1:2 分配",
        "按 1：2 分配",
        "按 1 : 2 分配",
        "A → B",
        "剂量为 5–10 毫升",
        "剂量为 5 - 10 毫升",
        "约占 5% - 10%",
        "共 1200 人",
        "共 1 200 人",
        "共 1，200 人",
        "R1；2 两项",
        "R1 2 两项",
        "面积 3 m2 的皮肤",
    ],
)
def test_another_way_of_writing_it_holds(small: Generation, statements: StatementReader, quote: str) -> None:
    """Other dashes, widths, blanks, marks of a list and names of letters change nothing."""
    assert check(quote, small, statements).verdict in ("verbatim", "normalised")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("（−5–10 IL-6", "−5-10il6"),
        ("白介素-10", "白介素10"),
        ("——3 种", "3种"),
        ("−80℃–−20℃", "−80°c−20°c"),
        ("10⁻⁶", "10^−6"),
        ("Ca²⁺", "ca2+"),
        ("CD4⁺", "cd4+"),
        ("i.v. 注射", "iv注射"),
        ("12,345,678 与 1,2", "12345678与1\x012"),
        ("3½", "3\x011/2"),
        ("1\x012", "1\x012"),
    ],
)
def test_a_loose_form_keeps_signs_apart_from_joints(text: str, form: str) -> None:
    """One minus for a sign, a hyphen between two numbers, none within a name or a dash."""
    assert loosen(text).text == form


def test_a_turned_arrow_is_a_direction(small: Generation, statements: StatementReader) -> None:
    """As 'lower' for 'higher' is."""
    checked = check("治疗后 IL-10↓、TNF-α↓", small, statements)
    assert [(item.kind, item.expected, item.found) for item in checked.differences] == [("direction", "↑", "↓")]


@pytest.mark.parametrize(
    ("quote", "expected", "found"),
    [
        ("另有一项 Ⅲ期研究 正在进行", "Ⅰ/Ⅱ期", "Ⅲ期"),
        ("另测 R12 两项", "1、2", "12"),
        ("步骤 12先做", "①②", "12"),
        ("剂量为 510 毫升", "5-10", "510"),
        ("约占 510%", "5%–10%", "510%"),
        ("按 12 分配", "1∶2", "12"),
        ("每次输注 1×106 个细胞", "1×10⁶", "1×106"),
        ("温度保持 80 ℃", "−80", "80"),
        ("净变化 12%", "−12%", "12%"),
    ],
)
def test_what_was_made_of_a_number_is_told(
    small: Generation, statements: StatementReader, quote: str, expected: str, found: str
) -> None:
    """The whole number of the text, beside what the quote has in its place."""
    checked = check(quote, small, statements)
    assert [(item.kind, item.expected, item.found) for item in checked.differences] == [("number", expected, found)]
