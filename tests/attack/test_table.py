"""The table of threats names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def named_tests(row: str) -> list[tuple[Path, str]]:
    """Return the files or folders that a row names, each with the words of a test in it, or with none."""
    found = re.findall(r"`(tests/[\w/.]+)`(?:: ([^;`|]+))?", row)
    return [(ROOT / name, words.strip()) for name, phrases in found for words in phrases.split(", ")]


def holds(place: Path, words: str) -> bool:
    """Tell whether a test of these words is there: in its name, or as a case's."""
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    name = words.replace(" ", "_").replace("/", "_")
    return any(re.search(rf"def test_\w*{name}|\"{words}\"", path.read_text(encoding="utf-8")) for path in files)


def test_each_row_of_the_threat_table_names_tests_that_exist() -> None:
    """By their files or folders, at least one a row, and the words of a test, where there are any, are in its name."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| who")]
    assert len(rows) > 20
    for row in rows:
        named = named_tests(row)
        assert named and all(place.exists() and (not words or holds(place, words)) for place, words in named), named
