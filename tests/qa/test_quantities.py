"""Numbers in two languages, as values that compare."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.term_base import TermBase
from corpus.term_files import read_terms
from qa.settings import BUNDLED_TERMS
from qa.statements.numerals import chinese_value
from qa.statements.quantities import Quantity, same_quantity
from qa.statements.quantity_reader import read_quantities


@pytest.fixture(scope="module")
def terms() -> TermBase:
    """The bundled term base."""
    return read_terms(Path(BUNDLED_TERMS))


def read(text: str, terms: TermBase) -> list[Quantity]:
    """Return the numbers of ``text``, its terms known."""
    return list(read_quantities(text, [match.span for match in terms.find(text)]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三种", "three"),
        ("三种药物", "3 drugs"),
        ("Ⅲ期临床研究", "phase III"),
        ("三期临床", "a phase 3 trial"),
        ("2025 年 6 月", "June 2025"),
        ("二〇二五年六月", "in June 2025"),
        ("400 多例", "more than 400 cases"),
        ("400例以上", "over 400"),
        ("四百余例", "at least 400 patients"),
        ("百分之三十", "30 %"),
        ("30%", "thirty per cent"),
        ("1,200 例", "１２００例"),
        ("5万", "fifty thousand"),
        ("两倍", "two-fold"),
        ("3 个月", "three months"),
        ("原因有四：", "four reasons"),
        ("一百九十例", "one hundred and ninety cases"),
        ("第17卷第8期", "volume 17, issue 8"),
        ("三分之一", "三 分之 一"),
        ("6月3日", "3 June"),
    ],
)
def test_the_same_number_agrees_however_it_is_written(one: str, other: str, terms: TermBase) -> None:
    """Chinese, English, full-width, Roman and Arabic figures give equal values, units and bounds."""
    first, second = read(one, terms), read(other, terms)
    assert first and len(first) == len(second)
    assert all(any(same_quantity(own, number) for number in second) for own in first)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Ⅲ期", "Ⅷ期"),
        ("ALSⅡ期", "ALSⅢ期"),
        ("2期", "12期"),
        ("三期", "十三期"),
        ("四种", "三种"),
        ("phase II", "Ⅲ期"),
        ("July 2025", "2025 年 6 月"),
        ("不到400例", "400 多例"),
        ("more than 190", "190 例"),
        ("30 倍", "30%"),
        ("three years", "三个月"),
        ("400", "四十例"),
    ],
)
def test_another_value_unit_or_bound_disagrees(claim: str, text: str, terms: TermBase) -> None:
    """A claim that says more, less or something else than the text finds no equal there."""
    found = read(text, terms)
    assert any(not any(same_quantity(number, other) for other in found) for number in read(claim, terms))


@pytest.mark.parametrize(
    "text",
    ["白细胞介素 10（IL-10）", "NLRP3 和 PI3K/AKT/mTOR", "R6/2 小鼠", "CX3CL1/CX3CR1", "Ca2+/CaN/NFATc4", "人参皂苷 Rg1",
     "Nrf2/HO-1", "一直进一步统一", "十分重要", "COVID-19", "一方面"],
)  # fmt: skip
def test_digits_of_names_and_figures_of_speech_are_no_numbers(text: str, terms: TermBase) -> None:
    """They name things; a claim need not repeat them as quantities."""
    assert read(text, terms) == []


@given(st.integers(0, 99_999_999))
@settings(max_examples=300, deadline=None)
def test_chinese_numerals_are_read_as_they_are_written(value: int) -> None:
    """What is written out in Chinese reads back as the same value."""
    assert chinese_value(_written(value)) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一亿两千万", 120_000_000),
        ("三千万亿", 3e15),
        ("两万五", 25_000),
        ("百万", 1_000_000),
        ("百二十", 120),
        ("三十五点六", 35.6),
        ("零点五", 0.5),
        ("二〇二五", 2025),
        ("千百", None),
        ("", None),
    ],
)
def test_composed_numerals_have_their_value(numeral: str, value: float | None) -> None:
    """万 and 亿 multiply what stands before them, and no more; what is no numeral has no value."""
    assert chinese_value(numeral) == value


@given(st.text(alphabet="〇零一二两三四五六七八九十百千万亿点", max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_run_of_numerals_has_a_value_or_none(text: str) -> None:
    """However odd, none raises."""
    value = chinese_value(text)
    assert value is None or value >= 0
    read_quantities(f"{text}例")


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    """Spans lie in the text and hold something."""
    for number in read_quantities(text):
        assert 0 <= number.span.start < number.span.end <= len(text)


def _written(value: int) -> str:
    """Return ``value`` in Chinese numerals."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        return _written(high) + "万" + (("零" if low < 1000 else "") + _written(low) if low else "")
    digits, out, gap = "零一二三四五六七八九", "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            out += ("零" if gap and out else "") + digits[digit] + name
            gap = False
        else:
            gap = bool(out)
    return out or "零"


