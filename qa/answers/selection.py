"""Which sentences make the answer: the best for each thing that the question wants, readable without their neighbours.

Nothing is embedded again: the question's token vectors are there, and a want is a part of them (qa/questions/wants.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from corpus.matching import normalise_text
from qa.answers.want_scores import Asked, subjects_named, want_scores, whole_scores
from qa.model import Evidence
from qa.questions.wants import Want, read_wants
from qa.retrieval.ranking import Floats, Ranked

_PASSAGES = 5
_MOST_SENTENCES, _MOST_OF_A_LIST = 3, 5
# A further sentence joins if its score comes this close to the first one's: for a fact one of another passage, for a list.
_CLOSE, _CLOSE_IN_LIST, _CLOSE_IN_SECTION = 0.95, 0.97, 0.90
# Where a list is wanted, a sentence that enumerates is worth this much more.
_ENUMERATION = 1.08
# A sentence chosen before answers a further part too if its score comes this close to the best one's for it; one that
# reads alone is taken instead of one that leans on its neighbour if it comes closer still.
_AS_GOOD, _NO_WORSE = 0.95, 0.99


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer and the number of its passage among those shown; ``context`` if it only leads to the next."""

    place: int
    evidence: Evidence
    context: bool = False


def select(asked: Asked, shown: Sequence[Ranked]) -> tuple[Chosen, ...]:
    """Return the sentences of the answer in reading order, all of them from the passages ``shown``, best first."""
    wants = read_wants(asked.query)
    shown = shown[:_PASSAGES]
    if len(wants) == 1 and not wants[0].side:
        offered = [Chosen(place, sentence) for place, item in enumerate(shown) for sentence in item.sentences]
        chosen = _with_company(offered, wants[0], shown)
    else:
        chosen = []
        for want in wants:
            chosen = _add_want(chosen, want, asked, shown)
    most = _MOST_OF_A_LIST if len(wants) > 1 or wants[0].lists else _MOST_SENTENCES
    units: list[list[Chosen]] = []  # a sentence, perhaps with the one that leads to it
    for item in chosen:
        unit = _led_to(item, chosen, shown)
        if sum(map(len, units)) + len(unit) <= most:
            units.append(unit)
    first_of = {unit[-1].place: number for number, unit in reversed(list(enumerate(units)))}
    units.sort(key=lambda unit: (first_of[unit[-1].place], unit[-1].evidence.span))
    return tuple(dict.fromkeys(item for unit in units for item in unit))


def _with_company(offered: Sequence[Chosen], want: Want, shown: Sequence[Ranked]) -> list[Chosen]:
    """Return the best of ``offered``, or one as good that reads alone, and others that come close to it."""
    best = max(item.evidence.score for item in offered if item.place == 0)
    # Passages were ranked by more than their sentences' scores, so the first one goes first.
    offered = sorted(offered, key=lambda item: (item.place != 0, -item.evidence.score))
    if want.lists:
        offered = sorted(offered, key=lambda item: -min(item.evidence.score, best) * _worth(item))
    first = _standing(offered)
    chosen = [first]
    main = shown[first.place].passage
    for item in sorted(offered, key=lambda other: -other.evidence.score * (_worth(other) if want.lists else 1.0)):
        passage = shown[item.place].passage
        if want.lists:
            together = passage.document_id == main.document_id and passage.section_path == main.section_path
            close, most = _CLOSE_IN_SECTION if together else _CLOSE_IN_LIST, _MOST_OF_A_LIST
        else:
            close, most = _CLOSE if item.place != first.place else 1.0, _MOST_SENTENCES
        fits = len(chosen) < most and passage.role == main.role and item.evidence.score >= close * first.evidence.score
        if fits and not any(repeats(item.evidence.text, other.evidence.text) for other in chosen):
            chosen.append(item)
    return chosen


def _worth(item: Chosen) -> float:
    return _ENUMERATION if enumerates(item.evidence.text) else 1.0


def _add_want(chosen: list[Chosen], want: Want, asked: Asked, shown: Sequence[Ranked]) -> list[Chosen]:
    """Return ``chosen`` with the best sentence for ``want``, unless one of them answers it as well."""
    scores = want_scores(want, asked)
    offered = _offered(scores, want, asked, shown)
    have = {(item.place, item.evidence.span) for item in chosen}
    best = max((item.evidence.score for item in offered), default=0.0)
    if any((item.place, item.evidence.span) in have and item.evidence.score >= _AS_GOOD * best for item in offered):
        return chosen
    if want.within and not want.side:  # 'is it safe' says little of what it is about, and the whole question does
        offered = _offered(scores + whole_scores(asked), want, asked, shown)
    new = [item for item in offered if not any(repeats(item.evidence.text, other.evidence.text) for other in chosen)]
    return [*chosen, _standing(new)] if new else chosen


