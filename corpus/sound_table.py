"""How Chinese reads aloud, as a mapped table: the words of pypinyin's dictionary with their sounds, tones left out.

pypinyin reads its dictionary of 47,000 words at each start, in half a second; looking one up here takes ten microseconds.
Texts are cut as pypinyin cuts them, into the longest words that it knows, and read as it reads them
(tests/corpus/test_misspelling.py).
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from corpus.mapped_tables import table


class SoundTable:
    """The words that are known, and how they sound."""

    def __init__(self) -> None:
        found = find_spec("pypinyin")
        source = (Path(found.origin).parent if found and found.origin else Path()) / "phrases_dict.json"
        view = table("chinese-sounds", source, _table)
        count = int(np.frombuffer(view, np.int64, 1)[0])
        self._starts = view[8 : 8 + 4 * (count + 1)].cast("i")
        self._lines = view[8 + 4 * (count + 1) :]
        self._count = count
        self._known = lru_cache(maxsize=20_000)(self._look_up)

    def sounds(self, text: str) -> list[str]:
        """Return the sound of each character of ``text``, Chinese throughout; nothing where one of them has none."""
        found: list[str] = []
        place = 0
        while place < len(text):
            sounds: tuple[str, ...] = ()
            for end in range(place + 1, len(text) + 1):
                known = self._known(text[place:end])
                if known is None:
                    break
                sounds = known or sounds  # those of the longest word so far
            if not sounds:
                return []
            found += sounds
            place += len(sounds)
        return found

    def _look_up(self, word: str) -> tuple[str, ...] | None:
        """Return the sounds of ``word``, none of what only begins words; None where it isn't known."""
        key = word.encode()
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            line = bytes(self._lines[self._starts[middle] : self._starts[middle + 1]])
            name, _, sounds = line.partition(b" ")
            if name == key:
                return tuple(sounds.decode().split())
            low, high = (middle + 1, high) if name < key else (low, middle)
        return None


def _table(_: bytes) -> bytes:
    lines = [" ".join((word, *sounds)).encode() for word, sounds in sorted(_read_aloud(), key=lambda item: item[0].encode())]
    starts = np.cumsum([0, *map(len, lines)], dtype=np.int32)
    return np.int64(len(lines)).tobytes() + starts.tobytes() + b"".join(lines)


def _read_aloud() -> Iterator[tuple[str, list[str]]]:
    """Yield each character and each word with their sounds as pypinyin gives them, and what only begins words with none."""
    from pypinyin import Style
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
    from pypinyin.style import convert

    @cache
    def plain(sound: str) -> str:
        return str(convert(sound, Style.NORMAL, strict=True))

    alone = {chr(code): [plain(sounds.split(",")[0])] for code, sounds in PINYIN_DICT.items()}
    words = {word: [plain(sound[0]) for sound in sounds] for word, sounds in PHRASES_DICT.items()}
    begun = {word[:end] for word in words for end in range(2, len(word))} - words.keys()
    whole = {word: sounds for word, sounds in {**alone, **words}.items() if len(word) == len(sounds)}
    yield from whole.items()
    yield from ((word, []) for word in begun - whole.keys())
