"""What somebody meant: near misspellings of terms, and words that are left alone."""

import re
from pathlib import Path
from time import process_time

import pytest
from pypinyin import lazy_pinyin

from corpus.matching import HAN, normalise_text
from corpus.misspelling import Corrector, distance
from corpus.segmentation import Segmenter
from corpus.sound_table import SoundTable
from corpus.term_base import TermBase
from corpus.term_files import read_terms
from index.engines.glossing import is_english
from qa.settings import BUNDLED_TERMS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def terms() -> TermBase:
    return read_terms(BUNDLED_TERMS)


@pytest.fixture(scope="module")
def segmenter(terms: TermBase, tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    return Segmenter(terms, Path(tmp_path_factory.mktemp("jieba")))


@pytest.fixture(scope="module")
def corrector(terms: TermBase, segmenter: Segmenter) -> Corrector:
    return Corrector(terms, is_english, segmenter.knows)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "", 0), ("abc", "abc", 0), ("abcd", "acbd", 1), ("abc", "ab", 1), ("kitten", "sitting", 3)],
)
def test_distance_counts_swaps_as_one(one: str, other: str, expected: int) -> None:
    """Insertions, deletions, changes and swaps of neighbours cost one each."""
    assert distance(one, other) == distance(other, one) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("exosones", "exosome"),
        ("microgila", "microglia"),
        ("saftey", "safety"),
        ("amyotropic", "amyotrophic"),
        ("latteral", "lateral"),
    ],
)
def test_a_misspelt_english_term_is_mended(corrector: Corrector, written: str, meant: str) -> None:
    """One letter off in short words, two in long ones."""
    assert corrector.english(written) == meant


@pytest.mark.parametrize("word", ["weather", "boiling", "exosomes", "cats", "xqzzt", "als", "cell2", "细胞"])
def test_a_word_that_is_right_or_too_far_off_is_left_alone(corrector: Corrector, word: str) -> None:
    """Ordinary words are never bent into terms."""
    assert corrector.english(word) is None


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("乐卡地评", "乐卡地平"),
        ("纹壮体", "纹状体"),
        ("骨随", "骨髓"),
        ("亨庭顿病", "亨廷顿病"),
        ("小角质細胞", "小胶质细胞"),
        ("整和素", "整合素"),
        ("移值", "移植"),
        ("神经私轻链", "神经丝轻链"),
    ],
)
def test_the_wrong_characters_of_the_right_sound_are_mended(
    terms: TermBase, corrector: Corrector, text: str, concept: str
) -> None:
    """As an input method leaves them; a listed misspelling is found as well."""
    listed = [match.concept.id for match in terms.find(text)]
    assert concept in listed or concept in [match.concept.id for match in corrector.chinese(f"关于{text}的问题", ())]


@pytest.mark.parametrize(
    "text",
    [
        "是真的吗",
        "谷歌是怎么知道的",
        "打太极一周几次",
        "这几种药里面哪种药最好",
        "国产车冬天续航打几折",
        "苹果手机怎么关闭自动更新",
        "这个名称是为了避免引用特定的地理位置",
        "目前已有八十人确诊，还要采取什么措施",
        "老年人以及患有基础疾病的旅行者",
        "第四节中在两码线触地得分的球员姓什么",
    ],
)
def test_everyday_words_that_sound_like_terms_are_left_alone(segmenter: Segmenter, corrector: Corrector, text: str) -> None:
    """Neither parts of words, nor ordinary characters side by side, nor other words are slips for a term."""
    words = segmenter.words(segmenter.tokens(text))
    assert [match.concept.zh for match in corrector.chinese(text, (), words)] == []


@pytest.mark.parametrize(
    "word",
    ["sneezing", "resection", "mitigation", "protease", "morbidity", "inactivation", "humour", "serological", "unethical"],
)
def test_english_words_that_look_like_terms_are_left_alone(corrector: Corrector, word: str) -> None:
    """Freezing, rejection, litigation, proteasome …: one or two letters off, and another word."""
    assert corrector.english(word) is None


def test_a_long_sequence_costs_next_to_nothing(corrector: Corrector) -> None:
    """Of bases, say, or of Ⅷ, which is compared as viii."""
    before = process_time()
    assert all(corrector.english(letters * 700) is None for letters in ("acgt", "viii", "alpha"))
    assert process_time() - before < 1  # its deletions would take minutes


def test_sounds_are_those_of_the_whole_text() -> None:
    """Characters with several readings too: they are what the words have in their context."""
    aloud = SoundTable()
    for text in (
        "血管重塑与重要的重量",
        "银行在行人道旁",
        "长期生长的长度",
        "乐卡地平和音乐",
        "干细胞不干涉",
        "还没有还给他",
    ):
        assert aloud.sounds(text) == lazy_pinyin(text)


def test_known_words_of_the_same_sound_are_left_alone(corrector: Corrector) -> None:
    """A word of the dictionary is what was meant."""
    assert corrector.chinese("今天天气怎么样，意识和一时都正常", ()) == []


def test_texts_sound_as_pypinyin_reads_them() -> None:
    """Every run of Chinese in the bundled texts, the terms and the gold questions, and words that change in company."""
    aloud = SoundTable()
    texts = [ROOT / "corpus" / "documents", ROOT / "corpus" / "terms", ROOT / "tests" / "gold"]
    read = [
        path.read_text("utf-8") for folder in texts for path in folder.iterdir() if path.suffix in (".md", ".csv", ".jsonl")
    ]
    runs = {run for text in read for run in re.findall(f"[{HAN}]+", normalise_text(text))} | {"一回还能再打吗", "旋转行为"}
    assert len(runs) > 5000
    assert [run for run in sorted(runs) if aloud.sounds(run) != lazy_pinyin(run)] == []
    assert aloud.sounds("归巢") == ["gui", "chao"] and aloud.sounds("归\U0002fa1f") == [] and aloud.sounds("") == []
