"""What checking a quote or a claim against the corpus yields."""

from dataclasses import dataclass
from typing import Literal

from corpus.model import Span
from qa.verification.difference import Difference, Kind
from qa.verification.pieces.findings import Relation

Verdict = Literal["verbatim", "normalised", "translation", "spliced", "altered", "absent"]
Support = Literal["supported", "partial", "contradicted", "unsupported"]


class QuoteError(ValueError):
    """A quote or claim that can't be checked; the message says why."""


class UnknownDocumentError(LookupError):
    """There is no document of that id in the generation that answers."""


@dataclass(frozen=True, slots=True)
class Match:
    """A place of the corpus that the quote, or the part of it at ``quote_span``, comes from or is nearest to.

    ``span`` and ``text`` are the document's; ``passage_id`` is the passage that holds its start, None for a heading.
    ``similarity`` is 1 where they agree in everything but width, script, case, blanks and punctuation. ``doubtful`` tells
    that nobody knows whether the place is a whole sentence.
    """

    document_id: str
    passage_id: str | None
    span: Span
    text: str
    similarity: float
    quote_span: Span
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class TextDifference:
    """What the quote says (``found``) where the text says ``expected``; either is empty where one of them says nothing."""

    kind: Kind
    expected: str
    found: str
    document_span: Span
    quote_span: Span


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """A verdict on a quote, its places best first, and what differs from the first of them."""

    verdict: Verdict
    matches: tuple[Match, ...]
    differences: tuple[TextDifference, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a claim at ``span``, where the reading of the evidence speaks of it (None: nowhere), and how."""

    span: Span
    place: Span | None
    relation: Relation


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """A sentence that bears on a claim, how near it is (0 to 1), how the claim differs from it, and the claim in parts."""

    document_id: str
    passage_id: str
    section_path: tuple[str, ...]
    span: Span
    text: str
    score: float
    support: Support
    differences: tuple[Difference, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """A judgement on a claim: that of the sentence that bears on it most, with all sentences, best first."""

    support: Support
    evidence: tuple[ClaimEvidence, ...]
