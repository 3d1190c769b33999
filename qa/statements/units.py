"""Units of measure, from the table units.toml: what a number counts, and its value in the base unit of its dimension.

A unit by another one (mg/kg, 5 ng per ml, 每公斤 2×10⁶ 个) needs no row: it is made of the two.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.matching import Normalised, normalise_text

FILE = Path(__file__).with_name("units.toml")
_TEXTS = ("symbols", "zh", "en", "not_before", "match", "no_match")
_FLAGS = ("strict", "spaced", "left_out", "below")
_KEYS = {"name", "dimension", "factor", "offset", *_TEXTS, *_FLAGS}
_NEEDED = ("name", "dimension", "factor", "match", "no_match")


class UnitsError(ValueError):
    """The table of units has a bad row; the message names file, row, line and reason."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: values with the same ``dimension`` compare by ``in_base``; ``left_out`` where a bare number may mean it."""

    name: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0
    left_out: bool = False

    @property
    def measures(self) -> bool:
        """Whether it is a unit of measure, which 5 has of 5–10 mg, and not a phase, an ordinal or a mere count."""
        return self.name not in ("count", "fraction", "phase", "ordinal", "month", "ratio")

    def in_base(self, value: float) -> float:
        """Return ``value`` in the base unit of the dimension."""
        return (value + self.offset) * self.factor


COUNT, FRACTION = Unit("count", "count"), Unit("fraction", "share")
PHASE, ORDINAL, MONTH, RATIO = (Unit(name, name) for name in ("phase", "ordinal", "month", "ratio"))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of the table: a unit, how it is written, and texts that do and don't hold it."""

    unit: Unit
    symbols: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    strict: bool = False
    spaced: bool = False
    below: bool = False
    not_before: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()


@cache
def read_units(path: Path = FILE) -> tuple[UnitRow, ...]:
    """Return the rows of ``path``; `UnitsError` names file, row, line and reason of the first bad one."""
    try:
        text = path.read_text(encoding="utf-8")
        items = tomllib.loads(text).get("unit")
    except (OSError, ValueError) as error:
        raise UnitsError(f"{path.name} can't be read ({error}).") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items) or not items:
        raise UnitsError(f"{path.name} has no rows: each begins with [[unit]].")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().startswith("[[unit]]")]
    rows: list[UnitRow] = []
    seen: dict[str, str] = {}
    for number, item in enumerate(items, 1):
        reason = _problem(item) or _twice(item, seen)
        if reason:
            line = f", line {lines[number - 1]}" if len(lines) == len(items) else ""
            raise UnitsError(f"{path.name}, row {number} ({item.get('name', 'no name')}){line}: {reason}.")
        rows.append(_row(item))
    return tuple(rows)


def _problem(item: Mapping[str, Any]) -> str:
    """Return what is wrong with a row by itself, empty where nothing is."""
    if unknown := sorted(item.keys() - _KEYS):
        return f"the key {unknown[0]} is none of {', '.join(sorted(_KEYS))}"
    for key in _NEEDED:
        if key not in item or item[key] in ("", []):
            return f"{key} is missing"
    for key in item:
        value = item[key]
        if key in _TEXTS and not (isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value)):
            return f"{key} must be a list of texts"
        if key in _FLAGS and not isinstance(value, bool):
            return f"{key} must be true or false"
        if key in ("name", "dimension") and not isinstance(value, str):
            return f"{key} must be a text"
        if key in ("factor", "offset") and (isinstance(value, bool) or not isinstance(value, int | float)):
            return f"{key} must be a number"
    if not item["factor"] > 0:
        return "factor must be greater than 0"
    return "" if any(item.get(key) for key in ("symbols", "zh", "en")) else "it has no symbol and no name"


def _twice(item: Mapping[str, Any], seen: dict[str, str]) -> str:
    """Return which of a row's names another row has, empty where none has; all of them are added to ``seen``."""
    name = item["name"]
    written = [_written(symbol) for symbol in item.get("symbols", ())] + [f"name {name}"]
    written += [form for key in ("zh", "en") for text in item.get(key, ()) for form in _forms(text)]
    for text in dict.fromkeys(written):
        if seen.setdefault(text, name) != name or (text == f"name {name}" and f"row {name}" in seen):
            return f"{text!r} is in the row {seen[text]} already"
    seen[f"row {name}"] = name
    return ""


def _row(item: Mapping[str, Any]) -> UnitRow:
    unit = Unit(item["name"], item["dimension"], item["factor"], item.get("offset", 0.0), item.get("left_out", False))
    texts: dict[str, Any] = {key: tuple(item.get(key, ())) for key in _TEXTS}
    flags = {key: item.get(key, False) for key in ("strict", "spaced", "below")}
    return UnitRow(unit, **texts, **flags)


def _forms(text: str) -> tuple[str, ...]:
    """Return the forms of a name: 'gram(s)' is gram and grams."""
    return (text.replace("(s)", ""), text.replace("(s)", "s")) if "(s)" in text else (text,)


def _written(text: str) -> str:
    """Return ``text`` with its capitals, however wide its letters are: the symbol µM is μM, and mM no mm."""
    return unicodedata.normalize("NFKC", text)


