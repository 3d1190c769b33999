"""Reading terms: CSV files with one concept a line, which a clinician can edit with any spreadsheet.

The columns are ``zh,en,abbreviations,zh_also,en_also,misspelled,broader``; the last five hold entries separated by
``;``. ``broader`` names concepts by their preferred Chinese terms, as in SKOS: whoever asks for drugs also means memantine.
The file's name is the concepts' category (corpus/categories.py).

Any of three more may follow, for the rules that hang on a concept (`Concept`): ``definite`` (yes or no), ``weight`` (light
or decisive) and ``direction`` (up or down). Where ``definite`` is empty the category decides. A file without a column has
for concepts that are bundled what the bundled row says, as before there were columns.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import islice, zip_longest
from pathlib import Path
from typing import cast, get_args

from corpus.categories import DEFINITE
from corpus.errors import CorpusError, Problem
from corpus.matching import normalise_text
from corpus.stopwords import ENGLISH
from corpus.term_base import Concept, Direction, TermBase, Weight
from corpus.words import form_units

_MOST_CIRCLES, _LONGEST_CIRCLE = 20, 10  # told of a term base, and concepts shown of one
COLUMNS = ("zh", "en", "abbreviations", "zh_also", "en_also", "misspelled", "broader")
OPTIONAL = {"definite": ("yes", "no"), "weight": get_args(Weight), "direction": get_args(Direction)}
_BUNDLED = Path(__file__).with_name("terms")
_PHASE = re.compile("^[ⅠⅡⅢⅣ]期")  # of trials: it has a capital, and is one of many


def read_terms(folder: Path) -> TermBase:
    """Return the term base of the CSV files in ``folder``; raises ``CorpusError`` with file and line of every problem."""
    if not folder.is_dir():
        raise CorpusError([Problem(str(folder), "there is no such term folder; set MSCQA_TERMS_DIR to one")])
    # Hidden ones are editors' and systems' own: .#NAME.csv is Emacs's lock, ._NAME.csv macOS's.
    return _parsed(tuple((path.name, _content(path)) for path in sorted(folder.glob("*.csv")) if path.name[0] != "."))


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise CorpusError([Problem(path.name, "it isn't a plain file; move it out of the term folder")])
        return path.read_bytes()
    except OSError as error:
        raise CorpusError([Problem(path.name, f"it can't be read: {error.strerror}")]) from None


# The latest is kept: servers look for edited terms at each swap; parsing takes a quarter of a second, reading a tenth of a
# millisecond. One is enough: an older one goes with the last who uses it.
@lru_cache(maxsize=1)
def _parsed(files: tuple[tuple[str, bytes], ...]) -> TermBase:
    problems: list[Problem] = []
    concepts: list[Concept] = []
    known: dict[tuple[str, ...], tuple[str, str, int]] = {}
    places: list[tuple[Concept, str, int]] = []
    for name, content in files:
        for line, concept in _read_file(name, content, problems):
            concepts.append(concept)
            places.append((concept, name, line))
            problems += _duplicates(concept, name, line, known)
    problems += _broader_problems(places)
    if problems:
        raise CorpusError(problems)
    return TermBase(concepts)


def _read_file(name: str, content: bytes, problems: list[Problem]) -> Iterator[tuple[int, Concept]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(name, f"it isn't UTF-8 (byte {error.start}); save it as 'CSV UTF-8'"))
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = tuple(next(rows, ()))
        further = header[len(COLUMNS) :]
        if header[: len(COLUMNS)] != COLUMNS or not OPTIONAL.keys() >= set(further) or len(set(further)) < len(further):
            reason = f"the first line must be {','.join(COLUMNS)}, and may go on with {', '.join(OPTIONAL)}"
            problems.append(Problem(name, reason, 1))
            return
        before = _bundled_rules() if len(further) < len(OPTIONAL) else {}
        for row in rows:
            line = rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not len(COLUMNS) <= len(row) <= len(header):  # spreadsheets may leave out empty cells at the end
                problems.append(Problem(name, f"{len(row)} columns instead of {len(header)}", line))
                continue
            cells = [cell.strip().lower() for cell in row[len(COLUMNS) :]]
            rules = before.get(row[0].strip(), {}) | dict(zip_longest(further, cells, fillvalue=""))
            found = list(_rule_problems(rules))
            concept = _concept(row, Path(name).stem, rules if not found else {})
            found += _row_problems(concept)
            problems += [Problem(name, reason, line) for reason in found]
            if not found:
                yield line, concept
    except csv.Error as error:
        problems.append(Problem(name, f"it isn't valid CSV: {error}", rows.line_num))


def _bundled_rules() -> dict[str, dict[str, str]]:
    """Return what the bundled files have in the columns for rules, by preferred term, for files that lack such columns."""
    rules: dict[str, dict[str, str]] = {}
    for path in sorted(_BUNDLED.glob("*.csv")):
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    rules[row["zh"]] = {column: (row.get(column) or "").strip().lower() for column in OPTIONAL}
        except (OSError, UnicodeDecodeError, csv.Error, KeyError):
            continue  # it is named where it is used itself
    return rules


def _rule_problems(rules: Mapping[str, str]) -> Iterator[str]:
    for column, value in rules.items():
        if value and value not in OPTIONAL[column]:
            yield f"{column} is {value!r}; it must be empty or {' or '.join(OPTIONAL[column])}"


def _concept(row: Sequence[str], category: str, rules: Mapping[str, str]) -> Concept:
    zh, en = row[0].strip(), row[1].strip()
    lists = [tuple(part.strip() for part in cell.split(";") if part.strip()) for cell in row[2 : len(COLUMNS)]]
    definite = rules.get("definite")
    return Concept(
        zh,
        en,
        lists[0],
        lists[1],
        lists[2],
        lists[3],
        lists[4],
        category,
        definite=definite == "yes" if definite else _names_one(zh, en, category),
        weight=cast(Weight, rules.get("weight") or "plain"),
        direction=cast(Direction, rules["direction"]) if rules.get("direction") else None,
    )


def _names_one(zh: str, en: str, category: str) -> bool:
    """Tell whether a concept whose row doesn't say is definite: by its category, else where its English has a capital."""
    return category in DEFINITE or (not _PHASE.match(zh) and any(word[0].isupper() for word in en.split()))


