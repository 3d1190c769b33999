"""Checking a quote: whether it is in the corpus to the character, or else what was changed and where its parts are from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.blocks.inline import inline_cuts
from corpus.matching import HAN
from corpus.model import Document, Passage, Span
from corpus.readings import read_span
from index.generations.opening import Generation
from qa.statements.reader import StatementReader
from qa.statements.signs import HYPHENS, MINUS
from qa.verification.alignment import Alignment, align, joined
from qa.verification.edges import find_cut
from qa.verification.loose_form import LooseForm, loosen
from qa.verification.model import Match, QuoteCheck, QuoteError, TextDifference, UnknownDocumentError
from qa.verification.quote_differences import find_differences
from qa.verification.quote_index import QuoteIndex, document_numbers
from qa.verification.translated import find_translated

LONGEST = 2000
_MOST_MATCHES = 20
_NEAREST = 3
# A part of a quote that another place explains is a splice from this many Chinese characters on; Latin letters count less.
_SHORTEST_PART = 8.0
_LATIN_WEIGHT = 0.4
# Less agreement than this with any place is chance: the words of the field occur everywhere.
_RELATED = 0.5
# A quote that leaves out more than this many characters of the text between two of its parts is spliced of them.
_APART = 16
_SPLICED = 0.7

_HAN = re.compile(f"[{HAN}]")


def checked_text(text: str, name: str = "quote") -> str:
    """Return ``text``; raises ``QuoteError`` where it is empty, too long, or no text."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QuoteError(f"The {name} holds half of a surrogate pair, which is no character.")
    if len(text) > LONGEST:
        raise QuoteError(f"The {name} has {len(text)} characters; at most {LONGEST} are checked at once.")
    if not any(character.isalnum() for character in text):
        raise QuoteError(f"The {name} has no letter or digit." if text.strip() else f"The {name} is empty.")
    return text


@dataclass(frozen=True, slots=True)
class _Search:
    """A quote on its way through the corpus; ``numbers`` are those of the documents to search."""

    quote: str
    form: LooseForm
    generation: Generation
    index: QuoteIndex
    numbers: tuple[int, ...]
    reader: StatementReader


def check_quote(
    quote: str, generation: Generation, index: QuoteIndex, reader: StatementReader, document_id: str | None = None
) -> QuoteCheck:
    """Return the verdict on ``quote``, in one document where ``document_id`` names it.

    Raises ``QuoteError`` where the quote can't be checked, ``UnknownDocumentError`` where there is no such document.
    """
    checked_text(quote)
    if document_id is not None and document_id not in generation.documents:
        raise UnknownDocumentError(document_id)
    numbers = tuple(document_numbers(index, document_id))
    if read := _read_raw(quote, index, numbers):
        return _of_raw(check_quote(read, generation, index, reader, document_id), quote)
    search = _Search(quote, loosen(quote), generation, index, numbers, reader)
    length = len(search.form.text)
    places = index.exact(search.form.text, numbers, _MOST_MATCHES) if length else []
    if not places and (held := _after_hyphen(search)):
        search, places = held
        length = len(search.form.text)
    if not places:
        return _of_markup(search, document_id) or _of_translation(search) or _check_altered(search)
    matches = [_match(search, place, place + length, 1.0, 0, length) for place in places]
    cuts = [find_cut(quote, search.form, place, match, index) for match, place in zip(matches, places, strict=True)]
    whole = [match for match, cut in zip(matches, cuts, strict=True) if cut is None]
    if not whole:
        return QuoteCheck("altered", tuple(matches), tuple(cut for cut in cuts[:1] if cut))
    verbatim = [exact for match in whole if (exact := _as_written(match, quote, index)) is not None]
    sure = any(not match.doubtful for match in verbatim)
    return QuoteCheck("verbatim" if sure else "normalised", tuple(verbatim or whole), ())


def _read_raw(quote: str, index: QuoteIndex, numbers: Sequence[int]) -> str:
    """Return what a quote reads that is a slice of a text with line breaks or markup in it; empty where it is none."""
    written = quote.strip()
    for number in numbers:
        document, reading = index.documents[number], index.readings[number]
        place = document.text.find(written, reading.span.start)
        if place >= 0:
            read = reading.of(Span(place, place + len(written)))
            return read if loosen(read).text != loosen(written).text and any(map(str.isalnum, read)) else ""
    return ""


def _of_markup(search: _Search, document_id: str | None) -> QuoteCheck | None:
    """Return the check of a quote that has markup of its own around words that stand in the corpus, None for others."""
    quote = search.quote
    cuts = inline_cuts(quote, 0, len(quote), markdown=True)
    read = read_span(quote, Span(0, len(quote)), cuts).text
    if not cuts or not any(map(str.isalnum, read)) or loosen(read).text == search.form.text:
        return None
    checked = check_quote(read, search.generation, search.index, search.reader, document_id)
    if checked.verdict not in ("verbatim", "normalised"):
        return None
    return replace(_of_raw(checked, quote), verdict="normalised")


def _of_translation(search: _Search) -> QuoteCheck | None:
    """Return that a quote is from a translation beside a text, with the place that this translates, None for others."""
    form = search.form
    if _weight(form.text) < _SHORTEST_PART:
        return None
    found = find_translated(form, search.numbers, search.index.translated)
    whole = form.original(0, len(form.text))
    matches = []
    for block in found[:_MOST_MATCHES]:
        document = search.index.documents[block.number]
        passage = _passage_at(document, block.span.start, search.generation)
        text = block.span.of(document.text)
        matches.append(Match(document.id, passage.id if passage else None, block.span, text, 1.0, whole))
    return QuoteCheck("translation", tuple(matches), ()) if matches else None


