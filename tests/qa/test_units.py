"""The table of units: each row's own examples, what a bad row is told, and units compared across languages."""

from pathlib import Path

import pytest

from qa.statements.quantities import same_quantity
from qa.statements.quantity_reader import read_quantities
from qa.statements.units import FILE, UnitsError, read_units

_EXAMPLES = [(row.unit.name, text, True) for row in read_units(FILE) for text in row.match]
_EXAMPLES += [(row.unit.name, text, False) for row in read_units(FILE) for text in row.no_match]
_GOOD = '[[unit]]\nname = "gram"\nsymbols = ["g"]\ndimension = "mass"\nfactor = 1\nmatch = ["5 g"]\nno_match = ["5 kg"]\n'


@pytest.mark.parametrize(("unit", "text", "holds"), _EXAMPLES)
def test_a_row_matches_its_own_examples(unit: str, text: str, holds: bool) -> None:
    """And none of the texts that it says it doesn't match."""
    assert (unit in {number.unit for number in read_quantities(text)}) == holds


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("factor = 1\n", ""), "factor is missing"),
        (("factor = 1\n", "factor = 0\n"), "factor must be greater than 0"),
        (("factor = 1\n", 'factor = "1"\n'), "factor must be a number"),
        (('["5 g"]', "[]"), "match is missing"),
        (('no_match = ["5 kg"]\n', ""), "no_match is missing"),
        (('symbols = ["g"]\n', ""), "it has no symbol and no name"),
        (('symbols = ["g"]\n', 'symbols = "g"\n'), "symbols must be a list of texts"),
        (("factor = 1\n", "factor = 1\nbelow = 1\n"), "below must be true or false"),
        (("factor = 1\n", "factor = 1\nfaktor = 1\n"), "the key faktor is none of"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    """By file, row, line and reason."""
    path = tmp_path / "mine.toml"
    path.write_text("# mine\n" + _GOOD.replace("gram", "stone").replace('["g"]', '["st"]') + "\n" + _GOOD.replace(*change))
    with pytest.raises(UnitsError, match=r"mine\.toml, row 2 \(gram\), line 10: " + reason):
        read_units(path)


def test_a_symbol_of_two_rows_is_refused(tmp_path: Path) -> None:
    """Both would be right, and the first would win silently."""
    path = tmp_path / "mine.toml"
    path.write_text(_GOOD + _GOOD.replace("gram", "gravity"))
    with pytest.raises(UnitsError, match="'g' is in the row gram already"):
        read_units(path)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """Broken TOML, and a file without rows."""
    path, empty = tmp_path / "broken.toml", tmp_path / "empty.toml"
    path.write_text("[[unit]\n")
    empty.write_text("")
    with pytest.raises(UnitsError, match=r"broken\.toml can't be read"):
        read_units(path)
    with pytest.raises(UnitsError, match=r"empty\.toml has no rows"):
        read_units(empty)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("2 years", "24 个月"),
        ("24 个月", "2 年"),
        ("五毫克", "5 mg"),
        ("5 mg", "0.005 g"),
        ("5000 μg", "5 毫克"),
        ("五公斤", "5 kilograms"),
        ("37 ℃", "37 degrees Celsius"),
        ("三十七摄氏度", "37 °C"),
        ("37 ℃", "98.6 ℉"),
        ("310.15 K", "37 ℃"),
        ("minus 80 degrees", "零下 80 ℃"),
        ("百分之三十五点六", "35.6 %"),
        ("百分之三十五点六", "35.6 per cent"),
        ("五成", "50%"),
        ("一半", "50%"),
        ("三点五倍", "3.5-fold"),
        ("5 mg/kg", "5 mg per kg"),
        ("5 mg/kg", "每公斤体重 5 毫克"),
        ("5 mg·kg⁻¹", "5 毫克每千克"),
        ("2×10⁶ cells/kg", "每公斤体重 2×10⁶ 个细胞"),
        ("2×10⁶ MSCs/kg", "2×10⁶ 个/kg"),
        ("200万个细胞/公斤", "2 million cells per kilogram"),
        ("100 mg/m²", "每平方米 100 毫克"),
        ("10 ng/mL", "10 纳克/毫升"),
        ("1 ng/ml", "1000 pg/ml"),
        ("5 mmol/L", "5 mM"),
        ("10 μM", "10 µmol/L"),
        ("100 IU", "一百国际单位"),
        ("50 IU/ml", "50 U/mL"),
        ("5 万个/ml", "50,000 cells/ml"),
        ("1×10⁶ cells", "一百万个细胞"),
        ("30–150 nm", "30 nm to 150 nm"),
        ("5–10 毫克", "5 mg to 10 mg"),
        ("18 ± 3 个月", "18 months ± 3 months"),
        ("12-week", "十二周"),
        ("more than 3 months", "三个月以上"),
        ("1:2", "1 比 2"),
        ("数百例", "hundreds of patients"),
        ("several thousand", "数千例"),
        ("几十万例", "hundreds of thousands of patients"),
        ("数百例", "300 例"),
        ("more than 100", "数百例"),
        ("百余例", "over 100 cases"),
        ("近百例", "about 100 cases"),
        ("三四十例", "30–40 例"),
        ("十七八岁", "17–18 岁"),
        ("上千例", "at least 1000 cases"),
        ("一亿两千万个", "120 million"),
    ],
)
def test_the_same_amount_agrees_in_whatever_unit(claim: str, text: str) -> None:
    """Of one dimension and one value in the base unit, in either language."""
    first, second = read_quantities(claim), read_quantities(text)
    assert first and len(first) == len(second), (first, second)
    assert all(any(same_quantity(own, number) for number in second) for own in first), (first, second)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("5 g", "5 kg"),
        ("五克", "5 kilograms"),
        ("5 μg", "5 g"),
        ("5 µM", "5 µm"),
        ("5 mM", "5 mm"),
        ("37 ℃", "37 K"),
        ("37 ℃", "37 ℉"),
        ("37 degrees Celsius", "37 开尔文"),
        ("五成", "三成"),
        ("50%", "三成"),
        ("数百例", "100 例"),
        ("100 例", "数百例"),
        ("数百例", "数千例"),
        ("hundreds of patients", "数千例"),
        ("300 patients", "数百例"),
        ("数十例", "十例"),
        ("百分之三十五点六", "35 %"),
        ("35 %", "百分之三十五点六"),
        ("24 个月", "3 年"),
        ("2 years", "2 个月"),
        ("30 天", "30 小时"),
        ("5 mg/kg", "5 mg"),
        ("5 mg/kg", "5 mg/m²"),
        ("5 mg/kg", "5 μg/kg"),
        ("2×10⁶ cells/kg", "2×10⁶ 个细胞"),
        ("10 ng/ml", "10 mg/ml"),
        ("10 ng/ml", "10 ng/L"),
        ("100 IU", "100 mg"),
        ("5 ml/min", "5 ml/h"),
        ("5 mm²", "5 cm²"),
        ("1:2", "2:1"),
        ("三四十例", "50 例"),
        ("5–10 kg", "5–10 g"),
    ],
)
def test_another_unit_or_dimension_disagrees(claim: str, text: str) -> None:
    """The same figure of something else is another number."""
    first, second = read_quantities(claim), read_quantities(text)
    assert first and second
    assert not any(same_quantity(own, number) for own in first for number in second), (first, second)
