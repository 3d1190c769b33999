"""What somebody meant: near misspellings of terms, and words that are left alone."""

from pathlib import Path

import pytest

from corpus.misspelling import Corrector, distance
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase, read_terms
from index.glossing import is_english
from qa.settings import BUNDLED_TERMS


@pytest.fixture(scope="module")
def terms() -> TermBase:
    return read_terms(BUNDLED_TERMS)


@pytest.fixture(scope="module")
def corrector(terms: TermBase, tmp_path_factory: pytest.TempPathFactory) -> Corrector:
    segmenter = Segmenter(terms, Path(tmp_path_factory.mktemp("jieba")))
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
    ],
)
def test_the_wrong_characters_of_the_right_sound_are_mended(
    terms: TermBase, corrector: Corrector, text: str, concept: str
) -> None:
    """As an input method leaves them; a listed misspelling is found as well."""
    listed = [match.concept.id for match in terms.find(text)]
    assert concept in listed or concept in [match.concept.id for match in corrector.chinese(f"关于{text}的问题", ())]


def test_known_words_of_the_same_sound_are_left_alone(corrector: Corrector) -> None:
    """A word of the dictionary is what was meant."""
    assert corrector.chinese("今天天气怎么样，意识和一时都正常", ()) == []
