"""Languages, settings and weights."""

import json
from pathlib import Path

import pytest

from corpus.misspelling import Corrector
from corpus.segmentation import Segmenter
from corpus.term_files import read_terms
from index.engines.glossing import is_english
from qa.questions.language import answer_language, detect_language
from qa.questions.query import QueryReader
from qa.retrieval.weights import FILE as WEIGHTS
from qa.retrieval.weights import WeightsError, read_weights
from qa.settings import BUNDLED_TERMS, SettingsError, read_settings


@pytest.mark.parametrize(
    ("question", "language", "spoken_to"),
    [
        ("外泌体是什么", "zh", "zh"),
        ("hUC-MSCs 对 PD 有用吗", "zh", "zh"),
        ("exosome 能穿过 BBB 吗", "mixed", "zh"),
        ("Does 归巢 work in mice with stroke", "mixed", "en"),
        ("What is homing?", "en", "en"),
        ("NfL", "en", "en"),
        ("幹細胞とは何ですか", "other", "zh"),
        ("Что такое экзосомы", "other", "zh"),
        ("???", "other", "zh"),
        ("", "other", "zh"),
    ],
)
def test_the_language_of_a_question_is_told(question: str, language: str, spoken_to: str) -> None:
    """Abbreviations don't make Chinese mixed; English words do; other scripts are other."""
    found = detect_language(question)
    assert (found, answer_language(question, found)) == (language, spoken_to)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its variable, with what was given."""
    monkeypatch.setenv("MSCQA_PORT", "http")
    with pytest.raises(SettingsError, match=r"MSCQA_PORT.*'http'"):
        read_settings()


def test_a_setting_given_by_hand_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line wins."""
    monkeypatch.setenv("MSCQA_PORT", "9000")
    assert read_settings().port == 9000 and read_settings(port=9001).port == 9001


def test_weights_are_whole_or_refused(tmp_path: Path) -> None:
    """The shipped file reads; a broken one and one without a language are named."""
    item = json.loads(json.dumps({"languages": {}}))
    assert set(read_weights().languages) == {"zh", "en"}
    shipped = json.loads(WEIGHTS.read_bytes())
    shipped["languages"]["zh"]["threshold"] = "high"
    for content in ("{", json.dumps(item), "5", '{"languages": []}', json.dumps(shipped)):
        path = tmp_path / "weights.json"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(WeightsError, match=r"weights\.json") as error:
            read_weights(path)
        assert "Reinstall" not in str(error.value)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> QueryReader:
    """The service's reader of questions, with the bundled terms."""
    terms = read_terms(BUNDLED_TERMS)
    segmenter = Segmenter(terms, tmp_path_factory.mktemp("jieba"))
    return QueryReader(segmenter, terms, Corrector(terms, is_english, segmenter.knows))


@pytest.mark.parametrize(
    ("question", "canonical"),
    [
        ("Do MSCs help people with Lou Gehrig's disease?", "Do 间充质干细胞 help 患者 肌萎缩侧索硬化症?"),
        ("渐冻人能用幹細胞吗", "肌萎缩侧索硬化症能用干细胞吗"),
        ("exosones for alzhiemer", "外泌体 for 阿尔茨海默病"),
        ("天气好吗", "天气好吗"),
    ],
)
def test_a_question_is_also_put_in_the_words_of_the_texts(reader: QueryReader, question: str, canonical: str) -> None:
    """Lay words, abbreviations, misspellings and the other language by the preferred term; the rest as it was."""
    query = reader.read(question, {})
    assert query.canonical == canonical
    assert len(query.canonical_spans) == len(query.groups)
    for group, span in zip(query.groups, query.canonical_spans, strict=True):
        named = [concept.zh for concept in reader.terms.concepts if f"={concept.zh}" in group.alternatives]
        assert span.of(canonical) in (named or [group.label])
    assert reader.read(question, {}, expand=False).canonical == question


def test_what_a_misspelling_is_taken_for_is_not_surely_asked_about(reader: QueryReader) -> None:
    """发力 sounds like 乏力, and no text need name that for the question to be answered."""
    right, guessed = (reader.read(text, {}).groups[0] for text in ("乏力", "发力"))
    assert right.alternatives == guessed.alternatives
    assert right.definite and not guessed.definite


def test_whoever_asks_for_a_thing_also_means_its_kinds(reader: QueryReader) -> None:
    """Drugs: memantine too, for less; not the other way round."""
    drugs, memantine = reader.read("药物", {}).groups[0], reader.read("美金刚", {}).groups[0]
    assert drugs.alternatives["=药物"] == 1.0 and 0 < drugs.alternatives["=美金刚"] < 1.0
    assert memantine.alternatives == {"=美金刚": 1.0}
