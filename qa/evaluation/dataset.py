"""What an evaluation asks: questions with what answers them, over the documents that they are asked of."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corpus.errors import CorpusError
from corpus.model import Document, Span

Split = Literal["development", "test"]


class DatasetError(CorpusError):
    """A dataset that can't be used; ``problems`` names every file, line and reason."""


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """Where an answer stands: the code points ``span`` of a document's text, which are ``quote``.

    A question of several parts needs an answer for each ``part``; answers of one part are alternatives.
    """

    document_id: str
    span: Span
    quote: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what is known of its answer: places (``answers``), or whole documents with grades (``relevant``).

    ``answerable`` is None where the set doesn't say. ``among`` are the ids of the documents to search, all where it is
    empty. Questions of one ``fact`` are wordings of one question, and count together in intervals and splits.
    """

    id: str
    text: str
    language: str
    kinds: tuple[str, ...] = ()
    answers: tuple[GoldAnswer, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict)
    answerable: bool | None = None
    among: tuple[str, ...] = ()

    @property
    def fact(self) -> str:
        """The part of the id before the first slash."""
        return self.id.split("/", 1)[0]

    @property
    def split(self) -> Split:
        """Which half the fact belongs to, by the first byte of its SHA-256."""
        return "test" if hashlib.sha256(self.fact.encode()).digest()[0] % 2 else "development"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and the documents to ask them of; ``empty`` counts documents that were left out for want of text."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    empty: int = 0
