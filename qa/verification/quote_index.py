"""Finding where a piece of text comes from: the loose forms of all documents, and their trigrams in one sorted array."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.model import Cut, Document, Span
from corpus.readings import Reading, read_span
from index.arrays import Ints
from index.generations.opening import Generation
from qa.statements.signs import APART, POWER, is_raised
from qa.verification.loose_form import LooseForm, loosen
from qa.verification.translated import TranslatedForm, translated_forms

_BETWEEN = "\x00"  # stands between documents, and in no loose form
_COMMON = 500  # a trigram at more places than this says nothing of where a piece comes from
_BUCKET = 48  # offsets that differ by less than this belong to one place


@dataclass(frozen=True, slots=True)
class QuoteIndex:
    """The loose forms of what a generation's documents read, joined; ``keys`` are its trigrams in order, at ``places``.

    ``readings`` are those of whole documents, without what isn't text: front matter, furniture, comments and images.
    """

    documents: tuple[Document, ...]
    readings: tuple[Reading, ...]
    forms: tuple[LooseForm, ...]
    starts: tuple[int, ...]
    text: str
    keys: Ints
    places: Ints
    translated: tuple[TranslatedForm, ...]

    def number_at(self, place: int) -> int:
        """Return the number of the document that ``place`` of ``text`` belongs to."""
        return bisect_right(self.starts, place) - 1

    def bounds(self, number: int) -> tuple[int, int]:
        """Return from where to where of ``text`` a document goes."""
        return self.starts[number], self.starts[number] + len(self.forms[number].text)

    def original(self, start: int, end: int) -> tuple[Document, Span]:
        """Return the document and its span that ``text[start:end]`` came from."""
        number = self.number_at(start)
        first = self.starts[number]
        return self.documents[number], self.forms[number].original(start - first, end - first)

    def splits(self, place: int) -> bool:
        """Tell whether ``place`` of ``text`` lies within what one character became: Ⅲ is iii there, and β is beta."""
        number = self.number_at(place)
        starts, offset = self.forms[number].starts, place - self.starts[number]
        marked = self.text[place - 1 : place] in (APART, POWER)  # which take the place of the character after them
        return 0 < offset < len(starts) and starts[offset] == starts[offset - 1] and not marked

    def between(self, place: int, after: int) -> str:
        """Return what the document has between the characters that ``place`` and ``after``, one of the next, came from."""
        number = self.number_at(place)
        first, form = self.starts[number], self.forms[number]
        return self.documents[number].text[form.ends[place - first] : form.starts[after - first]]

    def is_raised(self, place: int) -> bool:
        """Tell whether what ``place`` of ``text`` came from is raised, as an exponent or a note's number is."""
        document, span = self.original(place, place + 1)
        return is_raised(document.text[span.start])

    def exact(self, piece: str, numbers: Sequence[int], most: int) -> list[int]:
        """Return up to ``most`` places where ``piece`` (not empty) stands, within the numbered documents."""
        found: list[int] = []
        for number in numbers:
            start, end = self.bounds(number)
            place = self.text.find(piece, start, end)
            while place >= 0 and len(found) < most:
                found.append(place)
                place = self.text.find(piece, place + 1, end)
        return found

    def likely(self, piece: str, numbers: Sequence[int], most: int) -> list[int]:
        """Return up to ``most`` places where ``piece`` may begin, those first that share most rare trigrams with it."""
        offsets, weights = [], []
        for place, key in enumerate(_trigrams(piece)):
            low, high = np.searchsorted(self.keys, [key, key + 1])
            if 0 < high - low <= _COMMON:
                offsets.append(self.places[low:high] - place)
                weights.append(np.full(high - low, 1.0 / (high - low)))
        if not offsets:
            return []
        found, weight = np.concatenate(offsets), np.concatenate(weights)
        allowed = np.isin(np.searchsorted(np.asarray(self.starts), found + len(piece) // 2, "right") - 1, numbers)
        found, weight = found[allowed], weight[allowed]
        buckets, member = np.unique(found // _BUCKET, return_inverse=True)
        votes = np.bincount(member, weight, len(buckets))
        order = np.argsort(-votes, kind="stable")[:most]
        return [int(np.median(found[member == bucket])) for bucket in order]


def build_quote_index(generation: Generation) -> QuoteIndex:
    """Return the index of a generation's documents; front matter isn't part of it. About 2 s for a million characters."""
    documents = tuple(generation.documents.values())
    readings = tuple(map(read_whole, documents))
    forms = tuple(map(_form, readings))
    starts: list[int] = []
    length = 0
    for form in forms:
        starts.append(length)
        length += len(form.text) + 1
    text = _BETWEEN.join(form.text for form in forms)
    keys = _trigrams(text)
    order = np.argsort(keys, kind="stable")
    translated = translated_forms(documents)
    return QuoteIndex(documents, readings, forms, tuple(starts), text, keys[order], order.astype(np.int64), translated)


def read_whole(document: Document) -> Reading:
    """Return what a whole document reads from its front matter on."""
    cuts: list[Cut] = []
    for block in document.blocks:
        if block.kind in ("furniture", "comment", "image"):
            cuts.append(Cut(block.span.start, block.span.end, "", "markup"))
        cuts += block.joins
    span = Span(document.front_matter.end, len(document.text))
    return read_span(span.of(document.text), span, [cut for cut in cuts if cut.start >= span.start])


def _form(reading: Reading) -> LooseForm:
    form = loosen(reading.text)
    if not reading.cuts:
        start = reading.span.start
        return LooseForm(
            form.text, tuple(place + start for place in form.starts), tuple(place + start for place in form.ends)
        )
    spans = [reading.to_raw(start, end) for start, end in zip(form.starts, form.ends, strict=True)]
    return LooseForm(form.text, tuple(span.start for span in spans), tuple(span.end for span in spans))


def _trigrams(text: str) -> Ints:
    """Return each three characters of ``text`` as one number, exactly: a code point has 21 bits."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    if len(points) < 3:
        return np.zeros(0, np.int64)
    keys: Ints = (points[:-2] << 42) | (points[1:-1] << 21) | points[2:]
    return keys


def document_numbers(index: QuoteIndex, document_id: str | None) -> list[int]:
    """Return the numbers of the documents to search: all, or the one of that id (none where it is unknown)."""
    return [number for number, document in enumerate(index.documents) if document_id in (None, document.id)]
