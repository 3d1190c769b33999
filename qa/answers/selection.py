"""Which sentences make the answer: the best for each thing that the question wants.

Nothing is embedded again: the question's token vectors are there, and a want is a part of them (qa/questions/wants.py).
"""

import re
from collections.abc import Sequence

from corpus.model import Passage
from index.arrays import Floats
from index.generations.passage_table import asks
from qa.answers.want_scores import Asked, subjects_named, want_scores, whole_scores
from qa.model import Chosen, Evidence
from qa.questions.wants import Want, read_wants
from qa.retrieval.ranking import Ranked, evidence_at

_PASSAGES = 5
_MOST_SENTENCES, _MOST_OF_A_LIST = 3, 5
_MOST_ITEMS = 12  # of a list that answers as a whole
# A further sentence joins if its score comes this close to the first one's: for a fact one of another passage, for a list.
_CLOSE, _CLOSE_IN_LIST, _CLOSE_IN_SECTION = 0.95, 0.97, 0.90
# Where a list is wanted, a sentence that enumerates is worth this much more.
_ENUMERATION = 1.08
# A sentence chosen before answers a further part too if its score comes this close to the best one's for it.
_AS_GOOD = 0.95
_ENUMERATES = re.compile(
    r"、[^、]*、|、[^、，。；]*(?:和|以及|及)|[：:][^；。]*[，；][^；。]*[，；]|一种是|一方面|一是|；[^；]*；|, [^,]*,? and "
)


def select(asked: Asked, shown: Sequence[Ranked]) -> tuple[Chosen, ...]:
    """Return the sentences of the answer in reading order, all of them from the passages ``shown``, best first."""
    wants = read_wants(asked.query)
    shown = shown[:_PASSAGES]
    if len(wants) == 1 and not wants[0].side:
        offered = [Chosen(place, sentence) for place, item in enumerate(shown) for sentence in item.sentences]
        chosen = _with_company(offered, wants[0], shown)
        if whole := _whole_list(chosen[0], wants[0], asked, shown):
            return whole
    else:
        chosen = []
        for want in wants:
            chosen = _add_want(chosen, want, asked, shown)
    most = _MOST_OF_A_LIST if len(wants) > 1 or wants[0].lists else _MOST_SENTENCES
    chosen = chosen[:most]
    first_of = {item.place: number for number, item in reversed(list(enumerate(chosen)))}
    return tuple(sorted(chosen, key=lambda item: (first_of[item.place], item.evidence.span)))


def _whole_list(first: Chosen, want: Want, asked: Asked, shown: Sequence[Ranked]) -> tuple[Chosen, ...]:
    """Return all items of the list that ``first`` is of where the list answers and not that item: none where it doesn't.

    The list answers if a list is asked for, or if what was asked stands in none of the item's own words.
    """
    own = shown[first.place]
    leads = own.passage.context.lead or own.passage.sentences[0].start > own.passage.span.start
    if own.passage.form != "list" or not leads or len(own.passage.sentences) < 2:
        return ()
    units = asked.candidates.sentences.of(own.candidate)
    unit = units.start + own.passage.sentences.index(first.evidence.span)
    if not want.lists and asked.candidates.wording.sentences[unit].any():
        return ()
    items = [Chosen(first.place, evidence) for evidence in own.sentences]
    return tuple(sorted(items, key=lambda item: item.evidence.span)[:_MOST_ITEMS])


def _with_company(offered: Sequence[Chosen], want: Want, shown: Sequence[Ranked]) -> list[Chosen]:
    """Return the best of ``offered``, and others that come close to it."""
    best = max(item.evidence.score for item in offered if item.place == 0)
    # Passages were ranked by more than their sentences' scores, so the first one goes first.
    offered = sorted(offered, key=lambda item: (item.place != 0, -item.evidence.score))
    if want.lists:
        offered = sorted(offered, key=lambda item: -min(item.evidence.score, best) * _worth(item))
    first = offered[0]
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
        if fits and not _is_told(item, chosen):
            chosen.append(item)
    return chosen


def _is_told(item: Chosen, chosen: Sequence[Chosen]) -> bool:
    """Tell whether a sentence of the same words was chosen before, there or elsewhere."""
    return any(item.evidence.reading == other.evidence.reading for other in chosen)


def enumerates(sentence: str) -> bool:
    """Tell whether ``sentence`` lists several things."""
    return bool(_ENUMERATES.search(sentence))


def _worth(item: Chosen) -> float:
    return _ENUMERATION if enumerates(item.evidence.reading) else 1.0


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
    new = [item for item in offered if not _is_told(item, chosen)]
    return [*chosen, new[0]] if new else chosen


def _offered(scores: Floats, want: Want, asked: Asked, shown: Sequence[Ranked]) -> list[Chosen]:
    """Return the sentences of ``shown`` that are about most of what ``want`` is within, from best to worst."""
    named = subjects_named(want, asked)
    units = [
        (place, item.passage, unit)
        for place, item in enumerate(shown)
        for unit in range(*asked.candidates.sentences.of(item.candidate).indices(len(scores)))
    ]
    most = max((int(named[unit]) for _, _, unit in units), default=0)
    offered = []
    for place, passage, unit in units:
        if named[unit] == most and (most or not want.side):
            offered.append(
                Chosen(place, _sentence(passage, int(asked.candidates.sentences.number[unit]), float(scores[unit])))
            )
    return sorted(offered, key=lambda item: -item.evidence.score)


def _sentence(passage: Passage, number: int, score: float) -> Evidence:
    return evidence_at(passage, number, score - asks(passage, number))
