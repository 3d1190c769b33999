"""The table of threats names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_row_of_the_threat_table_names_tests_that_exist() -> None:
    """By their files or folders, and at least one a row."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| who")]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[\w/.]+)`", row)
        assert named and all((ROOT / name).exists() for name in named), row
