"""What a question names and no text does: names, codes, diseases, cells, molecules and treatments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.categories import SOUGHT
from corpus.matching import HAN
from corpus.model import Span
from corpus.words import is_word
from index.generations.opening import Generation
from qa.questions.query import Group, Query
from qa.questions.wants import COMPARES, read_wants
from qa.retrieval.candidates import Candidates

ALIKE = 0.75  # the cosine of what means the same
_NAME = re.compile(r"[A-Za-z]+[-.]?\d|\d[A-Za-z]|[A-Z]{2}")
_PARTS = re.compile(r"[-/+–—]|['’]s\b")
_HAN = re.compile(f"[{HAN}]")
_PROPER = re.compile(r"[A-Z][a-z]{2}")
_WITHIN = re.compile(r"[a-z0-9,'’)] $")  # before a word within a sentence
_CAPITALS = 0.5  # of so many capitalised words, a question is a title, and capitals tell nothing


@dataclass(frozen=True, slots=True)
class Absence:
    """The spans of a question that name what no text does, whether that ``decides``, and whether a number stands nowhere.

    It decides where a disease, cell, molecule, treatment, name or code of a question for one thing stands nowhere, or all
    that it names do. What the texts say of others then answers nothing, however well it fits otherwise.
    """

    names: tuple[Span, ...] = ()
    decides: bool = False
    counts: bool = False


def find_absence(query: Query, candidates: Candidates, generation: Generation) -> Absence:
    """Return what ``query`` names and ``generation`` doesn't; looked up once for each question."""
    nowhere = _nowhere(query, candidates, generation)
    subjects = _subjects(query, nowhere, generation)
    named = [(group.span, cosine) for group, cosine in nowhere if _is_absent_name(group, query, generation)]
    others = [span for span, _ in named if not any(map(span.overlaps, subjects))]
    if len(read_wants(query)) == 1:
        decides = bool(subjects) or any(cosine < ALIKE for _, cosine in named)
    else:
        asked = [group.span for group in query.groups if _names_one(group)]
        decides = bool(subjects) and all(any(span.contains(one) for span in subjects) for one in [*asked, *query.names])
    counts = any(group.label.isdecimal() for group, _ in nowhere)  # people over 85
    return Absence(tuple(sorted([*subjects, *others])), decides, counts)


def _is_absent_name(group: Group, query: Query, generation: Generation) -> bool:
    """Tell whether ``group`` is a name that stands nowhere; a compound (DDX4-positive) does where such a part does."""
    return _is_name(group, query) and not all(_stands_anywhere(part, generation) for part in _name_parts(group.label))


def _name_parts(label: str) -> list[str]:
    """Return the parts of ``label`` that are names themselves; a single one is, since all of it is."""
    parts = [part for part in _PARTS.split(label) if part]
    return [part for part in parts if _NAME.search(part)] if len(parts) > 1 else parts


def _subjects(query: Query, nowhere: Sequence[tuple[Group, float]], generation: Generation) -> list[Span]:
    """Return the spans of the diseases, cells, molecules and treatments of ``query``, by form too, that no text names."""
    far = [group for group, cosine in nowhere if cosine < ALIKE]
    by_form = [
        span
        for span in query.names
        if any(span.contains(group.span) for group in far) and not _stands_anywhere(span.of(query.text), generation)
    ]
    known = [
        group.span for group in far if _names_one(group) and not _stands_anywhere(group.span.of(query.text), generation)
    ]
    return [*by_form, *(span for span in known if not any(name.contains(span) for name in by_form))]


def _nowhere(query: Query, candidates: Candidates, generation: Generation) -> list[tuple[Group, float]]:
    """Return the groups of ``query`` whose words stand nowhere, each with how near the nearest token comes to it."""
    nearest = candidates.meaning.max(axis=0, initial=0.0)
    return [
        (group, float(cosine))
        for group, cosine in zip(query.groups, nearest, strict=True)
        if not any(key in generation.features.vocabulary for key in group.alternatives)
        and not COMPARES.fullmatch(group.label)
    ]


def _stands_anywhere(name: str, generation: Generation) -> bool:
    """Tell whether some text holds ``name``, letter by letter: a segmenter may have cut it otherwise there."""
    forms = {name, name.upper(), name.lower(), name.capitalize()}
    return any(
        form in text
        for document in generation.documents.values()
        for text in (document.title, document.text)
        for form in forms
    )


def _names_one(group: Group) -> bool:
    """Tell whether ``group`` is a definite disease, cell, molecule or treatment that is asked about."""
    return group.definite and group.category in SOUGHT and group.weight == 1.0


def _is_name(group: Group, query: Query) -> bool:
    return group.origin == "word" and (_NAME.search(group.label) is not None or _is_proper(group, query))


def _is_proper(group: Group, query: Query) -> bool:
    """Tell whether a Latin word is written as a name is: Germany, Neuralink.

    In English within a sentence only, where a capital tells; among Chinese anywhere, but for words that English has.
    """
    text = query.text
    if _HAN.search(text):
        return bool(_PROPER.match(group.label)) and group.common == 0.0 and not is_word(group.label.lower())
    if group.common == 1.0 or not _PROPER.match(group.label) or not _WITHIN.search(text[: group.span.start]):
        return False
    # Whether others than the first, the terms and this one are written so, too.
    terms = [other.span for other in query.groups if other.origin == "concept" or other is group]
    words = [
        found[0]
        for found in re.finditer(r"[A-Za-z]{3,}", text)
        if text[: found.start()].strip() and not any(span.start <= found.start() < span.end for span in terms)
    ]
    return sum(word[0].isupper() for word in words) <= _CAPITALS * len(words)