@pytest.mark.parametrize(
    ("claim", "text", "same"),
    [
        ("净变化 12%", "净变化 −12%", False),
        ("The net change was 12%", "净变化 −12%", False),
        ("The net change was -12%", "净变化 −12%", True),
        ("净变化-12%", "净变化−12%", True),
        ("净变化 +12%", "净变化 −12%", False),
        ("净变化 +12%", "净变化 12%", True),
        ("It fell by 12 %", "净变化 −12%", True),
        ("净变化 −12%", "It was reduced by about 12 percent", True),
        ("下降12%", "净变化 −12%", True),
        ("下降了约 12%", "净变化 −12%", True),
        ("a 12% reduction", "净变化 −12%", True),
        ("↓12%", "净变化 −12%", True),
        ("The score rose by 12 %", "净变化 −12%", False),
        ("It fell to 12 %", "净变化 −12%", False),
        ("下降至 12%", "净变化 −12%", False),
        ("疼痛减轻后，净变化 12%", "净变化 −12%", False),
        ("低剂量组的净变化 12%", "净变化 −12%", False),
        ("降低剂量后净变化 12%", "净变化 −12%", False),
        ("The low-dose group changed by 12 %", "净变化 −12%", False),
        ("Lower doses increased it by 12 %", "净变化 −12%", False),
        ("It fell in the treated group by more than 12 %", "净变化 −12%", False),
        ("It fell in the treated group by 12 %", "净变化 −12%", True),
        ("It fell by 12 %", "净变化 +12%", False),
        ("It fell by 12 %", "下降 12%", True),
        ("差值为 2.5 分", "差值为 −2.5 分", False),
        ("差值为 0.5", "差值为 −.5", False),
        ("差值为 0.5", "差值为 .5", True),
        ("80 ℃", "零下 80 ℃", False),
        ("minus 80", "−80 ℃", True),
        ("负 80", "−80 ℃", True),
        ("106 个", "10⁶ 个", False),
        ("10 个", "10⁶ 个", False),
        ("10^6 个", "10⁶ 个", True),
        ("1 million", "1×10⁶ 个", True),
        ("1 million", "2×10⁶ 个", False),
        ("10^6 克", "10⁻⁶ 克", False),
        ("10^-6 克", "10⁻⁶ 克", True),
        ("5-10 天", "5–10 天", True),
        ("3 岁-5 岁", "3 岁至 5 岁", True),
        ("——3 种", "三种", True),
    ],
)
def test_a_sign_or_a_power_makes_another_number(claim: str, text: str, same: bool) -> None:
    """A hyphen that joins, or a dash, is no sign; what fell by a number changed by its negative."""
    first, second = read_quantities(claim), read_quantities(text)
    assert first and all(any(same_quantity(one, other) for other in second) for one in first) == same


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("白介素-10", [10]),
        ("IL-10、miR-21 与 CD-34", []),
        ("IL–10", []),
        ("0-10 分", [0, 10]),
        ("5-10 天", [5, 10]),
        ("5−10 天", [5, 10]),
        ("2025-06-30", [2025, 6, 30]),
        ("组别(A)-3 例", [3]),
        ("(-3 分)", [-3]),
        ("−3.1（95% CI −4.0 至 −2.2）", [-3.1, 95, -4.0, -2.2]),
        ("温度－80 与 温度 －80", [80, -80]),
        ("变化−80", [-80]),
        ("步骤①②", [1, 2]),
    ],
)
def test_a_hyphen_after_a_letter_or_a_number_is_no_sign(text: str, values: list[float]) -> None:
    """A true minus is one after Chinese too."""
    assert [number.value for number in read_quantities(text)] == values


@pytest.mark.parametrize(
    "text",
    ["10^99", "99^99", "10^999999999", "1^-99", "0^-1", "−", "^6", "9^9^9", "−−5", "5−", "¹²³", "½", "1" * 400 + "^9"],
)
def test_odd_numbers_are_read_without_an_error(text: str) -> None:
    """Whatever stands beside a sign or a power."""
    read_quantities(text)


@pytest.mark.parametrize("text", ["Ⅰ/Ⅱ期临床试验", "Ⅰ、Ⅱ期", "1 和 2 期", "a phase I/II trial", "phase 1/2"])
def test_both_phases_of_a_trial_are_read(text: str) -> None:
    """A claim of phase I isn't contradicted by a text that has Ⅰ/Ⅱ期."""
    assert [(number.value, number.unit) for number in read_quantities(text)] == [(1.0, "phase"), (2.0, "phase")]


def test_a_journals_issues_are_no_phases() -> None:
    """期刊 isn't 期."""
    assert all(number.unit != "phase" for number in read_quantities("1、2期刊"))
