"""What every question asks of every passage, worked out once a generation and held in flat arrays.

A question looks at some eighty passages, their three hundred sentences and their ten thousand tokens: to work out for each
where it stands took as long as to compare it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.model import Document, Passage
from index.arrays import Floats, Ints, ranges
from index.engines.tokens import TokenStore
from index.models.embedding import heading_text

_AT_ONCE = 1000  # passages whose tokens are looked at together: those of a large corpus would need much memory for a moment
_FAR = 1 << 32  # further than any passage is long


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of some passages in turn (u,).

    ``owner`` says which of those passages each is of and ``number`` its place there, ``places`` (u, 2) where it stands in
    the passage's reading, ``asks`` 1 where it is a question itself. Those of the i-th passage begin at ``first[i]``.
    """

    owner: Ints
    number: Ints
    places: Ints
    asks: Floats
    first: Ints

    def of(self, passage: int) -> slice:
        """Return which ones are of the i-th passage."""
        return slice(int(self.first[passage]), int(self.first[passage + 1]))

    def within(self, passage: int) -> list[tuple[int, int]]:
        """Return where those of the i-th passage stand in its reading."""
        return [(start, end) for start, end in self.places[self.of(passage)].tolist()]


@dataclass(frozen=True, slots=True)
class PassageTable:
    """Of each passage (p,): where its sentences begin among all (p + 1,), and what it is.

    ``places`` (u, 2) are where sentences stand in the passage's reading, ``asks`` (u,) is 1 for those that ask something.
    ``headings`` is how many characters are embedded before a passage, ``aside`` 1 where it isn't what a text says (a
    reference, a notice), ``withdrawn`` where its text was retracted or superseded, ``tables`` where it is rows. ``units``
    (t,) gives for each token the number of its sentence in the passage, -1 for headings and what leads to the first one.
    """

    first: Ints
    places: Ints
    asks: Floats
    headings: Ints
    aside: Floats
    withdrawn: Floats
    tables: npt.NDArray[np.bool_]
    units: npt.NDArray[np.int16]

    def sentences_of(self, rows: Ints) -> Sentences:
        """Return the sentences of the passages ``rows``."""
        counts = self.first[rows + 1] - self.first[rows]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        which = ranges(self.first[rows], counts)
        owner = np.repeat(np.arange(len(rows)), counts)
        return Sentences(owner, np.arange(len(which)) - first[owner], self.places[which], self.asks[which], first)


def passage_table(passages: Sequence[Passage], documents: Mapping[str, Document], tokens: TokenStore) -> PassageTable:
    """Return the table of ``passages`` of ``documents``, whose token vectors are ``tokens``."""
    held = [_places(passage) for passage in passages]
    asking = [asks(passage, number) for passage in passages for number in range(len(passage.sentences))]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(own) for own in held], dtype=np.int64)])
    places = np.asarray([place for own in held for place in own], np.int64).reshape(-1, 2)
    headings = np.asarray([len(heading_text(passage)) for passage in passages], np.int64)
    withdrawn = {key: float(bool(document.status)) for key, document in documents.items()}
    return PassageTable(
        first=first,
        places=places,
        asks=np.asarray(asking, np.float32),
        headings=headings,
        aside=np.asarray([passage.role != "body" for passage in passages], np.float32),
        withdrawn=np.asarray([withdrawn[passage.document_id] for passage in passages], np.float32),
        tables=np.asarray([passage.form == "table" for passage in passages], np.bool_),
        units=_units(first, places, headings, tokens),
    )


def asks(passage: Passage, number: int) -> bool:
    """Tell whether a sentence of ``passage`` is a question."""
    end = passage.sentences[number].end - passage.span.start
    return passage.text[end - 1 : end] in ("？", "?")


def number_units(owner: Ints, places: Ints, unit_owner: Ints, starts: Ints) -> Ints:
    """Return for each place (n,) the number of its sentence among those of all passages; a passage's first where none is.

    ``owner`` (n,) is the passage of each place; sentences come in order, ``unit_owner`` (u,) is the passage of each and
    ``starts`` (u,) where it begins in that.
    """
    after = np.searchsorted(unit_owner * _FAR + starts, owner * _FAR + places, "right")
    found: Ints = np.maximum(after - 1, np.searchsorted(unit_owner, owner))
    return found


def _places(passage: Passage) -> list[tuple[int, int]]:
    """Return where the sentences of ``passage`` stand in its reading."""
    if not passage.joins:
        start = passage.span.start
        return [(sentence.start - start, sentence.end - start) for sentence in passage.sentences]
    reading = passage.reading
    return [(reading.to_read(sentence.start), reading.to_read(sentence.end)) for sentence in passage.sentences]


def _units(first: Ints, places: Ints, headings: Ints, tokens: TokenStore) -> npt.NDArray[np.int16]:
    """Return the sentence of each token. Those before the first one count as headings: what leads to a list or a table."""
    units = np.empty(len(tokens.spans), np.int16)
    for start in range(0, len(headings), _AT_ONCE):
        end = min(start + _AT_ONCE, len(headings))
        part = slice(int(tokens.starts[start]), int(tokens.starts[end]))
        own = slice(int(first[start]), int(first[end]))
        owner = np.repeat(np.arange(end - start), np.diff(tokens.starts[start : end + 1]))
        spans = np.asarray(tokens.spans[part], np.int64) - headings[start:end][owner][:, None]
        unit_owner = np.repeat(np.arange(end - start), np.diff(first[start : end + 1]))
        begins = first[start:end] - own.start
        numbers = number_units(owner, spans[:, 0], unit_owner, places[own, 0]) - begins[owner]
        before = (spans[:, 1] <= 0) | (spans[:, 1] <= places[first[start:end], 0][owner])
        units[part] = np.where(before, -1, numbers)
    return units
