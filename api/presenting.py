"""From the engine's objects to the API's, and to the links that both the API and the page give."""

from collections.abc import Iterable
from dataclasses import asdict
from urllib.parse import quote, urlencode

from api.schemas.answer import (
    AlignmentItem,
    AnswerItem,
    AnswerSentenceItem,
    AskResponse,
    CitationItem,
    ConflictItem,
    EvidenceItem,
    ExpansionItem,
    FallbackItem,
    FragmentSelector,
    GlossItem,
    PassageItem,
    PositionSelector,
    QuoteSelector,
    RectangleItem,
)
from api.schemas.corpus import (
    DocumentResponse,
    DocumentSummary,
    DocumentTranslation,
    PassageResponse,
    SectionItem,
    TranslatedBlockItem,
)
from api.schemas.shared import ContextItem, IndexStamp, Place, TranslationItem
from corpus.model import Document, Passage, Span, Translation
from index.generations.opening import Generation
from qa.formats.csl import csl
from qa.model import Answer, AnswerSentence, Citation, Gloss, Hit, Result


def viewer_url(passage: Passage, quote_span: Span | None = None, **query: str) -> str:
    """Return the viewer's address that marks a passage, or a quote of it; ``query`` is added to it.

    The quote's place counts from the passage's start, so that it stays right when the text before it is edited.
    """
    places = {"passage": passage.id}
    if quote_span is not None:
        places["mark"] = mark_of(passage, quote_span)
    return f"/documents/{quote(passage.document_id, safe='')}?{urlencode({**places, **query})}#mark"


def mark_of(passage: Passage, quote_span: Span) -> str:
    """Return the place of a quote as ``START-END``, counted from the passage's start."""
    return f"{quote_span.start - passage.span.start}-{quote_span.end - passage.span.start}"


def marked(mark: str, passage: Passage) -> Span:
    """Return the span that the ``mark`` of such an address means; the whole passage where it means none of its places."""
    start, dash, end = mark.partition("-")
    if dash and start.isdecimal() and end.isdecimal() and len(mark) < 24:
        span = Span(passage.span.start + int(start), passage.span.start + int(end))
        if span.start < span.end and passage.span.contains(span):
            return span
    return passage.span


def stamp(generation: Generation) -> IndexStamp:
    """Return which generation an answer comes from."""
    return IndexStamp(generation=generation.name, built_at=generation.manifest.built_at)


def present(result: Result) -> AskResponse:
    """Return a result as the API gives it."""
    return AskResponse(
        question=result.question,
        language=result.language,
        answerable=result.answerable,
        confidence=result.confidence,
        answer=present_answer(result.answer),
        passages=[_passage(hit) for hit in result.hits],
        citations=[_citation(citation) for citation in result.citations],
        expansions=[
            ExpansionItem(term=item.term, translations=list(item.translations), origin=item.origin)
            for item in result.expansions
            if item.translations
        ],
        index=IndexStamp(generation=result.generation, built_at=result.built_at),
        took_ms=result.took_ms,
    )


def present_answer(answer: Answer) -> AnswerItem:
    """Return an answer as the API gives it."""
    fallback = answer.fallback
    return AnswerItem(
        mode=answer.mode,
        text=answer.text,
        sentences=[present_sentence(item) for item in answer.sentences],
        fallback=FallbackItem(reason=fallback.reason, detail=fallback.detail) if fallback else None,
        missing=list(answer.missing),
        conflict=[ConflictItem(citations=list(item.citations), about=item.about) for item in answer.conflict],
    )


def present_sentence(sentence: AnswerSentence) -> AnswerSentenceItem:
    """Return a sentence of an answer as the API gives it."""
    return AnswerSentenceItem(
        text=sentence.text,
        citations=list(sentence.citations),
        glosses=_glosses(sentence.glosses),
        supported=sentence.supported,
        problems=list(sentence.problems),
    )


