"""Words for the lexical side: jieba over Chinese runs with the field's terms kept whole, stems for Latin ones.

Long Chinese words also give the shorter words in them, and Latin names with hyphens or slashes their parts, so that
``hUC-MSCs`` is found by ``MSC``.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jieba

from corpus.matching import HAN, Normalised, normalise
from corpus.model import Span
from corpus.stopwords import CHINESE, ENGLISH
from corpus.term_base import TermBase
from corpus.word_table import WordTable
from corpus.words import stem

_RUN = re.compile(rf"[{HAN}]+|[a-z0-9\u00df-\u024f]+(?:[-+./'][a-z0-9\u00df-\u024f]+)*\+?")
_PART = re.compile(r"[a-z0-9\u00df-\u024f]+\+?")
# Frequency given to terms: above that of any way to cut them into smaller words.
_TERM_FREQUENCY = 1_000_000


@dataclass(frozen=True, slots=True)
class Token:
    """A word in its normal form (Latin ones as stems) and its place in the original text."""

    text: str
    span: Span
    stop: bool


class Segmenter:
    """Cuts texts into tokens; the same for passages and questions."""

    def __init__(self, terms: TermBase, cache_dir: Path | None = None) -> None:
        jieba.setLogLevel(logging.WARNING)
        words = WordTable(cache_dir)
        self._jieba = jieba.Tokenizer()
        self._jieba.FREQ, self._jieba.total, self._jieba.initialized = words, words.total, True
        for form in terms.chinese_forms():
            self._jieba.add_word(form, _TERM_FREQUENCY)

    def tokens(self, text: str, normal: Normalised | None = None) -> list[Token]:
        """Return the tokens of ``text`` in order of place, shorter words after the longer one that holds them.

        ``normal`` is its normal form where that is known.
        """
        normal = normal or normalise(text)
        return [token for run in _RUN.finditer(normal.text) for token in self._run_tokens(run, normal)]

    def frequency(self, word: str) -> int:
        """Return how often the normalised Chinese ``word`` came in the texts that the dictionary was counted on."""
        return int(self._jieba.FREQ.get(word) or 0)

    def knows(self, word: str) -> bool:
        """Tell whether the normalised Chinese ``word`` is one of the dictionary's or of the terms."""
        return bool(self._jieba.FREQ.get(word))

    def words(self, tokens: Iterable[Token]) -> list[Span]:
        """Return where ``tokens`` are words of several characters that it knows."""
        return [token.span for token in tokens if len(token.text) > 1 and self.knows(token.text)]

    def _run_tokens(self, run: "re.Match[str]", normal: Normalised) -> Iterator[Token]:
        words = self._chinese(run[0]) if re.match(f"[{HAN}]", run[0]) else _latin(run[0])
        for word, start, end in words:
            span = normal.original(run.start() + start, run.start() + end)
            yield Token(word, span, word in CHINESE or word in ENGLISH or run[0][start:end] in ENGLISH)

    def _chinese(self, run: str) -> Iterator[tuple[str, int, int]]:
        loose: tuple[str, int] | None = None  # a single character that the dictionary joined to nothing
        for word, start, end in self._jieba.tokenize(run, HMM=False):
            if len(word) == 1 and word not in CHINESE:
                if loose and loose[1] == start:  # two such side by side are likely a word that it doesn't know (归巢)
                    yield loose[0] + word, start - 1, end
                loose = (word, end)
            else:
                loose = None
            yield word, start, end
            for size in (2, 3):
                for offset in range(len(word) - size + 1) if size < len(word) else ():
                    if self._jieba.FREQ.get(word[offset : offset + size]):
                        yield word[offset : offset + size], start + offset, start + offset + size


def _latin(run: str) -> Iterator[tuple[str, int, int]]:
    yield stem(run), 0, len(run)
    parts = list(_PART.finditer(run))
    if len(parts) > 1:
        for part in parts:
            yield stem(part[0]), part.start(), part.end()
