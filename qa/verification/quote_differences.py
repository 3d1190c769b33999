"""What differs between a quote and the text beside it, in words: a number, a negation, a name, a direction, other words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.model import Document, Span
from qa.statements.clauses import negation_marks
from qa.statements.quantities import Quantity, same_quantity
from qa.statements.reader import ARROW, Statement, StatementReader, directions_of
from qa.statements.signs import APART
from qa.verification.alignment import Alignment
from qa.verification.difference import Kind
from qa.verification.loose_form import LooseForm
from qa.verification.model import TextDifference
from qa.verification.quote_index import QuoteIndex

_AROUND = 40  # characters of the document read around the aligned text, so that words at its ends are whole
# Characters of a loose form that numbers are made of; Roman ones only beside what keeps two apart.
_NUMBER_PART = re.compile(r"[\d.\-−:/^×%‰]")
_APART_PART = re.compile(rf"[\d.\-−:/^×%‰{APART}ivx]")
Gap = tuple[int, int, int, int]  # from, to in the quote, from, to in the text
_SENTENCE_END = re.compile(r"[。！？!?\n]")


@dataclass(frozen=True, slots=True)
class _Side:
    """A text taken apart: where its numbers, names and negations stand."""

    numbers: tuple[Quantity, ...]
    names: tuple[Span, ...]
    negations: tuple[Span, ...]
    words: tuple[Span, ...]


def find_differences(
    quote: str,
    form: LooseForm,
    alignment: Alignment,
    index: QuoteIndex,
    reader: StatementReader,
) -> tuple[TextDifference, ...]:
    """Return the differences of ``quote`` (with its loose ``form``) from the aligned text, in order of place."""
    document, whole = index.original(alignment.text_start, alignment.text_end)
    mine = _read(quote, reader, 0)
    low, high = max(0, whole.start - _AROUND), whole.end + _AROUND
    theirs = _read(document.text[low:high], reader, low)
    found: list[TextDifference] = []
    for start, end, text_start, text_end in _whole_numbers(_merged(alignment.gaps()), form.text, index.text, alignment):
        own = form.original(start, end)
        other = index.original(text_start, text_end)[1] if text_start < text_end else _beside(alignment, start, end, index)
        found.append(_difference(quote, document, own.trimmed(quote) or own, other, mine, theirs))
    return tuple(found)


def _beside(alignment: Alignment, start: int, end: int, index: QuoteIndex) -> Span:
    """Return where the text would say what only the quote says: before its first run, after its last, or between two.

    At the ends it is as much text as the quote has there, within the sentence.
    """
    first, last = alignment.runs[0], alignment.runs[-1]
    document, whole = index.original(alignment.text_start, alignment.text_end)
    if end <= first.quote:
        before = document.text[max(0, whole.start - (end - start)) : whole.start]
        marks = list(_SENTENCE_END.finditer(before))
        return Span(whole.start - len(before) + (marks[-1].end() if marks else 0), whole.start)
    if start >= last.quote + last.length:
        after = document.text[whole.end : whole.end + end - start]
        mark = _SENTENCE_END.search(after)
        return Span(whole.end, whole.end + (mark.start() if mark else len(after)))
    run = next(item for item in alignment.runs if item.quote >= end)
    place = index.original(run.text, run.text + 1)[1].start
    return Span(place, place)


def _difference(quote: str, document: Document, own: Span, other: Span, mine: _Side, theirs: _Side) -> TextDifference:
    kind: Kind = "words"
    numbers = _touching((item.span for item in mine.numbers), own), _touching((item.span for item in theirs.numbers), other)
    names = _touching(mine.names, own), _touching(theirs.names, other)
    if any(numbers) and not _same_values(mine, theirs, *numbers):
        kind, own, other = "number", _around(own, numbers[0]), _around(other, numbers[1])
    elif any(names):
        kind, own, other = "name", _around(own, names[0]), _around(other, names[1])
    elif _touching(mine.negations, own) or _touching(theirs.negations, other):
        kind = "negation"
    elif any(directions_of(said) or ARROW.search(said) for said in (own.of(quote), other.of(document.text))):
        kind = "direction"
    if kind in ("words", "direction") and len(own) and len(other):
        # A character of a word says nothing: 通 for 越 is 通过 for 越过.
        own, other = _around(own, _touching(mine.words, own)), _around(other, _touching(theirs.words, other))
    return TextDifference(kind, other.of(document.text), own.of(quote), other, own)


def _read(text: str, reader: StatementReader, shift: int) -> _Side:
    statement: Statement = reader.read(text)
    return _Side(
        tuple(replace(item, span=_shifted(item.span, shift)) for item in statement.numbers),
        tuple(_shifted(item.span, shift) for item in statement.names),
        tuple(_shifted(span, shift) for span in negation_marks(text)),
        tuple(_shifted(span, shift) for _, span in statement.tokens),
    )


def _same_values(mine: _Side, theirs: _Side, own: Sequence[Span], other: Sequence[Span]) -> bool:
    """Tell whether the touched numbers are only written otherwise (三种, 3 种)."""
    ones = [item for item in mine.numbers if item.span in own]
    others = [item for item in theirs.numbers if item.span in other]
    return len(ones) == len(others) and all(same_quantity(one, two) for one, two in zip(ones, others, strict=True))


def _merged(gaps: Iterable[Gap]) -> list[Gap]:
    """Return ``gaps`` with those joined that a single agreeing character keeps apart."""
    merged: list[Gap] = []
    for gap in gaps:
        if merged and gap[0] - merged[-1][1] <= 1:
            before = merged.pop()
            gap = (before[0], gap[1], before[2], gap[3])
        merged.append(gap)
    return merged


def _whole_numbers(gaps: list[Gap], quote: str, text: str, alignment: Alignment) -> list[Gap]:
    """Return ``gaps`` widened to the numbers in which they lie: 1、2 against 12 rather than 、 against nothing."""
    widened: list[Gap] = []
    for number, gap in enumerate(gaps):
        start, end, text_start, text_end = gap
        least = widened[-1][1] if widened else alignment.start
        most = gaps[number + 1][0] if number + 1 < len(gaps) else alignment.end
        differing = quote[start:end] + text[text_start:text_end]
        part = _APART_PART if APART in differing else _NUMBER_PART
        if all(part.match(character) for character in differing):
            while start > least and text_start > alignment.text_start and part.match(quote[start - 1]):
                start, text_start = start - 1, text_start - 1
            while end < most and text_end < alignment.text_end and part.match(quote[end]):
                end, text_end = end + 1, text_end + 1
        widened.append((start, end, text_start, text_end))
    return widened


def _touching(spans: Iterable[Span], place: Span) -> list[Span]:
    if len(place):
        return [span for span in spans if span.overlaps(place)]
    return [span for span in spans if span.start < place.start < span.end]


def _around(place: Span, spans: Sequence[Span]) -> Span:
    return Span(min([place.start, *(span.start for span in spans)]), max([place.end, *(span.end for span in spans)]))


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
