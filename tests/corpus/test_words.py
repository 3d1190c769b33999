"""Normal forms, terms and tokens."""

import os
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.matching import normalise, normalise_text
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase
from corpus.term_files import read_terms
from qa.settings import BUNDLED_TERMS

HEADER = "zh,en,abbreviations,zh_also,en_also,misspelled,broader\n"


@pytest.fixture(scope="module")
def terms() -> TermBase:
    return read_terms(BUNDLED_TERMS)


@pytest.fixture(scope="module")
def segmenter(terms: TermBase, tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    return Segmenter(terms, tmp_path_factory.mktemp("jieba"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("間充質幹細胞", "间充质干细胞"),
        ("ＡＬＳ", "als"),
        ("TGF-β", "tgf-beta"),
        ("Ⅲ期", "iii期"),
        ("NF–κB", "nf-kappab"),
        ("干 细 胞", "干细胞"),
        ("皇后後來", "皇后后来"),
        ("“引”", '"引"'),
    ],
)
def test_spellings_of_the_same_have_one_normal_form(one: str, other: str) -> None:
    """Traditional, full width, Greek, Roman numerals, dashes, blanks and quotes don't matter."""
    assert normalise_text(one) == other


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80))
@example("\ud800干\x00細胞")
@example("\ufdfa" * 9)
@example("ﬁ①㎏𠮷👩‍⚕️")
def test_a_normal_form_leads_back_to_the_original(text: str) -> None:
    """Places are in order, within the text, and one for each character of the normal form."""
    normal = normalise(text)
    assert len(normal.starts) == len(normal.ends) == len(normal.text)
    assert list(normal.starts) == sorted(normal.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(normal.starts, normal.ends, strict=True))


def test_the_bundled_term_base_is_sound_and_large(terms: TermBase) -> None:
    """A thousand concepts, each found by each of its forms."""
    assert len(terms.concepts) >= 1000
    missing = [
        (concept.id, form)
        for concept in terms.concepts
        for form in concept.forms
        if concept.id not in {match.concept.id for match in terms.find_all(f"x {form} y")}
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("hUC-MSCs vs BMMSC", ["人脐带间充质干细胞", "骨髓间充质干细胞"]),
        ("渐冻症患者能活多久", ["肌萎缩侧索硬化症", "患者", "生存期"]),
        ("Lou Gehrig's disease and exosomes", ["肌萎缩侧索硬化症", "外泌体"]),
        ("α-syn, a-synuclein, αSN", ["α-突触核蛋白"] * 3),
        ("TGFβ 和 Abeta", ["转化生长因子β", "β-淀粉样蛋白"]),
        ("帕金深病的間充質幹細胞治療", ["帕金森病", "间充质干细胞", "治疗"]),
        ("serious adverse events", ["严重不良事件"]),
        ("AD MSC trial", ["阿尔茨海默病", "间充质干细胞", "临床试验"]),
        ("AD-MSC and ADMSC", ["脂肪来源干细胞"] * 2),
        ("hUC MSC", ["人脐带间充质干细胞"]),
        ("MSCs home to it by homing", ["间充质干细胞", "归巢", "归巢"]),
        ("mesenchymal stem cel", ["间充质干细胞"]),
        ("they secrete it", ["分泌"]),
    ],
)
def test_terms_are_found_in_any_spelling(terms: TermBase, text: str, concepts: list[str]) -> None:
    """Abbreviations, lay words, inflections, Greek letters, Traditional characters and misspellings lead to concepts."""
    assert [match.concept.id for match in terms.find(text)] == concepts


def test_words_of_another_meaning_are_no_terms(terms: TermBase) -> None:
    """A stemmer makes one word of home and homing, aid and AIDS, secret and secretion, medical and medication."""
    text = "A secret first aid kit at home, said the medical author, in a period of personal experience."
    assert [match.concept.id for match in terms.find(text)] == []


def test_kinds_of_a_concept_are_known_with_their_own_kinds(terms: TermBase) -> None:
    """Whoever asks for drugs also means lercanidipine, which is a blood pressure drug."""
    assert {"美金刚", "降压药", "乐卡地平"} <= set(terms.narrower("药物"))
    assert terms.narrower("乐卡地平") == ()


def test_short_terms_are_not_found_within_other_words(terms: TermBase) -> None:
    """An abbreviation is a word of its own."""
    assert [match.concept.id for match in terms.find("a padded hdmi cable")] == []


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("外泌体,exosome,,,,\n", "line 2: 6 columns"),
        (",exosome,,,,,\n", "line 2: the Chinese term"),
        ("外泌体,,,,,,\n", "line 2: the English term"),
        ("外泌体,exosome,,,,,\n胞外体,EXOSOMES,,,,,\n", "line 3: 'EXOSOMES' is also a form of '外泌体'"),
        ("外泌体,exosome,,囊泡,,,\n囊泡,vesicle,,,,,\n", "line 3: '囊泡' is also a form of '外泌体'"),
        ("病,disease,,,,,\n", "single character"),
        ("外泌体,exosome,--,,,,\n", "holds no letter"),
        ("钙调神经磷酸酶,calcineurin,CaN,,,,\n", "without a subject"),
        ("外泌体,exosome,,,,,小泡\n", "line 2: the broader concept '小泡' is no concept's"),
        (
            "甲物,a1,,,,,乙物\n乙物,b1,,,,,丙物\n丙物,c1,,,,,甲物\n",
            "line 2: the broader concepts run in a circle: 甲物 > 乙物",
        ),
    ],
)
def test_a_broken_term_file_is_named_with_line_and_reason(tmp_path: Path, rows: str, reason: str) -> None:
    """Columns, empty terms, duplicates, circles and single characters are refused."""
    (tmp_path / "t.csv").write_text(HEADER + rows, encoding="utf-8")
    with pytest.raises(CorpusError) as error:
        read_terms(tmp_path)
    assert f"t.csv, {reason}" in str(error.value) or (str(error.value).startswith("t.csv") and reason in str(error.value))


