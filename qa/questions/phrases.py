"""Turns of phrase that ask for what texts put under a term: who can't take part, the exclusion criteria."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.model import Span
from corpus.term_base import TermBase, TermMatch

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A turn of phrase and the id of the concept that it asks for; ``yes`` and ``no`` are what it is for and isn't."""

    concept: str
    pattern: re.Pattern[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]


class PhraseError(Exception):
    """The file of phrases is wrong; the message names the phrase and the reason."""


@cache
def phrases() -> Sequence[Phrase]:
    """Return the phrases of ``phrases.toml``; raises ``PhraseError``."""
    found = []
    for number, item in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["phrase"], 1):
        try:
            pattern = re.compile(item["pattern"], re.I)
            found.append(Phrase(item["concept"], pattern, tuple(item["yes"]), tuple(item["no"])))
        except (KeyError, re.error) as error:
            raise PhraseError(f"{FILE.name}, phrase {number}: {error!r}") from error
    return found


def find_phrases(text: str, terms: TermBase) -> Iterator[TermMatch]:
    """Yield the concepts of ``terms`` that turns of phrase in ``text`` ask for, where those stand."""
    for phrase in phrases():
        concept = terms.by_id.get(phrase.concept)
        if concept is not None:
            yield from (TermMatch(concept, Span(*found.span())) for found in phrase.pattern.finditer(text))
