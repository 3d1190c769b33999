"""Rules that are data: each row's own examples, and what a bad row is told."""

import re
from pathlib import Path

import pytest

import qa.statements
from corpus.matching import normalise_text
from qa.statements.rules import Rule, RulesError, read_patterns, read_rules

_NAMES = ("negation", "direction", "effect", "poles", "grades", "senses", "light", "outer", "roles", "bare")
_FILES = [Path(qa.statements.__file__).with_name(f"{name}.toml") for name in _NAMES]

_RULES = [pytest.param(rule, id=f"{path.stem}-{rule.line}") for path in _FILES for rule in read_rules(path)]
_GOOD = '{zh = \'没有\', for = "none", matches = ["没有"], misses = ["有"]}'


@pytest.mark.parametrize("rule", _RULES)
def test_a_rule_matches_what_it_must_and_nothing_that_it_must_not(rule: Rule) -> None:
    """By itself, in the normal form of its own examples."""
    pattern = re.compile(rule.pattern)
    assert [text for text in rule.matches if not pattern.search(normalise_text(text))] == []
    assert [text for text in rule.misses if pattern.search(normalise_text(text))] == []


def test_each_word_of_a_rule_is_in_one_of_its_examples() -> None:
    """A word without which they all read the same could be lost unseen."""
    unneeded = []
    for rule in (rule for path in _FILES for rule in read_rules(path)):
        texts = [normalise_text(text) for text in (*rule.matches, *rule.misses)]
        for start, end in _words(rule.pattern):
            without = rule.pattern[:start] + "\x00" + rule.pattern[end:]
            if _places(without, texts) == _places(rule.pattern, texts):
                unneeded.append((rule.table, rule.line, rule.pattern[start:end]))
    assert unneeded == []


def _places(pattern: str, texts: list[str]) -> list[list[tuple[int, int]]]:
    return [[found.span() for found in re.finditer(pattern, text)] for text in texts]


def _words(pattern: str) -> list[tuple[int, int]]:
    """Return where the alternatives of ``pattern`` stand that are words alone, in Chinese or in Latin letters."""
    return [
        found.span("word") for found in re.finditer(r"(?:^|[|(:])(?P<word>[\u4e00-\u9fff]+|[a-z][a-z ]+)(?=[|)]|$)", pattern)
    ]


def test_rules_are_read_in_order_with_their_lines(tmp_path: Path) -> None:
    """Comments and blank lines between count as lines; the first rule of a table is tried first."""
    path = tmp_path / "r.toml"
    english = '{en = \'no|none\', for = "no", matches = ["no"], misses = ["yes"]}'
    path.write_text(f"# none\ndenial = [\n\n  {_GOOD},\n  # English\n  {english},\n]\n", encoding="utf-8")
    assert [(rule.table, rule.language, rule.line) for rule in read_rules(path)] == [
        ("denial", "zh", 4),
        ("denial", "en", 6),
    ]
    (pattern,) = read_patterns(path, "denial")
    assert pattern.pattern == "没有|no|none"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{zh = \'没有(\', for = "none", matches = ["没有"], misses = ["有"]}', "its pattern '没有(' isn't one"),
        ('{zh = \'没*\', for = "none", matches = ["没有"], misses = ["有"]}', "matches the empty text"),
        ('{zh = 5, for = "none", matches = ["没有"], misses = ["有"]}', "its pattern isn't a text"),
        (
            '{fr = \'non\', for = "none", matches = ["non"], misses = ["oui"]}',
            "it needs one pattern, under zh or en or both",
        ),
        ('{zh = \'没\', en = \'no\', for = "none", matches = ["没"], misses = ["有"]}', "it needs one pattern"),
        ('{zh = \'没\', matches = ["没"], misses = ["有"]}', "it doesn't say what it is for"),
        ('{zh = \'没\', for = "none", matches = [], misses = ["有"]}', "it gives no text under matches"),
        ('{zh = \'没\', for = "none", matches = ["没"]}', "it gives no text under misses"),
        ('{zh = \'没\', for = "none", matches = ["没"], misses = ["有"], note = "x"}', "a rule has no note"),
    ],
)
def test_a_bad_row_is_named_with_file_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    """Whatever is wrong with it; the good one before it isn't named."""
    path = tmp_path / "r.toml"
    path.write_text(f"denial = [\n  {_GOOD},\n  {row},\n]\n", encoding="utf-8")
    with pytest.raises(RulesError) as error:
        read_rules(path)
    assert str(error.value).startswith("r.toml, line 3: ") and reason in str(error.value)
    assert "line 2" not in str(error.value)


def test_a_table_under_another_name_switches_no_rule_off_unseen(tmp_path: Path) -> None:
    """Neither one that nothing reads, nor one that is missing or empty."""
    path = tmp_path / "r.toml"
    path.write_text(f"denail = [\n  {_GOOD},\n]\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"r\.toml, line 2: nothing reads a table 'denail'; there are denial"):
        read_patterns(path, "denial")
    path.write_text(f"denial = [\n  {_GOOD},\n]\ndouble = []\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"r\.toml: there is no rule in double"):
        read_patterns(path, "denial", "double")


def test_a_file_that_is_no_toml_or_whose_rows_have_no_lines_of_their_own_is_refused(tmp_path: Path) -> None:
    """Two rows on a line couldn't be told apart in a message."""
    path = tmp_path / "r.toml"
    path.write_text("denial = [\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"r\.toml: it can't be read: "):
        read_rules(path)
    path.write_text(f"denial = [\n  {_GOOD}, {_GOOD},\n]\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"r\.toml: 2 rules on 1 lines"):
        read_rules(path)
    with pytest.raises(RulesError, match=r"none\.toml: it can't be read"):
        read_rules(tmp_path / "none.toml")
