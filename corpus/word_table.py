"""jieba's dictionary as a mapped table: half a million words and their beginnings, with how often each word was counted.

Words of up to four characters, all but 3 %, are numbers of 64 bits (their UTF-16), sorted, and found by bisection in about
a microsecond. As a dictionary of Python's they took 80 MB a process and half a second at each start.
"""

from bisect import bisect_left
from functools import lru_cache
from pathlib import Path

import jieba
import numpy as np

from corpus.mapped_tables import table

_MOST = 8  # bytes of a word that is kept as a number


class WordTable:
    """What jieba asks of its dictionary; words that are added stay in this process."""

    def __init__(self, folder: Path | None = None) -> None:
        source = Path(jieba.__file__).parent / "dict.txt"
        view = table("chinese-words", source, _table, folder)
        count, long_bytes, self.total = np.frombuffer(view, np.int64, 3).tolist()
        keys, counts = 24, 24 + 8 * count
        texts = counts + 4 * count
        self._keys = view[keys:counts].cast("Q")
        self._counts = view[counts:texts].cast("i")
        self._count = count
        lines = bytes(view[texts : texts + long_bytes]).decode().split("\n")
        self._looked_up = lru_cache(maxsize=20_000)(self._look_up)  # questions have much the same words
        self._further = {word: int(number) for word, _, number in (line.partition(" ") for line in lines) if word}

    def get(self, word: str, default: int | None = None) -> int | None:
        """Return how often ``word`` was counted, 0 for the beginning of a word, ``default`` for anything else."""
        found = self._further.get(word)
        if found is not None:
            return found
        found = self._looked_up(word)
        return default if found is None else found

    def _look_up(self, word: str) -> int | None:
        content = word.encode("utf-16-le", "surrogatepass")
        if len(content) > _MOST or "\x00" in word:  # zeros at the end of a number would be lost
            return None
        key = int.from_bytes(content, "little")
        place = bisect_left(self._keys, key)
        return self._counts[place] if place < self._count and self._keys[place] == key else None

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __getitem__(self, word: str) -> int:
        found = self.get(word)
        if found is None:
            raise KeyError(word)
        return found

    def __setitem__(self, word: str, count: int) -> None:
        self._further[word] = count


def _table(content: bytes) -> bytes:
    words: dict[str, int] = {}
    total = 0
    for line in content.decode().splitlines():
        word, number = line.split(" ")[:2]
        words[word] = int(number)
        total += int(number)
        for end in range(1, len(word)):
            words.setdefault(word[:end], 0)
    coded = [(word.encode("utf-16-le"), word) for word in words]
    short = sorted((int.from_bytes(code, "little"), words[word]) for code, word in coded if len(code) <= _MOST)
    further = "\n".join(f"{word} {words[word]}" for code, word in coded if len(code) > _MOST).encode()
    head = np.asarray([len(short), len(further), total], np.int64)
    keys, counts = np.asarray([key for key, _ in short], np.uint64), np.asarray([count for _, count in short], np.int32)
    return head.tobytes() + keys.tobytes() + counts.tobytes() + further
