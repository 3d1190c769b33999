"""The API's requests and responses, version 1."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.task_files import Task

Offset = Annotated[int, Field(ge=0, description="Code point of the document's text")]
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
    score: Score
    glosses: Annotated[list[GlossItem], Field(description="A reading aid, for questions in English only")]


class AlignmentItem(BaseModel):
    """A word of the question and the word of the passage that it met."""

    question: str
    passage: str
    start: Offset
    end: Offset
    similarity: Annotated[float, Field(description="Cosine")]


class Place(BaseModel):
    """A span of the document's text."""

    start: Offset
    end: Offset


class TranslationItem(BaseModel):
    """The paragraphs that a passage lies in, in another language: an aid to reading, never searched and never evidence."""

    language: Annotated[str, Field(description="Language tag (BCP 47)")]
    text: str


class PassageItem(BaseModel):
    """A ranked passage."""

    rank: int
    id: str
    document_id: str
    section_path: list[str]
    text: str
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


class CitationItem(BaseModel):
    """A quote that was checked against the document's text when this answer was made."""

    number: int
    passage_id: str
    document_id: str
    title: str
    section_path: list[str]
    quote: str
    start: Offset
    end: Offset
    source: Annotated[dict[str, Any], Field(description="CSL-JSON")]
    url: Annotated[str, Field(description="The viewer, at the passage")]
    selectors: list[QuoteSelector | PositionSelector]


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


class AnswerItem(BaseModel):
    """What the service says."""

    mode: Literal["extractive", "generated", "none"]
    text: str
    sentences: list[AnswerSentenceItem]
    fallback: FallbackItem | None


class ExpansionItem(BaseModel):
    """A term of the question and what it was also searched as."""

    term: str
    translations: list[str]
    origin: Literal["terms", "typo", "dictionary"]


class IndexStamp(BaseModel):
    """The generation that an answer comes from, all of it."""

    generation: str
    built_at: str


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


class DocumentSummary(BaseModel):
    """A document of the corpus, without its text."""

    id: str
    title: str
    language: str
    characters: int
    passages: int
    sha256: str


class DocumentList(BaseModel):
    """All documents of the generation that answers."""

    documents: list[DocumentSummary]
    index: IndexStamp


class SectionItem(BaseModel):
    """A section: its headings from the top, and the text below them."""

    path: list[str]
    role: Literal["body", "reference", "notice"]
    start: Offset
    end: Offset


class TranslatedBlockItem(BaseModel):
    """A heading or paragraph of the document, in another language."""

    start: Offset
    end: Offset
    text: str


class DocumentTranslation(BaseModel):
    """A document in another language, block by block: an aid to reading."""

    language: Annotated[str, Field(description="Language tag (BCP 47)")]
    title: str
    notice: str
    blocks: list[TranslatedBlockItem]


class DocumentResponse(BaseModel):
    """A whole document."""

    id: str
    title: str
    language: str
    notice: str
    source: dict[str, Any]
    text: str
    sections: list[SectionItem]
    translation: DocumentTranslation | None
    sha256: str
    index: IndexStamp


class PassageResponse(BaseModel):
    """One passage, wherever it stands now."""

    id: str
    document_id: str
    section_path: list[str]
    text: str
    start: Offset
    end: Offset
    sentences: list[Place]
    translation: TranslationItem | None
    url: str
    index: IndexStamp


class TaskItem(BaseModel):
    """A rebuild: its state, how far it is, and its report or error."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    step: str
    done: int
    whole: int
    report: dict[str, Any] | None
    error: str | None
    url: str


class TaskList(BaseModel):
    """The last rebuilds, the newest first."""

    tasks: list[TaskItem]


def task_item(task: Task) -> TaskItem:
    """Return a task as the API gives it."""
    return TaskItem(**asdict(task), url=f"/api/v1/index/tasks/{task.id}")


class DocumentChange(BaseModel):
    """A document that was stored or removed (`sha256` null), and the rebuild that takes it in."""

    id: str
    sha256: str | None
    task: TaskItem | None


class IndexResponse(BaseModel):
    """The state of the index."""

    ready: bool
    degraded: bool
    reasons: list[str]
    generation: str | None
    built_at: str | None
    documents: int
    passages: int
    sentences: int
    model: str | None
    kept: list[str]
    task: TaskItem | None


class RebuildRequest(BaseModel):
    """How to rebuild."""

    model_config = ConfigDict(extra="forbid", strict=True)

    force: bool = Field(False, description="Publish even if more than half of the passages are gone")


class RollbackRequest(BaseModel):
    """Where to go back to."""

    model_config = ConfigDict(extra="forbid", strict=True)

    generation: str = Field(pattern="^[0-9]{6,12}$", description="One of the kept generations", examples=["000003"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether questions are answered, and what is amiss."""

    ready: bool
    degraded: bool
    reasons: list[str]


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