def _of_raw(checked: QuoteCheck, quote: str) -> QuoteCheck:
    """Return the check of what a quote reads as that of the quote as it was given: each place is of all of it."""
    whole = Span(len(quote) - len(quote.lstrip()), len(quote.rstrip()))
    matches = tuple(replace(match, quote_span=whole) for match in checked.matches)
    return QuoteCheck(checked.verdict, matches, tuple(replace(item, quote_span=whole) for item in checked.differences))


def _after_hyphen(search: _Search) -> tuple[_Search, list[int]] | None:
    """Return the search without the hyphen that begins the quote, and where the text has one before what follows it.

    A quote may begin within a name (-10 of IL-10): by itself that hyphen looks like a sign.
    """
    form, index = search.form, search.index
    if not form.text.startswith(MINUS):
        return None
    rest = LooseForm(form.text[1:], form.starts[1:], form.ends[1:])
    places = [place for place in index.exact(rest.text, search.numbers, _MOST_MATCHES) if _follows_hyphen(index, place)]
    return (replace(search, form=rest), places) if places else None


def _follows_hyphen(index: QuoteIndex, place: int) -> bool:
    document, span = index.original(place, place + 1)
    return document.text[span.start - 1 : span.start] in HYPHENS


def _as_written(match: Match, quote: str, index: QuoteIndex) -> Match | None:
    """Return the match with its marks at both ends, if what the document reads there is the quote, blanks apart."""
    number = next(n for n, document in enumerate(index.documents) if document.id == match.document_id)
    reading = index.readings[number]
    written = quote.strip()
    before = len(quote) - len(quote.lstrip())
    start = reading.to_read(match.span.start) - (match.quote_span.start - before)
    if start < 0 or not reading.text.startswith(written, start):
        return None
    span, quoted = reading.to_raw(start, start + len(written)), Span(before, before + len(written))
    return replace(match, span=span, text=span.of(index.documents[number].text), similarity=1.0, quote_span=quoted)


def _check_altered(search: _Search) -> QuoteCheck:
    quote = search.form.text
    found = align(quote, 0, len(quote), search.index, search.numbers)
    if not found:
        return QuoteCheck("absent", (), ())
    main = found[0]
    own = [part for part in main.parted(_APART) if _weight(quote[part.start : part.end]) >= _SHORTEST_PART]
    parts = joined([*(own or [main]), *_other_parts(main, search)], _APART)
    covered = sum(part.agreeing for part in parts) / len(quote)
    if len(parts) > 1 and covered >= _SPLICED:
        matches = tuple(_aligned_match(part, search) for part in parts)
        return QuoteCheck("spliced", matches, tuple(item for part in parts for item in _differences(part, search)))
    nearest = tuple(_aligned_match(part, search) for part in found[:_NEAREST])
    if main.similarity < _RELATED or not _shares_half(main, search):
        return QuoteCheck("absent", nearest, ())
    return QuoteCheck("altered", nearest[:1], _differences(main, search))


def _shares_half(part: Alignment, search: _Search) -> bool:
    """Tell whether half of a quote stands in the text, and half of what it says of the things that it names."""
    form = search.form
    names = [name.span for name in search.reader.read(search.quote).names]
    agreed = {place for run in part.runs for place in range(run.quote, run.quote + run.length)}
    said = [
        place
        for place, (start, end) in enumerate(zip(form.starts, form.ends, strict=True))
        if not any(name.start < end and start < name.end for name in names)
    ]
    return 2 * len(agreed) >= len(form.text) and 2 * len(agreed.intersection(said)) >= len(said)


def _differences(part: Alignment, search: _Search) -> tuple[TextDifference, ...]:
    return find_differences(search.quote, search.form, part, search.index, search.reader)


def _other_parts(main: Alignment, search: _Search) -> list[Alignment]:
    """Return the stretches of the quote that ``main`` doesn't explain but another place does, nearly in one piece."""
    quote = search.form.text
    parts = []
    for start, end, _, _ in main.gaps():
        if _weight(quote[start:end]) < _SHORTEST_PART:
            continue
        for part in align(quote, start, end, search.index, search.numbers, most=2)[:1]:
            longest = max(part.runs, key=lambda run: run.length)
            piece = quote[longest.quote : longest.quote + longest.length]
            # A term that was put in place of another is no part of another sentence.
            term = any(len(found.span) >= len(piece) - 1 for found in search.reader.terms.find(piece))
            if _weight(piece) >= _SHORTEST_PART and not term:
                parts.append(part)
    return parts


def _weight(piece: str) -> float:
    han = len(_HAN.findall(piece))
    return han + _LATIN_WEIGHT * (len(piece) - han)


def _aligned_match(part: Alignment, search: _Search) -> Match:
    last = part.runs[-1]
    similarity = round(part.similarity, 4)
    return _match(search, part.text_start, part.text_end, similarity, part.runs[0].quote, last.quote + last.length)


def _match(search: _Search, start: int, end: int, similarity: float, quote_start: int, quote_end: int) -> Match:
    document, span = search.index.original(start, end)
    quoted = search.form.original(quote_start, quote_end)
    passage = _passage_at(document, span.start, search.generation)
    doubtful = passage is not None and passage.doubtful
    return Match(document.id, passage.id if passage else None, span, span.of(document.text), similarity, quoted, doubtful)


def _passage_at(document: Document, place: int, generation: Generation) -> Passage | None:
    passages = (item for item in generation.passages if item.document_id == document.id)
    return next((item for item in passages if item.span.start <= place < item.span.end), None)
