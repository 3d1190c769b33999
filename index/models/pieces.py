"""The default model's tokenizer over a mapped table of its pieces.

SentencePiece's Unigram (Kudo, ACL 2018): of all ways to cut a word into known pieces the one of the greatest sum of scores,
found by Viterbi's algorithm. The `tokenizers` library reads the same model from `tokenizer.json`, and must give the same
numbers at the same places (tests/index/test_pieces.py); it takes a second and 320 MB to do so, which this doesn't.
"""

import hashlib
import mmap
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.models.carrier import Carrier

PIECES = "pieces.table"
# The SentencePiece normaliser of the model.
DROPPED = "[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]"
BLANKS = "[\t\n\u000c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"

_BEGIN, _END, _UNKNOWN = 0, 2, 3
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_MARK = "\u2581"  # stands for the blank before a word
_UNKNOWN_PENALTY = 10.0
_EXACT = 8  # bytes of a piece, in UTF-16, that is found by itself and not by its hash
_PREFIX = -1  # the number of what only begins pieces

_ADDED = re.compile("|".join(map(re.escape, _SPECIAL)))
_DROPPED, _BLANKS = re.compile(DROPPED), re.compile(BLANKS)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tokens of a text: their numbers, and where each stands (t, 2), nowhere for the marks at both ends."""

    ids: list[int]
    offsets: npt.NDArray[np.int64]


class PieceReader:
    """Cuts texts into pieces, ``longest`` at most; safe to use from many threads."""

    def __init__(self, path: Path, longest: int) -> None:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        exact, hashed, self._special = np.frombuffer(view, np.int64, 3).tolist()
        self._unknown = float(np.frombuffer(view, np.float64, 1, 24)[0])
        self._keys: list[Sequence[int]] = []
        self._numbers: list[Sequence[int]] = []
        self._scores: list[Sequence[float]] = []
        place = 32
        for count in (exact, hashed):
            self._keys.append(view[place : place + 8 * count].cast("Q"))
            self._scores.append(view[place + 8 * count : place + 16 * count].cast("d"))
            self._numbers.append(view[place + 16 * count : place + 20 * count].cast("i"))
            place += 20 * count + 4 * (count % 2)
        self._longest = longest

    def read(self, text: str) -> Pieces:
        """Return the pieces of ``text`` between the marks of its begin and its end."""
        ids, places = [_BEGIN], [(0, 0)]
        for number, start, end in self._tokens(text):
            if len(ids) == self._longest - 1:
                break
            ids.append(number)
            places.append((start, end))
        ids.append(_END)
        places.append((0, 0))
        return Pieces(ids, np.asarray(places, np.int64))

    def _tokens(self, text: str) -> Iterator[tuple[int, int, int]]:
        start = 0
        for found in _ADDED.finditer(text):
            yield from self._plain(text[start : found.start()], start)
            name = found[0]
            yield self._special if name == "<mask>" else _SPECIAL.index(name), found.start(), found.end()
            start = found.end()
        yield from self._plain(text[start:], start)

    def _plain(self, text: str, before: int) -> Iterator[tuple[int, int, int]]:
        """Yield the tokens of a text without special ones; it stands ``before`` characters into the whole one."""
        letters, places = normal(text)
        if not letters:
            return
        if letters[0] != " ":  # a blank is put before the first word, at its place
            letters, places = " " + letters, [places[0], *places]
        begin = 0
        while begin < len(letters):
            end = letters.find(" ", begin + 1)
            end = len(letters) if end < 0 else end
            for number, first, last in self._cut(_MARK + letters[begin + 1 : end]):
                yield number, before + places[begin + first], before + places[begin + last - 1] + 1
            begin = end

    def _cut(self, word: str) -> list[tuple[int, int, int]]:
        """Return the best cut of ``word``: number, begin and end of each piece; neighbours that are unknown are one."""
        size = len(word)
        best: list[float] = [0.0] + [-np.inf] * size
        from_: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        codes = [ord(letter) for letter in word]
        plain = max(codes) < 0x10000 and "\x00" not in word
        for start in range(size):
            base, alone, key = best[start], False, 0
            for end in range(start + 1, size + 1):
                if plain and end - start <= _EXACT // 2:
                    side, key = 0, key | codes[end - 1] << 16 * (end - start - 1)
                else:
                    side, key = _key(word[start:end])
                keys = self._keys[side]
                place = bisect_left(keys, key)
                if place == len(keys) or keys[place] != key:
                    break
                number = self._numbers[side][place]
                if number == _PREFIX:
                    continue
                score = self._scores[side][place]
                alone |= end == start + 1
                if base + score > best[end]:
                    best[end], from_[end] = base + score, (start, number)
            if not alone and base + self._unknown > best[start + 1]:
                best[start + 1], from_[start + 1] = base + self._unknown, (start, _UNKNOWN)
        pieces: list[tuple[int, int, int]] = []
        end = size
        while end:
            start, number = from_[end]
            if number == _UNKNOWN and pieces and pieces[-1][0] == _UNKNOWN:
                pieces[-1] = (number, start, pieces[-1][2])
            else:
                pieces.append((number, start, end))
            end = start
        return pieces[::-1]


def normal(text: str) -> tuple[str, list[int]]:
    """Return the normal form of ``text``, and where in it each of its characters comes from."""
    places = list(range(len(text)))
    if _DROPPED.search(text):
        places = [place for place in places if not _DROPPED.match(text[place])]
        text = "".join(text[place] for place in places)
    text = _BLANKS.sub(" ", text)
    if not unicodedata.is_normalized("NFKC", text):
        pairs = list(_composed(text, places))
        text, places = "".join(letter for letter, _ in pairs), [place for _, place in pairs]
    if "  " in text:  # of several blanks the last one stays
        kept = [at for at in range(len(text)) if text[at : at + 2] != "  "]
        text, places = "".join(text[at] for at in kept), [places[at] for at in kept]
    return text, places


def _composed(text: str, places: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield the characters of the NFKC form, each with the place of what it comes from."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.normalize("NFKC", text[start : end + 1]) != (
            unicodedata.normalize("NFKC", text[start:end]) + unicodedata.normalize("NFKC", text[end])
        ):
            end += 1  # it joins with what is before it
        made = unicodedata.normalize("NFKC", text[start:end])
        for at, letter in enumerate(made):
            yield letter, places[start + min(at, end - start - 1)]
        start = end


def _key(piece: str) -> tuple[int, int]:
    """Return the number by which ``piece`` is found, and whether that is its hash (1) or its UTF-16 (0)."""
    content = piece.encode("utf-16-le")
    if len(content) <= _EXACT and "\x00" not in piece:  # zeros at its end would be lost
        return 0, int.from_bytes(content, "little")
    return 1, int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")


def write_pieces(carrier: Carrier, path: Path) -> None:
    """Write the vocabulary of ``carrier`` as a table: by key, the score and number of each piece and of what begins one."""
    numbers = {piece: number for number, (piece, _) in enumerate(carrier.vocabulary)}
    special = numbers["<mask>"]
    for piece, _ in carrier.vocabulary:
        for end in range(1, len(piece)):
            numbers.setdefault(piece[:end], _PREFIX)
    scores = np.asarray([*(score for _, score in carrier.vocabulary), 0.0])  # the last one is of `_PREFIX`
    keyed: tuple[list[int], list[int]] = ([], [])
    numbered: tuple[list[int], list[int]] = ([], [])
    for piece, number in numbers.items():
        side, key = _key(piece)
        keyed[side].append(key)
        numbered[side].append(number)
    lowest = scores[_UNKNOWN + 1 : -1].min()
    parts = [np.asarray([*map(len, keyed), special], np.int64).tobytes(), np.float64(lowest - _UNKNOWN_PENALTY).tobytes()]
    for side in (0, 1):
        keys, own = np.asarray(keyed[side], np.uint64), np.asarray(numbered[side], np.int32)
        order = np.argsort(keys)
        keys, own = keys[order], own[order]
        if (keys[1:] == keys[:-1]).any():
            raise ValueError("two pieces have one hash")
        parts += [keys.tobytes(), scores[own].tobytes(), own.tobytes(), bytes(4 * (len(own) % 2))]
    path.write_bytes(b"".join(parts))