def present_document(document: Document, generation: Generation) -> DocumentResponse:
    """Return a whole document as the API gives it."""
    return DocumentResponse(
        id=document.id,
        title=document.title,
        language=document.language,
        notice=document.notice,
        source=csl(document.source),
        text=document.text,
        sections=[
            SectionItem(path=list(item.path), role=item.role, start=item.span.start, end=item.span.end)
            for item in document.sections
        ],
        translation=_document_translation(document.translation) if document.translation else None,
        sha256=document.sha256,
        index=stamp(generation),
    )


def present_summary(document: Document, passages: int) -> DocumentSummary:
    """Return the line of a document of so many ``passages`` in the list of documents."""
    return DocumentSummary(
        id=document.id,
        title=document.title,
        language=document.language,
        characters=len(document.text),
        passages=passages,
        sha256=document.sha256,
    )


def present_passage(passage: Passage, generation: Generation) -> PassageResponse:
    """Return one passage as the API gives it."""
    translation = generation.documents[passage.document_id].translation
    return PassageResponse(
        id=passage.id,
        document_id=passage.document_id,
        section_path=list(passage.section_path),
        text=passage.text,
        reading=passage.reading.text,
        context=present_context(passage),
        start=passage.span.start,
        end=passage.span.end,
        sentences=[Place(start=item.start, end=item.end) for item in passage.sentences],
        translation=_translation(translation.of(passage.span)) if translation else None,
        url=viewer_url(passage),
        index=stamp(generation),
    )


def present_context(passage: Passage) -> ContextItem:
    """Return what a passage stands under as the API gives it."""
    return ContextItem(**asdict(passage.context))


def _passage(hit: Hit) -> PassageItem:
    passage = hit.passage
    return PassageItem(
        rank=hit.rank,
        id=passage.id,
        document_id=passage.document_id,
        section_path=list(passage.section_path),
        text=passage.text,
        reading=passage.reading.text,
        context=present_context(passage),
        doubtful=passage.doubtful,
        start=passage.span.start,
        end=passage.span.end,
        score=hit.score,
        evidence=[
            EvidenceItem(
                start=item.span.start,
                end=item.span.end,
                text=item.text,
                reading=item.reading,
                score=round(item.score, 4),
                glosses=_glosses(item.glosses),
            )
            for item in hit.evidence
        ],
        signals=hit.signals,
        matches=[Place(start=span.start, end=span.end) for span in hit.matches],
        alignments=[
            AlignmentItem(
                question=item.question,
                passage=item.passage,
                start=item.span.start,
                end=item.span.end,
                similarity=item.similarity,
            )
            for item in hit.alignments
        ],
        also_in=list(hit.also_in),
        translation=_translation(hit.translation) if hit.translation else None,
    )


def _glosses(glosses: Iterable[Gloss]) -> list[GlossItem]:
    return [GlossItem(start=item.span.start, end=item.span.end, zh=item.zh, en=item.en) for item in glosses]


def _translation(translation: Translation) -> TranslationItem:
    return TranslationItem(language=translation.language, text=translation.text)


def _document_translation(translation: Translation) -> DocumentTranslation:
    return DocumentTranslation(
        language=translation.language,
        title=translation.title,
        notice=translation.notice,
        blocks=[
            TranslatedBlockItem(start=block.span.start, end=block.span.end, text=block.text) for block in translation.blocks
        ],
    )


def _citation(citation: Citation) -> CitationItem:
    start, end, place = citation.span.start, citation.span.end, citation.place
    return CitationItem(
        number=citation.number,
        passage_id=citation.passage.id,
        document_id=citation.passage.document_id,
        title=citation.document_title,
        section_path=list(citation.passage.section_path),
        quote=citation.quote,
        reading=citation.reading,
        start=start,
        end=end,
        year=citation.source.year,
        status=citation.status or None,
        as_of=citation.as_of or None,
        source=csl(citation.source),
        url=viewer_url(citation.passage, citation.span),
        page=place.page if place else None,
        page_label=(place.label or None) if place else None,
        rects=[RectangleItem(**asdict(item)) for item in place.rectangles] if place else None,
        selectors=[
            QuoteSelector(exact=citation.quote, prefix=citation.prefix, suffix=citation.suffix),
            PositionSelector(start=start, end=end),
            *([FragmentSelector(value=f"page={place.page}")] if place else []),
        ],
    )