def test_a_term_file_with_another_header_or_encoding_is_refused(tmp_path: Path) -> None:
    """Both say what is expected."""
    (tmp_path / "a.csv").write_text("中文,英文\n", encoding="utf-8")
    (tmp_path / "b.csv").write_bytes("外泌体".encode("gb18030"))
    with pytest.raises(CorpusError) as error:
        read_terms(tmp_path)
    assert [problem.filename for problem in error.value.problems] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("word", ["间充质干细胞", "外泌体", "突触核蛋白", "血脑屏障", "小胶质细胞", "旁分泌"])
def test_the_terms_of_the_field_stay_whole(segmenter: Segmenter, word: str) -> None:
    """Jieba alone would cut them."""
    assert word in [token.text for token in segmenter.tokens(f"研究了{word}的作用")] or word == "突触核蛋白"


def test_latin_names_are_tokens_whole_and_in_parts(segmenter: Segmenter) -> None:
    """hUC-MSCs is found by MSC, and Ca2+/CaN/NFATc4 by each of its parts."""
    found = {token.text for token in segmenter.tokens("hUC-MSCs 经 Ca2+/CaN/NFATc4")}
    assert {"huc-mscs", "msc", "ca2+", "can", "nfatc4"} <= found


def test_tokens_lie_where_they_say(segmenter: Segmenter) -> None:
    """The span of a token covers the word in the original spelling."""
    text = "間充質 幹細胞，ＭＳＣs！"
    spans = {token.span.of(text) for token in segmenter.tokens(text)}
    assert "間充質 幹細胞" in spans and "ＭＳＣs" in spans


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_can_be_cut(segmenter: Segmenter, text: str) -> None:
    """No text makes the segmenter fail, and all places are within the text."""
    assert all(0 <= token.span.start < token.span.end <= len(text) for token in segmenter.tokens(text))


def test_editors_own_files_are_no_term_files(tmp_path: Path) -> None:
    """Emacs's lock is a link to nowhere; what can't be a file of terms is named."""
    (tmp_path / "a.csv").write_text(HEADER + "外泌体,exosome,,,,,\n", encoding="utf-8")
    (tmp_path / ".#a.csv").symlink_to("somebody@somewhere")
    (tmp_path / "._a.csv").write_bytes(b"\x00\x05")
    assert len(read_terms(tmp_path).concepts) == 1
    os.mkfifo(tmp_path / "b.csv")
    with pytest.raises(CorpusError, match=r"b\.csv: it isn't a plain file"):
        read_terms(tmp_path)
    (tmp_path / "b.csv").unlink()
    (tmp_path / "b.csv").symlink_to("nowhere")
    with pytest.raises(CorpusError, match=r"b\.csv: it can't be read"):
        read_terms(tmp_path)


def test_line_breaks_within_chinese_cost_no_more_than_their_length() -> None:
    """Texts taken out of PDFs may have one after each character."""
    text = "间\n充质 " * 100_000
    before = process_time()
    normal = normalise(text)
    assert process_time() - before < 5  # cut out one by one, they would take a minute
    assert normal.text == "间充质" * 100_000 + " "
    assert normal.original(3, 6).of(text) == "间\n充质"


def test_a_long_chain_of_broader_concepts_is_read_in_linear_time(tmp_path: Path) -> None:
    """Five thousand in a row, and in a circle, which is told once and cut."""
    han = [f"物件{number}" for number in range(5000)]
    rows = [f"{han[n]},concept x{n}q,,,,,{han[n + 1] if n < 4999 else ''}\n" for n in range(5000)]
    (tmp_path / "t.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    began = process_time()
    assert len(read_terms(tmp_path).concepts) == 5000
    rows[-1] = f"{han[4999]},concept x4999q,,,,,{han[0]}\n"
    (tmp_path / "t.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    with pytest.raises(CorpusError) as error:
        read_terms(tmp_path)
    assert process_time() - began < 8, "of which five are for reading ten thousand terms"
    assert len(error.value.problems) == 1 and len(str(error.value)) < 300
    assert f"line 2: the broader concepts run in a circle: {han[0]} > {han[1]} > " in str(error.value)


def test_each_circle_is_told_at_its_first_line(tmp_path: Path) -> None:
    """Two that share nothing, one of a single concept, and one that leads into a circle without being of it."""
    text = "甲物,a1,,,,,乙物\n乙物,b1,,,,,甲物\n丙物,c1,,,,,丙物\n丁物,d1,,,,,丙物\n"
    (tmp_path / "t.csv").write_text(HEADER + text, encoding="utf-8")
    with pytest.raises(CorpusError) as error:
        read_terms(tmp_path)
    assert [(problem.line, problem.reason.partition(": ")[2]) for problem in error.value.problems] == [
        (2, "甲物 > 乙物 > 甲物"),
        (4, "丙物 > 丙物"),
    ]