def _offered(scores: Floats, want: Want, asked: Asked, shown: Sequence[Ranked]) -> list[Chosen]:
    """Return the sentences of ``shown`` that are about most of what ``want`` is within, from best to worst."""
    named = subjects_named(want, asked)
    units = [
        (place, item.passage, int(unit))
        for place, item in enumerate(shown)
        for unit in np.flatnonzero(asked.candidates.owner == item.candidate)
    ]
    most = max((int(named[unit]) for _, _, unit in units), default=0)
    offered = []
    for place, passage, unit in units:
        if named[unit] == most and (most or not want.side):
            span = passage.sentences[int(asked.candidates.number[unit])]
            text = span.of(asked.generation.documents[passage.document_id].text)
            offered.append(Chosen(place, Evidence(span, text, float(scores[unit]))))
    return sorted(offered, key=lambda item: -item.evidence.score)


def _standing(offered: Sequence[Chosen]) -> Chosen:
    """Return the first of ``offered``, or where it leans on its neighbour one of its passage that doesn't and is as good."""
    first = offered[0]
    if leans(first.evidence.text):
        for other in offered:
            near = other.place == first.place and other.evidence.score >= _NO_WORSE * first.evidence.score
            if near and not leans(other.evidence.text):
                return other
    return first


def _led_to(item: Chosen, chosen: Sequence[Chosen], shown: Sequence[Ranked]) -> list[Chosen]:
    """Return ``item`` alone, or after the sentence that it leans on where that is in a passage that is shown."""
    before = _before(item, shown) if leans(item.evidence.text) else None
    if before is None or any((other.place, other.evidence.span) == (before.place, before.evidence.span) for other in chosen):
        return [item]
    return [before, item]


def _before(item: Chosen, shown: Sequence[Ranked]) -> Chosen | None:
    """Return the sentence before ``item``, of its passage or of the one before it in the section, as mere context."""
    own = shown[item.place]
    earlier = [(item.place, sentence) for sentence in own.sentences if sentence.span < item.evidence.span]
    for place, other in enumerate(shown):
        same_section = other.passage.document_id == own.passage.document_id
        same_section &= other.passage.section_path == own.passage.section_path
        if same_section and other.row == own.row - 1:
            earlier += [(place, sentence) for sentence in other.sentences]
    if not earlier:
        return None
    place, sentence = max(earlier, key=lambda pair: pair[1].span)
    return Chosen(place, sentence, context=True)


_LEANS = re.compile(
    r"\s*(?:此外|另外|同时|同样|因此|所以|因而|由此|于是|然而|但是|但(?!凡)|不过|而且|并且|相反|例如|比如|其中|其次|最后|到位|随后|之后|接着"
    r"|这(?!一大类)|该|此(?!外)|其(?!他|它|余)|它|他们|她|前者|后者|两者|二者|上述|以上|如此|那么"
    r"|(?:it|its|they|their|them|this|these|those|that|such|both|the (?:former|latter)|however|moreover|furthermore"
    r"|in addition|besides|therefore|thus|hence|also|likewise|for example|for instance|as a result|by contrast)\b)",
    re.I,
)
_ENUMERATES = re.compile(
    r"、[^、]*、|、[^、，。；]*(?:和|以及|及)|[：:][^；。]*[，；][^；。]*[，；]|一种是|一方面|一是|；[^；]*；|, [^,]*,? and "
)
_ALIKE = 0.6


def leans(sentence: str) -> bool:
    """Tell whether ``sentence`` opens with a word that points back ('此外', '该', 'they', 'the former')."""
    return bool(_LEANS.match(sentence))


def enumerates(sentence: str) -> bool:
    """Tell whether ``sentence`` lists several things."""
    return bool(_ENUMERATES.search(sentence))


def repeats(one: str, other: str) -> bool:
    """Tell whether two sentences say nearly the same in the same words: most pairs of characters of the shorter one."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) >= _ALIKE * max(min(len(first), len(second)), 1)


@lru_cache(maxsize=5000)  # the same sentences of the corpus are chosen from again and again
def _pairs(sentence: str) -> frozenset[str]:
    letters = "".join(character for character in normalise_text(sentence) if character.isalnum())
    return frozenset(letters[place : place + 2] for place in range(max(len(letters) - 1, 1)))
