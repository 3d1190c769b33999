"""Where each piece of a claim is met in its evidence: by the same word, its concept, a translation, or a near meaning."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.matching import normalise
from corpus.model import Span
from corpus.term_base import TermBase
from index.engines.glossing import glosses
from qa.statements.marks import SENSE
from qa.statements.names import is_named, with_broader
from qa.statements.quantities import same_quantity
from qa.statements.reader import Statement
from qa.verification.difference import Context, Glossary
from qa.verification.pieces.nearness import Nearness
from qa.verification.pieces.translations import translations
from qa.verification.pieces.units import Unit

How = Literal["same", "term", "translated", "scale", "near", "context", "missing"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A unit of the claim, how it is met, where in the evidence (best first; none in context), and how near by vectors."""

    unit: Unit
    how: How
    places: tuple[Span, ...]
    nearness: float


class Meeter:
    """Meets units with one piece of evidence and what surrounds it."""

    def __init__(
        self, claim: Statement, evidence: Statement, near: Nearness, around: Context, terms: TermBase, glossary: Glossary
    ) -> None:
        self.claim = claim
        self.evidence = evidence
        self.near = near
        self.around = around
        self.terms = terms
        self.glossary = glossary
        self._form = normalise(evidence.text)
        self._words: dict[str, list[Span]] = {}
        for word, span in evidence.tokens:
            self._words.setdefault(word, []).append(span)

    def meet(self, unit: Unit) -> Meeting:
        """Return where ``unit`` is met; 'missing' where nowhere, however near a word of the evidence may be."""
        cosine, nearest = self.near.to(unit.span)
        for how, places in self._ways(unit):
            if how in ("translated", "scale"):
                places = [place for place in places if self.near.between(unit.span, place) >= self._least(unit, how, place)]
            if places:
                ordered = sorted(set(places), key=lambda place: (-self.near.between(unit.span, place), place))
                return Meeting(unit, how, tuple(ordered), cosine)
        if unit.sort in ("term", "name") and is_named(unit.key, with_broader(self.around.names, self.terms), self.terms):
            return Meeting(unit, "context", (), cosine)
        if unit.sort == "word" and self._is_around(unit):
            return Meeting(unit, "context", (), cosine)
        return Meeting(unit, "missing", (nearest,) if nearest else (), cosine)

    def _least(self, unit: Unit, how: How, place: Span) -> float:
        """Return how near by vectors a word must come that is another one: in one language more than across two."""
        written, found = unit.span.of(self.claim.text), place.of(self.evidence.text)
        if written.isascii():
            return _ACROSS if how == "translated" else -1.0
        return _WITHIN if how == "scale" or set(written) & set(found) else _OTHER

    def _ways(self, unit: Unit) -> Iterator[tuple[How, list[Span]]]:
        if unit.sort == "number":
            yield "same", self._numbers(unit)
            return
        if unit.sort == "term":
            yield "term", [place for place in self._concept(unit.key) if self._same_number(unit, place)]
        if unit.sort == "name":
            yield "same", self._written(unit)
        yield "same", self._same(unit)
        if unit.sort == "name" and any(map(str.isdigit, unit.key)):
            return  # HSP70 is no other heat shock protein
        yield "scale", self._scale(unit)
        told = any(mark.scale != SENSE for mark in unit.marks)
        if not told or self.claim.text[unit.span.start].isascii():
            yield "translated", self._translated(unit)  # a Chinese word of a scale is met by one of the same end alone

    def _numbers(self, unit: Unit) -> list[Span]:
        own = [number for number in self.claim.numbers if number.span == unit.span]
        return [other.span for other in self.evidence.numbers if any(same_quantity(number, other) for number in own)]

    def _concept(self, key: str) -> list[Span]:
        places = [span for other, span in self.evidence.places if other == key or key in with_broader([other], self.terms)]
        parts = self.terms.parts(key).largest
        if not places and len(parts) > 1:
            found = [[span for other, span in self.evidence.places if other == part] for part in parts]
            places = [spans[0] for spans in found if spans] if all(found) else []
        return places

    def _same(self, unit: Unit) -> list[Span]:
        if unit.key in self._words:
            return self._words[unit.key]
        written = normalise(unit.span.of(self.claim.text)).text
        if written.isascii():
            return []
        found, start = [], self._form.text.find(written)
        while start >= 0:
            found.append(self._form.original(start, start + len(written)))
            start = self._form.text.find(written, start + 1)
        return found

    def _same_number(self, unit: Unit, place: Span) -> bool:
        """Tell whether no other number follows the term in the evidence: HSP70 isn't met by 热休克蛋白47."""
        number = re.match(r"[-\s]?(\d+)(?![\d%.])", self.evidence.text[place.end : place.end + 6])
        written = unit.span.of(self.claim.text)
        after = self.claim.text[unit.span.end : unit.span.end + 6]
        return not number or number[1] in written or number[1] in after or not any(map(str.isdigit, written + after[:3]))

    def _written(self, unit: Unit) -> list[Span]:
        """Return where a Latin name stands however its parts are joined: TGF-β and TGF- ·β, RNAs and RNA."""
        written = normalise(unit.span.of(self.claim.text)).text
        parts = [re.escape(part) for part in re.findall(r"[a-z]+|\d+", written)]
        if not parts:
            return []
        if len(parts[-1]) > 2 and parts[-1].endswith("s"):
            parts[-1] = f"{parts[-1][:-1]}s?"
        loose = len(written) >= _LONG and written.isalpha()
        before, after = ("", "") if loose else (r"(?<![a-z0-9])", r"(?![a-z0-9])")
        pattern = before + r"[\W_]{0,4}".join(parts) + after
        return [self._form.original(*match.span()) for match in re.finditer(pattern, self._form.text)]

    def _scale(self, unit: Unit) -> list[Span]:
        ends = {mark.place for mark in unit.marks if mark.span.contains(unit.span)}
        return [mark.span for mark in self.evidence.marks if mark.place in ends]

    def _is_around(self, unit: Unit) -> bool:
        """Tell whether what surrounds the evidence has a plain word, or one that translates it."""
        words = {unit.key} | _meanings(unit.key) | set(self.glossary.get(unit.key, ()))
        return not unit.marks and bool(words & self.around.words)

    def _translated(self, unit: Unit) -> list[Span]:
        written = unit.span.of(self.claim.text)
        words = _meanings(unit.key) | _meanings(written.casefold())
        found = [span for word in words for span in self._words.get(word, ())]
        for stem in {unit.key, *(word for word in words if word.isascii())}:
            found += [span for word in self.glossary.get(stem, ()) for span in self._words.get(word, ())]
        for word, spans in self._words.items():
            if not word.isascii() and (unit.key in _meanings(word) or words & _meanings(word)):
                found += spans
        return found


@lru_cache(maxsize=8192)
def _meanings(word: str) -> frozenset[str]:
    """Return what a word translates to: Chinese words of an English stem, English stems of a Chinese word."""
    learned: Mapping[str, frozenset[str]] = translations()
    if word.isascii():
        return learned.get(word, frozenset())
    return learned.get(word, frozenset()) | {key for key, senses in glosses([word]).items() if senses[word] >= _SENSE}


# The least nearness by vectors of an English word's translation, of a Chinese word of the same sense or that shares a
# character, and of any other Chinese word that only a translation has in common (预防 and 保护).
_ACROSS, _WITHIN, _OTHER = 0.12, 0.3, 0.5
_LONG = 4  # letters from which a name is known within a longer run of them
_SENSE = 0.33  # the least part that a stem is of a dictionary's sense