class UnitTable:
    """Finds units in normal forms, by the rows of a table."""

    def __init__(self, rows: Iterable[UnitRow]) -> None:
        rows = tuple(rows)
        self._loose: dict[str, Unit] = {}  # by the normal form, where capitals tell nothing
        self._strict: dict[tuple[str, str], Unit] = {}  # by the normal form and the symbol as written
        for row in rows:
            for symbol in row.symbols:
                form = normalise_text(symbol)
                self._strict[form, _written(symbol)] = row.unit
                if not row.strict:
                    self._loose.setdefault(form, row.unit)
            for name in (form for text in (*row.zh, *row.en) for form in _forms(text)):
                self._loose[normalise_text(name)] = row.unit
        self.named = {row.unit.name: row.unit for row in rows}
        self.han = _han(rows)
        """A pattern of the Chinese names."""
        self.thousands = "|".join(name for row in rows for name in row.zh if name.startswith("千"))
        """A pattern of the Chinese names that begin like a number: 千克."""
        self._spaced = {normalise_text(symbol) for row in rows if row.spaced for symbol in row.symbols}
        below = [row for row in rows if row.below]
        joint = (
            rf"\s*(?:/\s*\(?|每|per\s+(?:the\s+)?)\s*(?P<below>{_any(below)})|\s*[·⋅•.]?\s*(?P<power>{_any(below)})-1(?!\d)"
        )
        self._after = re.compile(rf"\s*[多余]?(?:\s*|(?<=\S)-(?=[a-z]{{2}}))(?P<unit>{_any(rows)})(?:{joint})?")
        below = [row for row in below if row.unit.dimension in ("mass", "volume", "area")]
        word = r"[^\s\d，。、；：,;:()/]{0,14}"  # what is counted: 个, 个细胞, MSCs
        self._counted = re.compile(
            rf"(?:\s*{word}(?:\s{word})?\s*/\s*\(?\s*|\s*(?:个|{word}(?:细胞|cells?|mscs?))?(?:每|\s*per\s+))(?P<below>{_any(below)})"
        )
        self._each = re.compile(rf"每\s*(?P<below>{_any(below)})(?:体重)?[^\d，。、；：,;:()每]{{0,8}}$")

    def after(self, form: Normalised, text: str, start: int, end: int) -> tuple[Unit, int]:
        """Return what the number at ``start`` to ``end`` of ``form`` counts, and where that ends, read in ``text``."""
        match = self._after.match(form.text, end)
        unit = self._unit(form, text, match, "unit") if match else None
        if match and match.start("unit") == end and match["unit"] in self._spaced:
            unit = None
        if not match or not unit:
            counted = self._counted.match(form.text, end) if _may_be_by(form.text, end) else None
            below = self._unit(form, text, counted, "below") if counted else None
            if counted and below:
                return _by(COUNT, below), counted.end()
            each = self._before(form, text, start)
            return (_by(COUNT, each), end) if each else (COUNT, end)
        group = "below" if match["below"] else "power"
        below = self._unit(form, text, match, group) if match[group] else self._before(form, text, start)
        if not below and unit.dimension == "cells" and (counted := self._counted.match(form.text, end)):
            below = self._unit(form, text, counted, "below")
        return (_by(unit, below) if below else unit), match.end()

    def _before(self, form: Normalised, text: str, start: int) -> Unit | None:
        """Return by what a number is counted that stands after it: 每公斤体重 2×10⁶ 个."""
        if form.text.rfind("每", max(0, start - 16), start) < 0:
            return None
        each = self._each.search(form.text, max(0, start - 16), start)
        return self._unit(form, text, each, "below") if each else None

    def _unit(self, form: Normalised, text: str, match: re.Match[str], group: str) -> Unit | None:
        found = " ".join(match[group].split()) if " " in match[group] or "\n" in match[group] else match[group]
        span = form.original(*match.span(group))
        exact = self._strict.get((found, _written(text[span.start : span.end])))
        return exact or self._loose.get(found)


def _may_be_by(text: str, end: int) -> bool:
    near = text[end : end + 44]
    return "/" in near or "每" in near or "per" in near


def _by(unit: Unit, below: Unit) -> Unit:
    """Return the unit of so many ``unit`` for one ``below``; whatever is counted by weight or volume is cells."""
    above = "cells" if unit.dimension == "count" else unit.dimension
    return Unit(f"{unit.name}/{below.name}", f"{above}/{below.dimension}", unit.factor / below.factor)


def _han(rows: Iterable[UnitRow]) -> str:
    names = [(name, row) for row in rows for name in row.zh]
    names.sort(key=lambda item: -len(item[0]))
    return "|".join(re.escape(name) + _not_before(row) for name, row in names)


def _any(rows: Iterable[UnitRow]) -> str:
    """Return a pattern of all names and symbols, the longest first, none of which is the beginning of a word."""
    rows = tuple(rows)
    latin = {normalise_text(name): row for row in rows for text in (*row.symbols, *row.en) for name in _forms(text)}
    pieces = [
        re.escape(name).replace(r"\ ", r"\s+")
        + (r"(?![a-z\d])" if name[-1].isalnum() else "")
        + _not_before(latin[name], r"\s*")
        for name in sorted(latin, key=len, reverse=True)
    ]
    return rf"(?:{_han(rows)})|(?:{'|'.join(pieces)})"


def _not_before(row: UnitRow, between: str = "") -> str:
    words = "|".join(map(re.escape, row.not_before))
    return f"(?!{between}(?:{words}))" if words else ""


@cache
def unit_table() -> UnitTable:
    """Return the bundled table, read once."""
    return UnitTable(read_units())
