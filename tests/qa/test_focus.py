"""Patients' families tell a story before they ask: what is told counts less than what is asked."""

import pytest

from qa.answers.answerability import answer_signals
from qa.questions.focus import BESIDE, background
from qa.retrieval.ranking import rank
from qa.retrieval.weights import read_weights
from qa.service import Service


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我爸六十八岁，确诊帕金森三年了。现在的治疗能不能让病停下来？", ["我爸六十八岁，确诊帕金森三年了。"]),
        ("My uncle has ALS. He takes 2.5 mg a day. Could stem cells help?", ["My uncle has ALS.", "He takes 2.5 mg a day."]),
        ("Could stem cells help? My uncle has ALS.", ["My uncle has ALS."]),
        ("什么是归巢？它分几步？", []),
        ("帕金森病的治疗", []),
        ("间充质干细胞。外泌体。", []),
        ("", []),
        ("？！", []),
    ],
)
def test_what_asks_nothing_is_background_where_something_asks(text: str, told: list[str]) -> None:
    """One question alone, or none at all, has no background; a full stop within a number ends no sentence."""
    assert [span.of(text) for span in background(text)] == told


def test_background_weighs_less_and_the_answer_is_found(service: Service) -> None:
    """The same question is answered with and without its story."""
    asked = "Can exosomes cross the blood-brain barrier?"
    story = "My mother was told last spring that she has Parkinson's disease, and we read whatever we can find. "
    engine, generation = service.serving.engine, service.generation
    query, _, candidates = engine.inquire(story + asked, generation)
    weights = {group.label: group.weight for group in query.groups}
    assert weights["mother"] == BESIDE and weights["exosomes"] == weights["blood-brain barrier"] == 1.0
    bare, told = service.ask(asked), service.ask(story + asked)
    assert bare.answerable and told.answerable
    assert all("血脑屏障" in result.citations[0].quote for result in (bare, told))
    assert candidates.wording.rarity.argmax() in [number for number, group in enumerate(query.groups) if group.weight == 1.0]


def test_only_what_is_asked_and_its_subjects_are_compared(service: Service) -> None:
    """Tokens of the story are left out, but for those of the disease that it names."""
    text = "My mother was told that she has Parkinson's disease. Can exosomes help?"
    engine, generation = service.serving.engine, service.generation
    _, encoded, candidates = engine.inquire(text, generation)
    compared = {text[start:end].strip() for start, end in encoded.tokens.spans}
    assert "mother" not in compared and {"disease", "help"} <= compared
    assert candidates.met.passages.shape == (len(candidates.rows), len(encoded.tokens.spans))


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("我妈妈六十五岁，去年查出帕金森，全家都很发愁。干细胞对运动功能有没有帮助？", "帕金森病"),
        ("My uncle has Parkinson's and we are worried. Can stem cells improve movement?", "帕金森病"),
        ("My husband was diagnosed with ALS in March. Is stem cell treatment safe for him?", "肌萎缩侧索硬化症"),
    ],
)
def test_the_disease_of_a_story_is_what_the_answer_is_about(service: Service, question: str, heading: str) -> None:
    """Another disease's passages speak of movement too."""
    assert heading in service.ask(question).hits[0].passage.section_path


@pytest.mark.parametrize(
    "question",
    [
        "Which clinic in Germany offers mesenchymal stem cells for Alzheimer's disease?",
        "What did Neuralink find on Parkinson's disease and stem cells?",
        "Does Neuralink help in Parkinson's disease and ALS?",
    ],
)
def test_names_that_stand_nowhere_speak_against_an_answer(service: Service, question: str) -> None:
    """An English word within a sentence that is written as a name is one, and this text doesn't have it."""
    assert not service.ask(question).answerable
    engine, generation = service.serving.engine, service.generation
    weights = read_weights().languages["en"]
    for text, unknown in ((question, 1.0), (question.title(), 0.0)):
        query, encoded, candidates = engine.inquire(text, generation)
        ranked = rank(candidates, weights, generation)
        assert answer_signals(query, encoded, candidates, ranked, weights, generation)["unknown"] == unknown


@pytest.mark.parametrize(
    "question",
    [
        "间充质干细胞能治糖尿病足吗？",
        "MSC 治疗多发性硬化的临床试验结果如何？",
        "Do mesenchymal stem cells improve recovery after a stroke?",
        "Braak 分期是怎么给帕金森病分期的？",
        "帕金森病做脑起搏器效果怎么样？",
        "Does deep brain stimulation help in Parkinson's disease?",
        "At what temperature should exosomes be stored?",
    ],
)
def test_what_no_passage_names_is_not_answered_by_what_is_told_of_another(service: Service, question: str) -> None:
    """The text tells of other diseases' trials; that the term base knows this one mustn't make it look answered."""
    result = service.ask(question)
    assert result.hits
    assert not result.answerable


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("帕金森病做脑起搏器效果怎么样？", ("脑起搏器",)),
        ("Does Neuralink help in Parkinson's disease and ALS?", ("Neuralink",)),
        ("干细胞治疗糖尿病效果好吗？", ("糖尿病",)),
        ("What percentage of people over 85 have Alzheimer's disease?", ()),
        ("How do I bake sourdough bread?", ()),
    ],
)
def test_a_refusal_says_which_names_no_text_has(service: Service, question: str, missing: tuple[str, ...]) -> None:
    """In the question's own words; a number is no name."""
    answer = service.ask(question).answer
    assert answer.mode == "none" and answer.missing == missing
    assert all(name in answer.text for name in missing)


def test_a_code_that_is_one_letter_away_is_not_answered_for(service: Service) -> None:
    """What is told of BDNF is no answer on BNDF, which might be another factor; it is named as missing."""
    answer = service.ask("does BNDF from exosomes reduce neurone apoptosis in AD").answer
    assert answer.mode == "none" and answer.missing == ("BNDF",)
    assert service.ask("外泌体能穿过血脑屏障吗？").answer.missing == ()


@pytest.mark.parametrize("question", ["亨廷顿病里的免疫细胞是怎么被激活的？", "ALS 的特点有哪些？"])
def test_a_kind_of_things_of_which_some_are_named_is_not_missing(service: Service, question: str) -> None:
    """Immune cells are no passage's word where its cells are named one by one."""
    engine, generation = service.serving.engine, service.generation
    query, encoded, candidates = engine.inquire(question, generation)
    weights = read_weights().languages["zh"]
    ranked = rank(candidates, weights, generation)
    assert answer_signals(query, encoded, candidates, ranked, weights, generation)["unknown"] == 0.0
