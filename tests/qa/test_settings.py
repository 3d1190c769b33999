"""Settings: the table of their page is what the program reads, and a bad value is named without giving secrets away."""

import re
from pathlib import Path

import pytest

from qa.retrieval.weights import FILE as WEIGHTS
from qa.settings import BUNDLED_CORPUS, BUNDLED_TERMS, Settings, SettingsError, read_settings

ROOT = Path(__file__).parents[2]
_BUNDLED = {BUNDLED_CORPUS: "corpus/documents", BUNDLED_TERMS: "corpus/terms", WEIGHTS: "qa/retrieval/weights.json"}


def shown(default: object) -> str:
    """Return a default as the table gives it."""
    if default is None or default == "":
        return "none"
    text = str(default).lower() if isinstance(default, bool) else str(_BUNDLED.get(default, default))
    return f"`{text}`"


def test_the_table_tells_every_setting() -> None:
    """Name, default and what it is, in the order of the program, none left out and none too many."""
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(MSCQA_\w+)` \| (.*?) \| (.*) \|$", page, re.M)
    fields = Settings.model_fields.items()
    assert rows == [(f"MSCQA_{name.upper()}", shown(field.default), field.description) for name, field in fields]


def test_the_makefile_leads_to_sections_that_there_are() -> None:
    """Of the page that it names, by the names that they have."""
    named = re.findall(r'(README\.md|docs/[\w-]+\.md), "(.+?)"', (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert named
    for page, section in named:
        assert section in re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.M), page


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MSCQA_PORT", "70000", r"MSCQA_PORT.*65535.*\(got '70000'\)"),
        ("MSCQA_WORKERS", "none", "MSCQA_WORKERS.*integer"),
        ("MSCQA_BUILD_MEMORY_MB", "-1", "MSCQA_BUILD_MEMORY_MB"),
        ("MSCQA_ADMIN_KEY_FILE", "/nowhere/key", "MSCQA_ADMIN_KEY_FILE can't be read"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    """With what is wrong."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        read_settings()


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither in errors nor where settings are printed; a file holds it as well as a variable."""
    monkeypatch.setenv("MSCQA_ADMIN_KEY", "too-short")
    with pytest.raises(SettingsError, match="MSCQA_ADMIN_KEY") as refused:
        read_settings()
    assert "too-short" not in str(refused.value)
    monkeypatch.delenv("MSCQA_ADMIN_KEY")
    file = tmp_path / "key"
    file.write_text("long-enough-to-be-a-key\n", encoding="utf-8")
    monkeypatch.setenv("MSCQA_ADMIN_KEY_FILE", str(file))
    settings = read_settings()
    assert settings.admin_secret() == "long-enough-to-be-a-key"
    assert "long-enough" not in repr(settings) + settings.model_dump_json()
    file.write_text("short", encoding="utf-8")
    with pytest.raises(SettingsError, match="fewer than 16"):
        read_settings()


@pytest.mark.parametrize(
    "key", ["schlüssel-mit-umlaut", "密钥密钥密钥密钥密钥密钥密钥密钥", " blank-before-the-key", "a-key-with\ta-tab-in"]
)
def test_a_key_that_no_header_carries_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str) -> None:
    """At the start, and from a file too (whose blanks at the ends are cut off); it would match nothing that is sent."""
    monkeypatch.setenv("MSCQA_ADMIN_KEY", key)
    with pytest.raises(SettingsError, match=r"MSCQA_ADMIN_KEY: .* visible ASCII") as refused:
        read_settings()
    assert key.strip() not in str(refused.value)
    monkeypatch.delenv("MSCQA_ADMIN_KEY")
    (tmp_path / "key").write_text(key, encoding="utf-8")
    monkeypatch.setenv("MSCQA_ADMIN_KEY_FILE", str(tmp_path / "key"))
    if key.startswith(" "):
        assert read_settings().admin_secret() == key.strip()
    else:
        with pytest.raises(SettingsError, match=r"MSCQA_ADMIN_KEY_FILE: .* visible ASCII"):
            read_settings()
