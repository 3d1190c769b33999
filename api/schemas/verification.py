"""Requests and responses of `POST /api/v1/verify`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.shared import IndexStamp, Offset

QuoteOffset = Annotated[int, Field(ge=0, description="Code point of the quote or claim as it was sent")]
Kind = Literal["number", "negation", "name", "direction", "words"]
Support = Literal["supported", "partial", "contradicted", "unsupported"]
Relation = Literal[
    "same",
    "context",
    "missing",
    "opposite",
    "stronger",
    "wider",
    "denied",
    "other number",
    "other name",
    "reversed",
    "elsewhere",
]


class VerifyRequest(BaseModel):
    """A quote (perhaps in one document only) or a claim, one of them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    quote: str | None = Field(None, description="Text said to stand in the corpus", examples=["外泌体能够越过血脑屏障"])
    document_id: str | None = Field(None, description="The document that the quote is said to be from")
    claim: str | None = Field(None, description="A statement in Chinese or English", examples=["NfL is a biomarker."])

    @model_validator(mode="after")
    def _one_of_them(self) -> "VerifyRequest":
        if (self.quote is None) == (self.claim is None):
            raise ValueError("Give a quote or a claim, one of them.")
        if self.claim is not None and self.document_id is not None:
            raise ValueError("A document_id goes with a quote only.")
        return self


class DifferenceItem(BaseModel):
    """What the quote or claim says (``found``) where the text says ``expected``; either may be empty."""

    kind: Kind
    expected: str
    found: str
    start: Offset | None
    end: Offset | None
    quote_start: QuoteOffset | None
    quote_end: QuoteOffset | None
    contradicts: Annotated[bool, Field(description="False where the text merely doesn't say it")]


class MatchItem(BaseModel):
    """A place that the quote, or a part of it, comes from."""

    document_id: str
    title: str
    passage_id: Annotated[str | None, Field(description="Null where the place is a heading")]
    section_path: list[str]
    start: Offset
    end: Offset
    text: str
    similarity: Annotated[float, Field(ge=0, le=1, description="1: they differ in no letter and no digit")]
    quote_start: QuoteOffset
    quote_end: QuoteOffset
    url: Annotated[str | None, Field(description="The viewer, with the place marked")]
    doubtful: Annotated[bool, Field(description="Nobody can tell whether it is a whole sentence; never verbatim")]


class QuoteResponse(BaseModel):
    """The verdict on a quote.

    `verbatim`: it stands there to the character; `normalised`: but for width, script, blanks, case and punctuation;
    `translation`: it is from the English beside a text, whose place is given: an aid to reading and no quote;
    `spliced`: its parts stand in two or more places; `altered`: something differs; `absent`: it isn't in the corpus.
    """

    verdict: Literal["verbatim", "normalised", "translation", "spliced", "altered", "absent"]
    matches: list[MatchItem]
    differences: list[DifferenceItem]
    index: IndexStamp


class EvidenceOnClaim(BaseModel):
    """A sentence that bears on a claim."""

    document_id: str
    passage_id: str
    section_path: list[str]
    start: Offset
    end: Offset
    text: str
    reading: Annotated[str, Field(description="The text without its line breaks and markup")]
    score: Annotated[float, Field(ge=0, le=1, description="How near it is to the claim; higher is nearer")]
    support: Support
    differences: list[DifferenceItem]
    url: str


class ClaimPart(BaseModel):
    """A piece of the claim, where the decisive sentence speaks of it (null: nowhere), and how.

    `same`: it says so; `context`: title, headings or the sentence before do; `missing`: nothing does; `opposite`: it rises
    there, and falls here; `stronger`: the sentence has a weaker word; `wider`: it speaks of fewer, or of others; `denied`:
    one of them denies it; `other number`, `other name`: another one stands there; `reversed`: it is the other way round;
    `elsewhere`: it may be said of something else.
    """

    start: QuoteOffset
    end: QuoteOffset
    evidence_start: Offset | None
    evidence_end: Offset | None
    relation: Relation


class ClaimResponse(BaseModel):
    """The judgement on a claim, with the sentences that bear on it, the decisive one first, and the claim in parts.

    `supported`: everything that the claim says is found, and nothing speaks against it; `partial`: much of it is found, and
    `parts` tell what isn't; `contradicted`: something else is said in one place; `unsupported`: little of it is found.
    """

    support: Support
    evidence: list[EvidenceOnClaim]
    parts: list[ClaimPart]
    index: IndexStamp
