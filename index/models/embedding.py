"""What an embedding model gives, and what the rest of the service asks of one."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from corpus.model import Passage
from index.arrays import Floats

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The last hidden states of a text's tokens, as unit rows (t, d), with their code point spans (t, 2) in the text.

    The prompt's own tokens and special tokens are left out; so is what lies past the model's greatest length.
    """

    vectors: Floats
    spans: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """One forward pass over a text: the pooled unit vector (d,) and the token vectors."""

    pooled: Floats
    tokens: TokenVectors


class Encoder(ABC):
    """The three ways to encode, for a model that takes texts behind a prompt; each passage is encoded alone.

    So its vectors never depend on what else was in a batch: an index that was built piece by piece then equals one that was
    built at once.
    """

    _question_prompt: str
    _passage_prompt: str

    def encode_passage(self, text: str) -> Encoded:
        """Return the vectors of a passage."""
        return self._encode([speakable(text)], self._passage_prompt)[0]

    def encode_question(self, text: str) -> Encoded:
        """Return the vectors of a question."""
        return self._encode([speakable(text)], self._question_prompt)[0]

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the vectors of several questions in one pass: the weights then go through memory once."""
        return self._encode([speakable(text) for text in texts], self._question_prompt)

    @abstractmethod
    def _encode(self, texts: Sequence[str], prompt: str) -> list[Encoded]:
        """Return the vectors of ``texts``, each behind ``prompt``, in one pass."""


class Embedder(Protocol):
    """An embedding model for both sides of retrieval."""

    @property
    def name(self) -> str:
        """The model's name or folder, for people."""

    @property
    def fingerprint(self) -> str:
        """A hash that differs where the vectors would."""

    @property
    def dimension(self) -> int:
        """The size of a vector."""

    def encode_passage(self, text: str) -> Encoded:
        """Return the vectors of a passage."""

    def encode_question(self, text: str) -> Encoded:
        """Return the vectors of a question."""

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the vectors of several questions in one pass: those of ``encode_question`` but for rounding."""


def embedding_text(passage: Passage) -> str:
    """Return what is embedded of a passage: what it stands under, a line break, and its reading."""
    return heading_text(passage) + passage.reading.text


def heading_text(passage: Passage) -> str:
    """Return what stands before a passage's text where it is embedded: its headings, and what else it stands under.

    The title only where there is no heading: in every passage of a long text it would make them all alike.
    """
    known = headings(passage)
    shown = known[1:] if passage.section_path and known[:1] == (passage.context.title,) else known
    return " > ".join(shown or known) + "\n"


def headings(passage: Passage) -> tuple[str, ...]:
    """Return what a passage stands under, from the title down to the question that it answers, each once."""
    context = passage.context
    return tuple(dict.fromkeys(filter(None, (context.title, *passage.section_path, *context.parts[bool(context.title) :]))))


def speakable(text: str) -> str:
    """Return ``text`` as a tokenizer takes it, which is UTF-8: halves of surrogate pairs become U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def encoded(pooled: Floats, states: Floats, offsets: npt.NDArray[np.int64], prompt: int) -> Encoded:
    """Return one text's vectors from a model's outputs, ``pooled`` (d,) and ``states`` (t, d).

    ``offsets`` (t, 2) are where its tokens stand after ``prompt`` characters, empty for special tokens.
    """
    # A tokenizer may join the prompt's last blank to the first word: keep what reaches past the prompt.
    kept = (offsets[:, 1] > offsets[:, 0]) & (offsets[:, 1] > prompt)
    vectors = states[kept]
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    spans = np.maximum(offsets[kept] - prompt, 0).astype(np.int32)
    unit = pooled / max(float(np.linalg.norm(pooled)), 1e-9)
    return Encoded(unit.astype(np.float32), TokenVectors(vectors.astype(np.float32), spans))
