"""A model's text cut into sentences as it comes, each with the passage numbers that it names; markup is taken off."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Span
from corpus.passages.sentences import split_sentences

_CITED = re.compile(r"\s*[\[【［]\s*(?:passage\s*|段落\s*)?(\d{1,3}(?:\s*[,，、;；–-]\s*\d{1,3})*)\s*[\]】］]", re.I)
_OPEN = re.compile(r"\s*[\[【［][^\]】］]*$")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.S | re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<!--.*?-->", re.S)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)|https?://\S+|www\.\S+")
_MARKS = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)、])\s+|\*\*|__|`+|^\s*\|.*\|\s*$", re.M)
_LETTER = re.compile(r"[^\W_]")
LONGEST = 4000  # characters of an answer that are read


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model wrote it, without markup and citations; ``numbers`` are the passages that it names.

    ``linked`` tells that it had a link or an address, which no answer may carry.
    """

    text: str
    numbers: tuple[int, ...]
    linked: bool = False


class Drafter:
    """Takes pieces of text and gives whole sentences, each once and in order."""

    def __init__(self) -> None:
        self._text = ""
        self._given = 0

    @property
    def full(self) -> bool:
        """Whether as much was read as ever will be."""
        return len(self._text) >= LONGEST

    def add(self, piece: str) -> Iterator[Draft]:
        """Yield the sentences that ``piece`` completes: those after which another one has begun."""
        self._text = (self._text + piece)[:LONGEST]
        sentences = self._sentences()
        # A bracket that is still open may be a citation of the sentence before it.
        whole = sentences[:-2] if sentences and _OPEN.match(sentences[-1]) else sentences[:-1]
        yield from self._new(whole)

    def end(self) -> Iterator[Draft]:
        """Yield what is left."""
        yield from self._new(self._sentences())

    def _new(self, sentences: list[str]) -> Iterator[Draft]:
        for sentence in sentences[self._given :]:
            self._given += 1
            draft = read_draft(sentence)
            if _LETTER.search(draft.text):
                yield draft

    def _sentences(self) -> list[str]:
        text = _THOUGHT.sub("", self._text)
        found: list[str] = []
        for span in split_sentences(text, Span(0, len(text))):
            sentence = span.of(text)
            while found and (cited := _CITED.match(sentence)):  # a citation after the full stop belongs before it
                found[-1] += cited[0]
                sentence = sentence[cited.end() :]
            if sentence.strip():
                found.append(sentence)
        return found


def read_draft(sentence: str) -> Draft:
    """Return one sentence of the model as a draft."""
    linked = bool(_LINK.search(sentence))
    plain = _LINK.sub(lambda found: found[1] or "", sentence)
    numbers = [int(number) for cited in _CITED.finditer(plain) for number in re.findall(r"\d+", cited[1])]
    plain = _MARKS.sub("", _TAG.sub("", _CITED.sub("", plain)))
    plain = re.sub(r"\s+", " ", plain).strip()
    return Draft(re.sub(r"\s+([.。!?！？])", r"\1", plain), tuple(dict.fromkeys(numbers)), linked)
