"""The API's responses on documents and passages."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas.index import TaskItem
from api.schemas.shared import ContextItem, IndexStamp, Offset, Place, TranslationItem


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
    role: Literal["body", "reference", "notice", "byline"]
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
    reading: Annotated[str, Field(description="The text without its line breaks and markup")]
    context: ContextItem
    start: Offset
    end: Offset
    sentences: list[Place]
    translation: TranslationItem | None
    url: str
    index: IndexStamp


class DocumentChange(BaseModel):
    """A document that was stored or removed (`sha256` null), and the rebuild that takes it in."""

    id: str
    sha256: str | None
    task: TaskItem | None
