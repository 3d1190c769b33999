"""Rules that are data: TOML files beside the code that reads by them, one line a rule, for a clinician to read and mend.

A file holds tables of rules, each a list of rows: ``{zh = 'PATTERN', for = "…", matches = ["…"], misses = ["…"]}``, with
``en`` for a rule of English and ``both`` for one of either language. A pattern is a regular expression over the normal form
(corpus/matching.py); of rules that fit at one place the first counts. ``for`` says what the rule is there for. Of its
examples those under ``matches`` must hold the pattern and those under ``misses`` mustn't: they are its tests.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from corpus.errors import Problem

Language = Literal["zh", "en", "both"]
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_EXAMPLES = ("matches", "misses")


class RulesError(ValueError):
    """A file of rules can't be used; the message names file, line and reason of each problem."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a table: its pattern, what it is for, texts that it must match and that it mustn't, and its line."""

    table: str
    language: Language
    pattern: str
    purpose: str
    matches: tuple[str, ...]
    misses: tuple[str, ...]
    line: int


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules of a file in order; raises ``RulesError`` with every row that isn't one."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulesError(f"{path.name}: it can't be read: {error}") from None
    # TOML's reader doesn't tell where a row stood: each begins a line of its own.
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("{")]
    rows = [
        (table, row) for table, entries in tables.items() for row in (entries if isinstance(entries, list) else [entries])
    ]
    if len(rows) != len(lines):
        raise RulesError(f"{path.name}: {len(rows)} rules on {len(lines)} lines; each stands on a line that begins with {{")
    problems: list[Problem] = []
    rules: list[Rule] = []
    for line, (table, row) in zip(lines, rows, strict=True):
        found = list(_problems(row))
        problems += [Problem(path.name, reason, line) for reason in found]
        if not found:
            rules.append(_rule(table, row, line))
    if problems:
        raise RulesError("\n".join(map(str, problems)))
    return tuple(rules)


def read_patterns(path: Path, *tables: str) -> tuple[re.Pattern[str], ...]:
    """Return for each of ``tables`` one pattern of all its rules; raises ``RulesError``, also for tables besides these."""
    rules = read_rules(path)
    unknown = [rule for rule in rules if rule.table not in tables]
    if unknown:
        reason = f"nothing reads a table {unknown[0].table!r}; there are {', '.join(tables)}"
        raise RulesError(str(Problem(path.name, reason, unknown[0].line)))
    missing = [table for table in tables if all(rule.table != table for rule in rules)]
    if missing:
        raise RulesError(f"{path.name}: there is no rule in {', '.join(missing)}")
    return tuple(re.compile("|".join(rule.pattern for rule in rules if rule.table == table)) for table in tables)


def _problems(row: object) -> Iterator[str]:
    """Yield what keeps ``row`` from being a rule."""
    if not isinstance(row, Mapping):
        yield 'it isn\'t a row: {zh = \'PATTERN\', for = "…", matches = ["…"], misses = ["…"]}'
        return
    languages = [language for language in _LANGUAGES if language in row]
    if len(languages) != 1:
        yield f"it needs one pattern, under {' or '.join(_LANGUAGES)}"
    elif reason := _pattern_problem(row[languages[0]]):
        yield reason
    if unknown := row.keys() - {*_LANGUAGES, "for", *_EXAMPLES}:
        yield f"a rule has no {', '.join(sorted(unknown))}"
    if not _is_text(row.get("for")):
        yield "it doesn't say what it is for"
    for name in _EXAMPLES:
        examples = row.get(name)
        if not isinstance(examples, list) or not examples or not all(map(_is_text, examples)):
            yield f"it gives no text under {name}"


def _pattern_problem(pattern: object) -> str | None:
    if not _is_text(pattern):
        return "its pattern isn't a text"
    try:
        compiled = re.compile(str(pattern))
    except re.error as error:
        return f"its pattern {pattern!r} isn't one: {error}"
    return f"its pattern {pattern!r} matches the empty text, which is everywhere" if compiled.fullmatch("") else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _rule(table: str, row: Mapping[str, Any], line: int) -> Rule:
    language = next(language for language in _LANGUAGES if language in row)
    matches, misses = (tuple(cast(list[str], row[name])) for name in _EXAMPLES)
    return Rule(table, language, row[language], row["for"], matches, misses, line)
