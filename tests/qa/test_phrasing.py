"""How questions put what texts have a term for, and names that the term base doesn't have."""

import pytest

from corpus.model import Span
from corpus.term_files import read_terms
from qa.questions.name_forms import find_names, name_forms
from qa.questions.phrases import find_phrases, phrases
from qa.settings import BUNDLED_TERMS


@pytest.mark.parametrize("number", range(len(phrases())))
def test_each_phrase_fits_its_examples_and_no_counterexample(number: int) -> None:
    """The phrases are data, each held to what it is for and to a concept that there is."""
    phrase = phrases()[number]
    assert phrase.concept in read_terms(BUNDLED_TERMS).by_id
    assert phrase.yes and phrase.no
    assert [one for one in phrase.yes if not phrase.pattern.search(one)] == []
    assert [one for one in phrase.no if phrase.pattern.search(one)] == []


def test_who_cant_take_part_asks_for_the_exclusion_criteria() -> None:
    """In both languages, where it stands in the question."""
    terms = read_terms(BUNDLED_TERMS)
    for text, place in [("帕金森病什么人不能入组？", (4, 11)), ("Who can't take part?", (0, 9))]:
        (match,) = find_phrases(text, terms)
        assert (match.concept.id, match.span) == ("排除标准", Span(*place))


@pytest.mark.parametrize("name", name_forms())
def test_each_form_of_names_fits_its_examples_and_no_counterexample(name: str) -> None:
    """The forms are data, too."""
    form = name_forms()[name]
    assert form.yes and form.no
    assert [one for one in form.yes if not form.fits(one)] == []
    assert [one for one in form.no if form.fits(one)] == []


@pytest.mark.parametrize(
    ("text", "words", "terms", "names"),
    [
        ("葡萄膜炎多久注射", ["葡萄膜", "炎", "多久"], ["注射"], ["葡萄膜炎"]),
        ("丛集性头痛的维持量", ["丛集", "性", "维持", "量"], ["头痛"], ["丛集性头痛"]),
        ("鼻窦炎可以打篮球吗", ["鼻窦炎", "打篮球"], [], ["鼻窦炎"]),
        ("儿童鼻窦炎", ["儿童", "鼻窦炎"], [], ["鼻窦炎"]),
        ("哪几种病最常见", ["哪几种", "病"], [], []),
        ("given in narcolepsy?", ["given", "narcolepsy"], [], ["narcolepsy"]),
        ("the diagnosis of PD", ["diagnosis"], ["PD"], []),
    ],
)
def test_names_are_told_by_their_form(text: str, words: list[str], terms: list[str], names: list[str]) -> None:
    """A name is one word, or put together of a word and what leans on it; other words beside it aren't part of it."""

    def spans(parts: list[str]) -> list[Span]:
        return [Span(text.index(part), text.index(part) + len(part)) for part in parts]

    assert [span.of(text) for span in find_names(text, spans(words), spans(terms))] == names
