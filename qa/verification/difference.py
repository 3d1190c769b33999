"""What a claim says otherwise than its evidence, and what surrounds that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corpus.model import Span
from qa.statements.quantities import Quantity

Kind = Literal["number", "negation", "name", "direction", "words"]

Glossary = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the claim says (``found``) against what the evidence says (``expected``, empty where it says nothing of it).

    ``found_span`` indexes the claim, ``expected_span`` the evidence. ``contradicts`` is true where the evidence says
    something else, false where it merely doesn't say it.
    """

    kind: Kind
    expected: str
    found: str
    expected_span: Span | None
    found_span: Span | None
    contradicts: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What the surroundings of the evidence name (title, headings): it may supply a name that the sentence leaves out."""

    names: frozenset[str] = frozenset()
    numbers: tuple[Quantity, ...] = field(default=())
    words: frozenset[str] = frozenset()
