"""What an evaluation asks: questions with what answers them, over the documents that they are asked of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.errors import CorpusError
from corpus.model import Document, Span
from qa.halves import Half, half_of


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
    empty. Questions of one ``fact`` are wordings of one question, and count together in intervals and halves.
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
        """The part of the id before its last slash, all of it where there is none."""
        return self.id.rpartition("/")[0] or self.id

    @property
    def half(self) -> Half:
        """Which half the fact belongs to."""
        return half_of(self.fact)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and the documents to ask them of; ``empty`` counts documents that were left out for want of text."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    empty: int = 0
