"""Languages, settings and weights."""

import json
from pathlib import Path

import pytest

from qa.language import answer_language, detect_language
from qa.settings import Settings, SettingsError, read_settings
from qa.weights import WeightsError, read_weights

README = Path(__file__).parents[2] / "README.md"


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


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    """Name, default and help stand in the README's table, and no others."""
    text = README.read_text(encoding="utf-8")
    for name, setting in Settings.model_fields.items():
        default = setting.default
        shown = str(default).lower() if isinstance(default, bool) else default
        if name in ("corpus_dir", "terms_dir"):
            shown = f"corpus/{default.name}"
        cell = "none" if default in (None, "") else f"`{shown}`"
        assert f"| `MSCQA_{name.upper()}` | {cell} | {setting.description} |" in text
    assert text.count("| `MSCQA_") == len(Settings.model_fields)


def test_weights_are_whole_or_refused(tmp_path: Path) -> None:
    """The shipped file reads; a broken one and one without a language are named."""
    item = json.loads(json.dumps({"languages": {}}))
    assert set(read_weights().languages) == {"zh", "en"}
    for content in ("{", json.dumps(item)):
        path = tmp_path / "weights.json"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(WeightsError, match=r"weights\.json"):
            read_weights(path)
