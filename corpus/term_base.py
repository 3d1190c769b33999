"""The bilingual term base: one concept a line, in CSV files that a clinician can edit with any spreadsheet.

The columns are ``zh,en,abbreviations,zh_also,en_also,misspelled,broader``; the last five hold entries separated by
``;``. ``broader`` names concepts by their preferred Chinese terms, as in SKOS: whoever asks for drugs also means memantine.
The file's name is the concepts' category. Traditional spellings need no form of their own (corpus/matching.py).
"""

import csv
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from corpus.errors import CorpusError, Problem
from corpus.matching import HAN, normalise, normalise_text
from corpus.model import Span
from corpus.stopwords import ENGLISH
from corpus.words import Unit, form_units, units

_HYPHENATED = re.compile(r"\S+-\S+")
COLUMNS = ("zh", "en", "abbreviations", "zh_also", "en_also", "misspelled", "broader")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing and all its names; ``id`` is its preferred Chinese term, ``broader`` the ids of what it is a kind of."""

    zh: str
    en: str
    abbreviations: tuple[str, ...]
    zh_also: tuple[str, ...]
    en_also: tuple[str, ...]
    misspelled: tuple[str, ...]
    broader: tuple[str, ...]
    category: str

    @property
    def id(self) -> str:
        """The concept's key: its preferred Chinese term."""
        return self.zh

    @property
    def forms(self) -> tuple[str, ...]:
        """All forms, preferred ones first."""
        return (self.zh, self.en, *self.abbreviations, *self.zh_also, *self.en_also, *self.misspelled)


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A concept found in a text, at ``span``; ``misspelled`` where the text has a listed or a near misspelling."""

    concept: Concept
    span: Span
    misspelled: bool = False


@dataclass(slots=True)
class _Node:
    """A node of the trie over units; ``concept`` is set where a form ends, ``whole`` where no blank may stand in it."""

    next: dict[str, "_Node"] = field(default_factory=dict)
    concept: Concept | None = None
    misspelled: bool = False
    whole: bool = False


class TermBase:
    """The concepts, and finding them in texts of either language."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self.concepts = tuple(concepts)
        self.by_id = {concept.id: concept for concept in concepts}
        self._narrower: dict[str, list[str]] = defaultdict(list)
        for concept in concepts:
            for wider in concept.broader:
                self._narrower[wider].append(concept.id)
        self._root = _Node()
        for concept in concepts:
            wrong = set(concept.misspelled)
            for form in concept.forms:
                self._insert(form, concept, form in wrong)
        for concept in concepts:
            for form in filter(_HYPHENATED.fullmatch, concept.abbreviations):
                self._keep_whole(form, concept)
        rows = sorted("\x1f".join((*concept.forms, "", *concept.broader)) for concept in concepts)
        self.fingerprint = hashlib.sha256("\n".join(rows).encode()).hexdigest()

    def find(self, text: str, correct: Callable[[str], str | None] | None = None) -> list[TermMatch]:
        """Return the concepts of ``text``, the longest where they overlap, in order of place.

        ``correct`` may give the word that a misspelt Latin word stands for (corpus/misspelling.py).
        """
        longest = sorted(self._matches(text, correct), key=lambda match: (-len(match.span), match.span.start))
        chosen: list[TermMatch] = []
        for match in longest:
            if all(match.span.end <= other.span.start or other.span.end <= match.span.start for other in chosen):
                chosen.append(match)
        return sorted(chosen, key=lambda match: match.span)

    def find_all(self, text: str) -> list[TermMatch]:
        """Return every concept of ``text``, those within longer ones too, in order of place."""
        return sorted(self._matches(text), key=lambda match: match.span)

    def narrower(self, concept_id: str) -> tuple[str, ...]:
        """Return the ids of all concepts that are kinds of this one, kinds of kinds too, nearest first."""
        found: dict[str, None] = {}
        waiting = list(self._narrower.get(concept_id, ()))
        while waiting:
            following = waiting.pop(0)
            if following not in found:
                found[following] = None
                waiting += self._narrower.get(following, ())
        return tuple(found)

    def chinese_forms(self) -> Iterator[str]:
        """Yield the correct forms that are Chinese throughout, normalised, for segmentation."""
        for concept in self.concepts:
            for form in (concept.zh, *concept.zh_also):
                normal = normalise_text(form)
                if re.fullmatch(rf"[{HAN}]{{2,}}", normal):
                    yield normal

    def _insert(self, form: str, concept: Concept, misspelled: bool) -> None:
        parts = [unit.text for unit in form_units(form)]
        spellings = [parts]
        # Short hyphenated names are also written as one word: hUC-MSC and hUCMSC, TGF-β and TGFβ.
        if 1 < len(parts) <= 3 and all(part.isascii() for part in parts) and sum(map(len, parts)) <= 12 and " " not in form:
            spellings.append(["".join(parts)])
        for spelling in spellings:
            node = self._root
            for part in spelling:
                node = node.next.setdefault(part, _Node())
            if node.concept is None:
                node.concept, node.misspelled = concept, misspelled

    def _keep_whole(self, form: str, concept: Concept) -> None:
        """Let no blank into an abbreviation whose parts are abbreviations of their own: AD MSC is no AD-MSC."""
        parts = [unit.text for unit in form_units(form)]
        alone = [self._root.next[part].concept if part in self._root.next else None for part in parts]
        if all(other and other is not concept for other in alone):
            node = self._root
            for part in parts:
                node = node.next[part]
            node.whole = True

    def _matches(self, text: str, correct: Callable[[str], str | None] | None = None) -> Iterator[TermMatch]:
        normal = normalise(text)
        found = units(normal.text, correct)
        for first in range(len(found)):
            node = self._root
            for last in range(first, len(found)):
                if last > first and not _joined(normal.text, found[last - 1], found[last]):
                    break
                following = node.next.get(found[last].text)
                if following is None:
                    break
                node = following
                if node.concept and not (node.whole and " " in normal.text[found[first].end : found[last].start]):
                    span = normal.original(found[first].start, found[last].end)
                    mended = any(unit.misspelled for unit in found[first : last + 1])
                    yield TermMatch(node.concept, span, node.misspelled or mended)


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


