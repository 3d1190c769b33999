"""What a check of a claim against its evidence finds: a piece of the claim and how the evidence stands to it."""

from dataclasses import dataclass
from typing import Literal

from corpus.model import Span
from qa.verification.difference import Kind

Relation = Literal[
    "same",  # the evidence says it, in the same or other words
    "context",  # title, headings or the sentence before say it
    "missing",  # nothing says it
    "opposite",  # the evidence has the other end of the scale there: rises, falls
    "stronger",  # the evidence has a weaker word: proves, suggests
    "wider",  # the evidence speaks of fewer, or of others: all, some; patients, mice
    "denied",  # one of them denies it
    "other number",  # the evidence has another number there
    "other name",  # the evidence names something else there
    "reversed",  # the evidence has it the other way round: who does it to whom, what comes first, what is more
    "elsewhere",  # the evidence says it of something else
]


@dataclass(frozen=True, slots=True)
class Finding:
    """How the evidence, at ``place`` of its reading if anywhere, stands to ``span`` of the claim.

    ``contradicts`` tells whether the evidence says something else, and doesn't merely leave it out.
    """

    relation: Relation
    span: Span
    place: Span | None
    contradicts: bool = False


_KINDS: dict[Relation, Kind] = {
    "other number": "number",
    "other name": "name",
    "elsewhere": "name",
    "denied": "negation",
    "opposite": "direction",
    "reversed": "direction",
}


def kind_of(relation: Relation) -> Kind:
    """Return the kind of difference that a relation is."""
    return _KINDS.get(relation, "words")
