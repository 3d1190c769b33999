"""The bilingual term base: concepts with all their names, and finding them in texts of either language.

Its files are read by corpus/term_files.py. Traditional spellings need no form of their own (corpus/matching.py).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from corpus.matching import HAN, Normalised, normalise, normalise_text
from corpus.model import Span
from corpus.words import Unit, form_units, units

Weight = Literal["light", "plain", "decisive"]
Direction = Literal["up", "down"]

_HYPHENATED = re.compile(r"\S+-\S+")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing and all its names; ``id`` is its preferred Chinese term, ``broader`` the ids of what it is a kind of.

    ``definite`` tells whether it is one thing told from others, such as a disease, a cell or a route, and no kind of many.
    ``weight`` is what it weighs in a claim: a sentence without a ``decisive`` one can't support the claim, however much else
    it shares; that it lacks a ``light`` one counts less. ``direction`` is set where naming it says that something goes that
    way: any other word for going there says so too.
    """

    zh: str
    en: str
    abbreviations: tuple[str, ...]
    zh_also: tuple[str, ...]
    en_also: tuple[str, ...]
    misspelled: tuple[str, ...]
    broader: tuple[str, ...]
    category: str
    definite: bool
    weight: Weight = "plain"
    direction: Direction | None = None

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


@dataclass(frozen=True, slots=True)
class Parts:
    """The ids of the concepts within a name: all of them, and the definite ones that lie in no larger one."""

    every: tuple[str, ...]
    largest: tuple[str, ...]


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
        self._parts: dict[str, Parts] = {}
        self.fingerprint = hashlib.sha256("\n".join(sorted(map(_row, concepts))).encode()).hexdigest()

    def find(
        self, text: str, correct: Callable[[str], str | None] | None = None, normal: Normalised | None = None
    ) -> list[TermMatch]:
        """Return the concepts of ``text``, the longest where they overlap, in order of place.

        ``correct`` may give the word that a misspelt Latin word stands for (corpus/misspelling.py); ``normal`` is the normal
        form of ``text`` where that is known.
        """
        longest = sorted(
            self._matches(normal or normalise(text), correct), key=lambda match: (-len(match.span), match.span.start)
        )
        chosen: list[TermMatch] = []
        for match in longest:
            if all(match.span.end <= other.span.start or other.span.end <= match.span.start for other in chosen):
                chosen.append(match)
        return sorted(chosen, key=lambda match: match.span)

    def find_all(self, text: str) -> list[TermMatch]:
        """Return every concept of ``text``, those within longer ones too, in order of place."""
        return sorted(self._matches(normalise(text)), key=lambda match: match.span)

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

    def parts(self, name: str) -> Parts:
        """Return the concepts within a concept's preferred term, or another name, without itself: MSC within BM-MSC."""
        held = self._parts.get(name)
        if held is None:
            held = self._parts_of(name)
            if name in self.by_id:  # other names are what somebody wrote, and not kept
                self._parts[name] = held
        return held

    def chinese_forms(self) -> Iterator[str]:
        """Yield the correct forms that are Chinese throughout, normalised, for segmentation."""
        for concept in self.concepts:
            for form in (concept.zh, *concept.zh_also):
                normal = normalise_text(form)
                if re.fullmatch(rf"[{HAN}]{{2,}}", normal):
                    yield normal

    def _parts_of(self, name: str) -> Parts:
        inner = [match for match in self.find_all(name) if match.concept.id != name]
        largest = [
            match
            for match in inner
            if not any(other.span.contains(match.span) and other.span != match.span for other in inner)
        ]
        return Parts(
            tuple(dict.fromkeys(match.concept.id for match in inner)),
            tuple(dict.fromkeys(match.concept.id for match in largest if match.concept.definite)),
        )

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

    def _matches(self, normal: Normalised, correct: Callable[[str], str | None] | None = None) -> Iterator[TermMatch]:
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


def _joined(normal: str, left: Unit, right: Unit) -> bool:
    """Tell whether two neighbouring units may belong to one term: nothing, a blank, a hyphen or the like between them."""
    return normal[left.end : right.start] in ("", " ", "-", "/", "'", " - ", "(", ")") and not (
        normal[left.end : right.start] in ("(", ")") and not left.text.isascii()
    )


def _row(concept: Concept) -> str:
    """Return all that a concept says, for the fingerprint."""
    said = (concept.category, str(concept.definite), concept.weight, concept.direction or "")
    return "\x1f".join((*concept.forms, "", *concept.broader, "", *said))