# Kept: servers look for edited terms at each swap; parsing takes a quarter of a second, reading a tenth of a millisecond.
@lru_cache(maxsize=2)
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


def _joined(normal: str, left: Unit, right: Unit) -> bool:
    """Tell whether two neighbouring units may belong to one term: nothing, a blank, a hyphen or the like between them."""
    return normal[left.end : right.start] in ("", " ", "-", "/", "'", " - ", "(", ")") and not (
        normal[left.end : right.start] in ("(", ")") and not left.text.isascii()
    )


def _read_file(name: str, content: bytes, problems: list[Problem]) -> Iterator[tuple[int, Concept]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(name, f"it isn't UTF-8 (byte {error.start}); save it as 'CSV UTF-8'"))
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if tuple(next(rows, ())) != COLUMNS:
            problems.append(Problem(name, f"the first line must be {','.join(COLUMNS)}", 1))
            return
        for row in rows:
            line = rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(COLUMNS):
                problems.append(Problem(name, f"{len(row)} columns instead of {len(COLUMNS)}", line))
                continue
            concept = _concept(row, Path(name).stem)
            found = list(_row_problems(concept))
            problems += [Problem(name, reason, line) for reason in found]
            if not found:
                yield line, concept
    except csv.Error as error:
        problems.append(Problem(name, f"it isn't valid CSV: {error}", rows.line_num))


def _concept(row: Sequence[str], category: str) -> Concept:
    lists = [tuple(part.strip() for part in cell.split(";") if part.strip()) for cell in row[2:]]
    return Concept(row[0].strip(), row[1].strip(), lists[0], lists[1], lists[2], lists[3], lists[4], category)


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
        key = tuple(unit.text for unit in form_units(form))
        if key in own:
            continue  # a plural or a spelling that the normal form has already
        own.add(key)
        if key in known:
            other, where, at = known[key]
            preferred = key in {tuple(unit.text for unit in form_units(term)) for term in (other,)}
            reason = "is the preferred term" if preferred else "is also a form"
            yield Problem(filename, f"{form!r} {reason} of {other!r} ({where}, line {at})", line)
        else:
            known[key] = (concept.zh, filename, line)


def _broader_problems(places: Sequence[tuple[Concept, str, int]]) -> Iterator[Problem]:
    """Yield what is wrong with broader concepts: names that aren't preferred terms, and circles."""
    broader = {concept.id: concept.broader for concept, _, _ in places}
    for concept, filename, line in places:
        for wider in concept.broader:
            if wider not in broader:
                yield Problem(filename, f"the broader concept {wider!r} is no concept's preferred Chinese term", line)
        circle = _circle(concept.id, broader)
        if circle:
            yield Problem(filename, f"the broader concepts run in a circle: {' > '.join(circle)}", line)


def _circle(start: str, broader: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return a way up from ``start`` that leads back to it, empty where there is none."""
    ways: list[tuple[str, ...]] = [(start, wider) for wider in broader.get(start, ())]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, wider) for wider in broader.get(way[-1], ())]
    return ()
