"""Where two texts contradict each other on what was asked: both are shown, and the answer says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.matching import normalise_text
from index.generations.opening import Generation
from qa.model import Chosen, Citation, Conflict, Hit
from qa.retrieval.ranking import Ranked
from qa.retrieval.wording import Wording
from qa.statements.reader import Statement, StatementReader
from qa.verification.consistency import check
from qa.verification.difference import Difference

_LOOKED_AT = 3  # chosen sentences that an opposite is looked for
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two sentences that contradict each other, as chosen, and what they differ in."""

    one: Chosen
    other: Chosen
    about: str


def with_opposites(
    chosen: Sequence[Chosen], shown: Sequence[Ranked], wording: Wording, reader: StatementReader, generation: Generation
) -> tuple[tuple[Chosen, ...], tuple[Dispute, ...]]:
    """Return ``chosen`` with the sentences of other passages ``shown`` that say the opposite, and the disputes.

    Two sentences are looked at only if they say nearly the same in the same words, below headings that have the same of
    the question's words: what differs between them is then what they dispute, and not that they speak of different things.
    """
    kept = list(chosen)
    disputes: list[Dispute] = []
    for one in chosen[:_LOOKED_AT]:
        said: Statement | None = None
        for place, item in enumerate(shown):
            first = shown[one.place]
            if item.passage.id == first.passage.id or _of_others(first.candidate, item.candidate, wording):
                continue
            for evidence in item.sentences:
                if not _repeats(one.evidence.reading, evidence.reading):
                    continue
                said = said or reader.read_held(one.evidence.reading)
                found = _disputed(said, reader.read_held(evidence.reading), reader, generation)
                if found is None:
                    continue
                other = Chosen(place, evidence)
                known = any({one, other} == {dispute.one, dispute.other} for dispute in disputes)
                if not known:
                    disputes.append(Dispute(one, other, found))
                if not any((mine.place, mine.evidence.span) == (place, evidence.span) for mine in kept):
                    kept.append(other)
    return tuple(kept), tuple(disputes)


def _of_others(one: int, other: int, wording: Wording) -> bool:
    """Tell whether a word of the question stands above one candidate, and nowhere in the other or above it."""
    pairs = ((one, other), (other, one))
    return any(bool(((wording.headings[here] > 0) & (wording.held[there] == 0)).any()) for here, there in pairs)


def _repeats(one: str, other: str) -> bool:
    """Tell whether two sentences say nearly the same in the same words: most pairs of characters of the shorter one."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) >= _ALIKE * max(min(len(first), len(second)), 1)


@lru_cache(maxsize=5000)  # the same sentences of the corpus are chosen from again and again
def _pairs(sentence: str) -> frozenset[str]:
    letters = "".join(character for character in normalise_text(sentence) if character.isalnum())
    return frozenset(letters[place : place + 2] for place in range(max(len(letters) - 1, 1)))


def _disputed(one: Statement, other: Statement, reader: StatementReader, generation: Generation) -> str | None:
    found = [item for item in check(one, other, reader.terms, glossary=generation.glossary) if item.contradicts]
    return _words(found[0]) if found else None


def _words(difference: Difference) -> str:
    parts = [part for part in (difference.found, difference.expected) if part]
    return " / ".join(parts) or difference.kind


def conflicts(disputes: Sequence[Dispute], hits: Sequence[Hit], citations: Sequence[Citation]) -> tuple[Conflict, ...]:
    """Return the disputes whose sentences both are cited, by the numbers of their citations."""
    numbers = {(item.passage.id, item.span): item.number for item in citations}
    made = []
    for dispute in disputes:
        keys = [(hits[item.place].passage.id, item.evidence.span) for item in (dispute.one, dispute.other)]
        if all(key in numbers for key in keys):
            made.append(Conflict((numbers[keys[0]], numbers[keys[1]]), dispute.about))
    return tuple(made)
