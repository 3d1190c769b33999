"""What the edges of a quote cut through: a character that stands for more, a number, a word, or a denied clause."""

import re
import unicodedata

from corpus.model import Document, Span
from qa.statements.clauses import read_clauses
from qa.statements.signs import APART, HYPHENS
from qa.verification.difference import Kind
from qa.verification.loose_form import LooseForm
from qa.verification.model import Match, TextDifference
from qa.verification.quote_index import QuoteIndex
from qa.verification.taken_back import AFTER

# A number of a loose form, with all that its value hangs on: −3.1, ≥5%, 5-10, 1:2, 1×10^−6.
_VALUE = re.compile(r"(?:[−±<>≤≥][$€¥£]?)?\.?\d+(?:[%‰]?[-./:^×~][−+]?\.?\d+)*[%‰]?")
_WINDOW = 40  # characters on both sides of an edge in which its number is looked for
_WORD = re.compile("[a-z0-9à-ɏ]")
_NUMERAL = re.compile("[0-9〇零一二两三四五六七八九十百千万亿]")
_SCALES = "万亿"


def find_cut(quote: str, form: LooseForm, place: int, match: Match, index: QuoteIndex) -> TextDifference | None:
    """Return what ``quote``, whose loose ``form`` stands at ``place`` of the index's text, has cut off, or None."""
    end = place + len(form.text)
    document = index.documents[index.number_at(place)]
    if split := _split(quote, match, index, place, end):
        return split
    for edge, inside in ((place, match.span.start), (end, match.span.end - 1)):
        low, high = _whole(index, edge)
        if low < edge < high:
            whole = index.original(low, high)[1]
            kept = form.original(max(low, place) - place, min(high, end) - place)
            kind: Kind = "number" if document.text[inside].isnumeric() else "name"
            return TextDifference(kind, whole.of(document.text), kept.of(quote), whole, kept)
    return _denied(match, document) or _denied_after(match, index, place)


def _split(quote: str, match: Match, index: QuoteIndex, start: int, end: int) -> TextDifference | None:
    """Return the character of which a quote at ``index.text[start:end]`` has only a part (I of Ⅲ, b of β), or None."""
    first = index.splits(start)
    if not first and not index.splits(end):
        return None
    spans = (match.span, match.quote_span)
    place, found = (Span(span.start, span.start + 1) if first else Span(span.end - 1, span.end) for span in spans)
    expected = match.text[0 if first else -1]
    kind: Kind = "name" if unicodedata.numeric(expected, None) is None else "number"
    return TextDifference(kind, expected, found.of(quote), place, found)


def _whole(index: QuoteIndex, edge: int) -> tuple[int, int]:
    """Return from where to where of ``index.text`` the number or word around ``edge`` goes: nowhere if it is between two."""
    low = high = edge
    window = max(0, edge - _WINDOW)
    for match in _VALUE.finditer(index.text, window, edge + _WINDOW):
        if match.start() < edge < match.end():
            low, high = match.span()
    if low < high or _joined(index, edge):
        while _joined(index, low):
            low -= 1
        while _joined(index, high):
            high += 1
    return low, high


def _joined(index: QuoteIndex, place: int) -> bool:
    """Tell whether the characters on both sides of ``place`` belong to one number or Latin word."""
    left, right = place - 1, place
    if not 0 < place < len(index.text):
        return False
    left, right = left - (index.text[left] == APART), right + (index.text[right] == APART)
    before, after = index.text[left], index.text[right]
    words = _WORD.match(before) and _WORD.match(after)
    if not words and not (_NUMERAL.match(before) and _NUMERAL.match(after)):
        return False
    between = index.between(left, right)
    if between == "":
        return right - left == 1 and (before.isdecimal() or not index.is_raised(right))
    if words:
        numerals = between == "/" and right - left > 1  # Ⅰ/Ⅱ
        return between in HYPHENS or numerals or (between == "," and before.isdecimal() and after.isdecimal())
    return after in _SCALES and not between.strip()


_AFTER = 60  # characters of the reading after a quote that are looked at


def _denied_after(match: Match, index: QuoteIndex, place: int) -> TextDifference | None:
    """Return what takes back the statement that a quote ends with, and that the quote has cut off, or None."""
    number = index.number_at(place)
    reading = index.readings[number]
    after = reading.to_read(match.span.end)
    found = AFTER.match(reading.text[after : after + _AFTER])
    if not found:
        return None
    span = reading.to_raw(after, after + found.end())
    quoted = Span(match.quote_span.end, match.quote_span.end)
    return TextDifference("negation", span.of(index.documents[number].text), "", span, quoted)


def _denied(match: Match, document: Document) -> TextDifference | None:
    """Return the negation that a quote which begins within a denied clause has cut off, or None."""
    text, start, end = document.text, match.span.start, match.span.end
    line = text.rfind("\n", 0, start) + 1
    begin = max(line, max(text.rfind(mark, line, start) for mark in "。！？") + 1)
    for clause in read_clauses(text[begin : end + 1]):
        here = Span(clause.span.start + begin, clause.span.end + begin)
        if clause.mark and here.start < start < here.end <= end and clause.mark.end + begin <= start:
            mark = Span(clause.mark.start + begin, clause.mark.end + begin)
            return TextDifference("negation", mark.of(text), "", mark, Span(match.quote_span.start, match.quote_span.start))
    return None