def _row_problems(concept: Concept) -> Iterator[str]:
    if not concept.zh:
        yield "the Chinese term (zh) is empty"
    if not concept.en:
        yield "the English term (en) is empty"
    for form in filter(None, concept.forms):
        found = form_units(form)
        if not found:
            yield f"{form!r} holds no letter"
        elif len(found) == 1 and not found[0].text.isascii() and len(found[0].text) == 1:
            yield f"{form!r} is a single character, which would be found everywhere"
        elif normalise_text(form) in ENGLISH:
            yield f"{form!r} is an English word without a subject, which would be found everywhere"


def _duplicates(
    concept: Concept, filename: str, line: int, known: dict[tuple[str, ...], tuple[str, str, int]]
) -> Iterator[Problem]:
    own: set[tuple[str, ...]] = set()
    for form in concept.forms:
        key = _key(form)
        if key in own:
            continue  # a plural or a spelling that the normal form has already
        own.add(key)
        if key in known:
            other, where, at = known[key]
            reason = "is the preferred term" if key == _key(other) else "is also a form"
            yield Problem(filename, f"{form!r} {reason} of {other!r} ({where}, line {at})", line)
        else:
            known[key] = (concept.zh, filename, line)


def _key(form: str) -> tuple[str, ...]:
    return tuple(unit.text for unit in form_units(form))


def _broader_problems(places: Sequence[tuple[Concept, str, int]]) -> Iterator[Problem]:
    """Yield what is wrong with broader concepts: names that aren't preferred terms, and circles, each at its first line."""
    broader = {concept.id: concept.broader for concept, _, _ in places}
    lines = {concept.id: (filename, line) for concept, filename, line in places}
    for concept, filename, line in places:
        for wider in concept.broader:
            if wider not in broader:
                yield Problem(filename, f"the broader concept {wider!r} is no concept's preferred Chinese term", line)
    for circle in islice(_circles(broader), _MOST_CIRCLES):
        shown = " > ".join((*circle[:_LONGEST_CIRCLE], "…" if len(circle) > _LONGEST_CIRCLE else circle[0]))
        yield Problem(lines[circle[0]][0], f"the broader concepts run in a circle: {shown}", lines[circle[0]][1])


def _circles(broader: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield ways up that lead back to where they begin, no concept in two; each is found in linear time."""
    left = dict(broader)
    order = {key: place for place, key in enumerate(broader)}
    while True:
        try:
            return TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1][:0:-1]  # it is told from what is broader to what is narrower, its first one twice
            first = min(range(len(circle)), key=lambda place: order[circle[place]])
            yield circle[first:] + circle[:first]
            left.update(dict.fromkeys(circle, ()))
