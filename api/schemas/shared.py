"""What the API's responses share, version 1: places in texts, the index they come from, health and problems."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Offset = Annotated[int, Field(ge=0, description="Code point of the document's text")]


class ContextItem(BaseModel):
    """What a passage stands under; it is shown beside the quote and is no part of it."""

    title: str
    lead: Annotated[str, Field(description="What introduces its list")]
    caption: str
    header: Annotated[str, Field(description="The column names of its table, with units")]
    question: Annotated[str, Field(description="What the passage answers, where the text asks it")]


class Place(BaseModel):
    """A span of the document's text."""

    start: Offset
    end: Offset


class TranslationItem(BaseModel):
    """The paragraphs that a passage lies in, in another language: an aid to reading, never searched and never evidence."""

    language: Annotated[str, Field(description="Language tag (BCP 47)")]
    text: str


class IndexStamp(BaseModel):
    """The generation that an answer comes from, all of it."""

    generation: str
    built_at: str


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether questions are answered, and what is amiss."""

    ready: bool
    degraded: bool
    reasons: list[str]
    left_out: Annotated[int, Field(description="How many files of the corpus the last build couldn't read")] = 0
    kept: Annotated[int, Field(description="Of how many of these the last good version is shown")] = 0


class ProblemItem(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    title_zh: str
    status: int
    detail: str
    code: str
    request_id: str
