"""From the engine's objects to the API's, and to the links that both the API and the page give."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode

from pydantic_core import to_json
from starlette.responses import Response

from api.schemas.answer import FragmentSelector
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
    place = f"passage={quote(passage.id, safe='')}"
    if quote_span is not None:
        place += f"&mark={mark_of(passage, quote_span)}"
    if query:
        place += f"&{urlencode(query)}"
    return f"/documents/{quote(passage.document_id, safe='')}?{place}#mark"


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


def present(result: Result) -> dict[str, Any]:
    """Return a result as the API gives it, in the shape of `AskResponse`.

    As plain values: checking each once more, as making models of 200 of them does, took longer than all else here. A test
    holds what comes of it to the schema.
    """
    return {
        "question": result.question,
        "language": result.language,
        "answerable": result.answerable,
        "confidence": result.confidence,
        "answer": present_answer(result.answer),
        "passages": [_passage(hit) for hit in result.hits],
        "citations": [_citation(citation) for citation in result.citations],
        "expansions": [
            {"term": item.term, "translations": item.translations, "origin": item.origin}
            for item in result.expansions
            if item.translations
        ],
        "index": {"generation": result.generation, "built_at": result.built_at},
        "took_ms": result.took_ms,
    }


def answer_response(result: Result) -> Response:
    """Return the response that carries a result, written into JSON once."""
    return Response(to_json(present(result)), media_type="application/json")


def present_answer(answer: Answer) -> dict[str, Any]:
    """Return an answer in the shape of `AnswerItem`."""
    fallback = answer.fallback
    return {
        "mode": answer.mode,
        "text": answer.text,
        "sentences": [present_sentence(item) for item in answer.sentences],
        "fallback": {"reason": fallback.reason, "detail": fallback.detail} if fallback else None,
        "missing": answer.missing,
        "premise": answer.premise,
        "conflict": [{"citations": item.citations, "about": item.about} for item in answer.conflict],
    }


def present_sentence(sentence: AnswerSentence) -> dict[str, Any]:
    """Return a sentence of an answer in the shape of `AnswerSentenceItem`."""
    return {
        "text": sentence.text,
        "citations": sentence.citations,
        "glosses": _glosses(sentence.glosses),
        "supported": sentence.supported,
        "problems": sentence.problems,
    }


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
    return ContextItem(**_context(passage))


def _context(passage: Passage) -> dict[str, str]:
    context = passage.context
    return {
        "title": context.title,
        "lead": context.lead,
        "caption": context.caption,
        "header": context.header,
        "question": context.question,
    }


def _passage(hit: Hit) -> dict[str, Any]:
    passage, translation = hit.passage, hit.translation
    return {
        "rank": hit.rank,
        "id": passage.id,
        "document_id": passage.document_id,
        "section_path": passage.section_path,
        "text": passage.text,
        "reading": passage.reading.text,
        "context": _context(passage),
        "doubtful": passage.doubtful,
        "start": passage.span.start,
        "end": passage.span.end,
        "score": hit.score,
        "evidence": [
            {
                "start": item.span.start,
                "end": item.span.end,
                "text": item.text,
                "reading": item.reading,
                "score": round(item.score, 4),
                "glosses": _glosses(item.glosses),
            }
            for item in hit.evidence
        ],
        "signals": hit.signals,
        "matches": [{"start": span.start, "end": span.end} for span in hit.matches],
        "alignments": [
            {
                "question": item.question,
                "passage": item.passage,
                "start": item.span.start,
                "end": item.span.end,
                "similarity": item.similarity,
            }
            for item in hit.alignments
        ],
        "also_in": hit.also_in,
        "translation": {"language": translation.language, "text": translation.text} if translation else None,
    }


def _glosses(glosses: Iterable[Gloss]) -> list[dict[str, Any]]:
    return [{"start": item.span.start, "end": item.span.end, "zh": item.zh, "en": item.en} for item in glosses]


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


def _citation(citation: Citation) -> dict[str, Any]:
    start, end, place = citation.span.start, citation.span.end, citation.place
    return {
        "number": citation.number,
        "passage_id": citation.passage.id,
        "document_id": citation.passage.document_id,
        "title": citation.document_title,
        "section_path": citation.passage.section_path,
        "quote": citation.quote,
        "reading": citation.reading,
        "start": start,
        "end": end,
        "year": citation.source.year,
        "status": citation.status or None,
        "as_of": citation.as_of or None,
        "source": csl(citation.source),
        "url": viewer_url(citation.passage, citation.span),
        "page": place.page if place else None,
        "page_label": (place.label or None) if place else None,
        "rects": [asdict(item) for item in place.rectangles] if place else None,
        "selectors": [
            {
                "type": "TextQuoteSelector",
                "exact": citation.quote,
                "prefix": citation.prefix,
                "suffix": citation.suffix,
            },
            {"type": "TextPositionSelector", "start": start, "end": end},
            *([FragmentSelector(value=f"page={place.page}").model_dump()] if place else []),
        ],
    }
