"""What an evaluation asks: questions with what answers them, over the documents that they are asked of."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from corpus.errors import CorpusError, Problem
from corpus.model import Document, Span

Half = Literal["development", "testing"]


def half_of(fact: str) -> Half:
    """Return the half of every question on ``fact``, the part of a question's id before its ``/``.

    The first byte of the SHA-256 of the fact's name decides: even is development, odd is testing. So a new question on
    a known fact falls where the fact's others are, in whatever language it is asked.
    """
    return "testing" if hashlib.sha256(fact.encode()).digest()[0] % 2 else "development"


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
    empty. Questions of one ``fact`` are wordings of one question, and count together in intervals and halves. ``about``
    names the text that a question was written from: what is learned on some is judged on others.
    """

    id: str
    text: str
    language: str
    kinds: tuple[str, ...] = ()
    answers: tuple[GoldAnswer, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict)
    answerable: bool | None = None
    among: tuple[str, ...] = ()
    about: str = ""

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


def read_json_lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line numbers and objects of ``path``; what isn't a JSON object goes to ``problems`` with its line."""
    for line, text in read_lines(path, problems):
        try:
            item = json.loads(text)
        except ValueError as error:
            problems.append(Problem(path.name, f"it isn't JSON: {error}", line))
            continue
        if isinstance(item, dict):
            yield line, item
        else:
            problems.append(Problem(path.name, "it isn't a JSON object", line))


def read_lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    """Yield the lines of ``path`` that aren't blank, numbered from 1; a file that can't be read is a problem."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        problems.append(Problem(str(path), "there is no such file"))
        return
    except OSError as error:
        problems.append(Problem(str(path), f"it can't be read: {error.strerror}"))
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.append(Problem(path.name, f"it isn't UTF-8 (byte {error.start})", line))
        return
    for number, line_text in enumerate(text.split("\n"), 1):
        if line_text.strip():
            yield number, line_text.rstrip("\r")


def text_of(item: dict[str, Any], key: str, path: Path, line: int, problems: list[Problem]) -> str:
    """Return the text ``item[key]``, or note that it is missing, empty or no text and return an empty one."""
    value = item.get(key)
    if isinstance(value, str) and value.strip():
        return value
    reason = f"{key!r} is missing" if key not in item else f"{key!r} must be a text that isn't empty, not {value!r}"
    problems.append(Problem(path.name, reason, line))
    return ""
