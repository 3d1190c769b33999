"""The API's requests and responses: a question, and its answer with passages and citations."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.shared import ContextItem, IndexStamp, Offset, Place, TranslationItem

Score = Annotated[float, Field(description="Higher is better")]


def _whole(number: Any) -> Any:
    """Return 5 for 5.0, which is an integer of JSON too."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


class AskRequest(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str = Field(description="In Chinese or English", examples=["外泌体能穿过血脑屏障吗？"])
    limit: Annotated[int, BeforeValidator(_whole)] = Field(5, ge=1, le=20, description="How many passages to return")
    mode: Literal["extractive", "generated"] = Field(
        "extractive", description="How the answer is made: of sentences of the corpus, or by the configured language model"
    )
    expand: bool = Field(True, description="Search synonyms, translations and corrected spellings too")


class GlossItem(BaseModel):
    """A Chinese term of a quoted sentence, at its place in the document's text, and its English name."""

    start: Offset
    end: Offset
    zh: str
    en: str


class EvidenceItem(BaseModel):
    """A sentence that answers."""

    start: Offset
    end: Offset
    text: str
    reading: Annotated[str, Field(description="The text without its line breaks and markup")]
    score: Score
    glosses: Annotated[list[GlossItem], Field(description="A reading aid, for questions in English only")]


class AlignmentItem(BaseModel):
    """A word of the question and the word of the passage that it met."""

    question: str
    passage: str
    start: Offset
    end: Offset
    similarity: Annotated[float, Field(description="Cosine")]


class PassageItem(BaseModel):
    """A ranked passage."""

    rank: int
    id: str
    document_id: str
    section_path: list[str]
    text: str
    reading: Annotated[str, Field(description="The text without its line breaks and markup")]
    context: ContextItem
    doubtful: Annotated[bool, Field(description="Nobody can tell where its sentences end")]
    start: Offset
    end: Offset
    score: Annotated[float, Field(ge=0, le=1, description="Relevance, higher is better; not a probability")]
    evidence: list[EvidenceItem]
    signals: dict[str, float]
    matches: list[Place]
    alignments: list[AlignmentItem]
    also_in: list[str]
    translation: TranslationItem | None


class QuoteSelector(BaseModel):
    """A W3C Web Annotation TextQuoteSelector: the quote, and up to 32 characters on either side."""

    type: Literal["TextQuoteSelector"] = "TextQuoteSelector"
    exact: str
    prefix: str
    suffix: str


class PositionSelector(BaseModel):
    """A W3C Web Annotation TextPositionSelector, in code points of the document's text."""

    type: Literal["TextPositionSelector"] = "TextPositionSelector"
    start: Offset
    end: Offset


class FragmentSelector(BaseModel):
    """A W3C Web Annotation FragmentSelector of a PDF's page (RFC 3778)."""

    type: Literal["FragmentSelector"] = "FragmentSelector"
    conformsTo: str = "http://tools.ietf.org/rfc/rfc3778"  # noqa: N815 - the standard's name
    value: Annotated[str, Field(examples=["page=3"])]


class RectangleItem(BaseModel):
    """A part of a page that holds a quote or some of it, in points from the page's upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class CitationItem(BaseModel):
    """A quote that was checked against the document's text when this answer was made."""

    number: int
    passage_id: str
    document_id: str
    title: str
    section_path: list[str]
    quote: str
    reading: Annotated[str, Field(description="The quote without its line breaks and markup")]
    start: Offset
    end: Offset
    year: Annotated[int | None, Field(description="Of the source, where it is known")]
    status: Annotated[Literal["retracted", "superseded"] | None, Field(description="What became of the text")]
    as_of: Annotated[str | None, Field(description="The date of this version, where the file can't be read any more")]
    source: Annotated[dict[str, Any], Field(description="CSL-JSON")]
    url: Annotated[str, Field(description="The viewer, at the passage")]
    page: Annotated[int | None, Field(description="Where the quote begins in the original, from 1; null without pages")]
    page_label: Annotated[str | None, Field(description="The number that the page bears")]
    rects: Annotated[list[RectangleItem] | None, Field(description="What holds the quote on its pages")]
    selectors: list[QuoteSelector | PositionSelector | FragmentSelector]


class AnswerSentenceItem(BaseModel):
    """A sentence of the answer and the citations that carry it."""

    text: str
    citations: list[int]
    glosses: Annotated[list[GlossItem], Field(description="A reading aid, for questions in English only")]
    supported: Annotated[bool, Field(description="False for a generated sentence that its evidence doesn't bear out")]
    problems: Annotated[list[str], Field(description="Why it isn't supported")]


class FallbackItem(BaseModel):
    """Why an answer that was to be generated is made of sentences of the corpus instead."""

    reason: Literal["timeout", "endpoint", "unsupported", "empty"]
    detail: Annotated[str, Field(description="In the asker's language")]


class ConflictItem(BaseModel):
    """Two quotes of different texts that contradict each other."""

    citations: Annotated[list[int], Field(min_length=2, max_length=2)]
    about: Annotated[str, Field(description="What they differ in, in the words of both")]


class AnswerItem(BaseModel):
    """What the service says."""

    mode: Literal["extractive", "generated", "none"]
    text: str
    sentences: list[AnswerSentenceItem]
    fallback: FallbackItem | None
    missing: Annotated[list[str], Field(description="Names of the question, in its words, that no text has")]
    premise: Annotated[str, Field(description="What is wrong with what the question takes for granted; empty: nothing")]
    conflict: list[ConflictItem]


class ExpansionItem(BaseModel):
    """A term of the question and what it was also searched as."""

    term: str
    translations: list[str]
    origin: Literal["terms", "typo", "dictionary"]


class AskResponse(BaseModel):
    """Ranked passages, and the answer if the corpus has one."""

    question: str
    language: Literal["zh", "en", "mixed", "other"]
    answerable: bool
    confidence: Annotated[float, Field(ge=0, le=1)]
    answer: AnswerItem
    passages: list[PassageItem]
    citations: list[CitationItem]
    expansions: list[ExpansionItem]
    index: IndexStamp
    took_ms: float
