"""Checking quotes and claims against the corpus."""

from typing import Any

from fastapi import APIRouter

from api.dependencies import Held, problems
from api.errors import ProblemError
from api.presenting import stamp, viewer_url
from api.schemas.verification import (
    ClaimPart,
    ClaimResponse,
    DifferenceItem,
    EvidenceOnClaim,
    MatchItem,
    QuoteResponse,
    VerifyRequest,
)
from corpus.model import Passage, Span
from index.generations.opening import Generation
from qa.verification.model import ClaimEvidence, Match, Part, QuoteError, UnknownDocumentError

router = APIRouter()


@router.post("/api/v1/verify", responses=problems(400, 404, 413, 415, 422, 429, 503), tags=["citations"])
async def verify(body: VerifyRequest, runtime: Held) -> QuoteResponse | ClaimResponse:
    """Tell whether a quote stands in the corpus and what was changed, or what the corpus says to a claim."""
    try:
        if body.claim is not None:
            return await _claim(body.claim, runtime)
        return await _quote(body.quote or "", body.document_id, runtime)
    except QuoteError as error:
        field = "claim" if body.claim is not None else "quote"
        members: dict[str, Any] = {"errors": [{"field": field, "message": str(error)}]}
        raise ProblemError("invalid_request", str(error), members) from None
    except UnknownDocumentError:
        raise ProblemError("not_found", "There is no such document in this generation.") from None


async def _quote(quote: str, document_id: str | None, runtime: Held) -> QuoteResponse:
    verifier = runtime.serving.verifier
    generation = verifier.generation
    checked = await runtime.work(lambda: verifier.quote(quote, document_id))
    return QuoteResponse(
        verdict=checked.verdict,
        matches=[_match(match, generation) for match in checked.matches],
        differences=[
            DifferenceItem(
                kind=item.kind,
                expected=item.expected,
                found=item.found,
                start=item.document_span.start,
                end=item.document_span.end,
                quote_start=item.quote_span.start,
                quote_end=item.quote_span.end,
                contradicts=True,
            )
            for item in checked.differences
        ],
        index=stamp(generation),
    )


async def _claim(claim: str, runtime: Held) -> ClaimResponse:
    verifier = runtime.serving.verifier
    generation = verifier.generation
    checked = await runtime.work(lambda: verifier.claim(claim))
    evidence = [_evidence(item, generation) for item in checked.evidence]
    parts = [
        _part(item, checked.evidence[0], generation) for item in (checked.evidence[0].parts if checked.evidence else ())
    ]
    return ClaimResponse(support=checked.support, evidence=evidence, parts=parts, index=stamp(generation))


def _match(match: Match, generation: Generation) -> MatchItem:
    document = generation.documents[match.document_id]
    passage = generation.passages[generation.rows[match.passage_id]] if match.passage_id else None
    return MatchItem(
        document_id=match.document_id,
        title=document.title,
        passage_id=match.passage_id,
        section_path=list(passage.section_path) if passage else [],
        start=match.span.start,
        end=match.span.end,
        text=match.text,
        similarity=match.similarity,
        quote_start=match.quote_span.start,
        quote_end=match.quote_span.end,
        doubtful=match.doubtful,
        url=viewer_url(passage, Span(match.span.start, min(match.span.end, passage.span.end))) if passage else None,
    )


def _evidence(item: ClaimEvidence, generation: Generation) -> EvidenceOnClaim:
    passage = generation.passages[generation.rows[item.passage_id]]
    return EvidenceOnClaim(
        document_id=item.document_id,
        passage_id=item.passage_id,
        section_path=list(item.section_path),
        start=item.span.start,
        end=item.span.end,
        text=item.text,
        reading=passage.reading_of(item.span),
        score=item.score,
        support=item.support,
        differences=[
            DifferenceItem(
                kind=difference.kind,
                expected=difference.expected,
                found=difference.found,
                start=_raw(item, difference.expected_span, passage).start if difference.expected_span else None,
                end=_raw(item, difference.expected_span, passage).end if difference.expected_span else None,
                quote_start=difference.found_span.start if difference.found_span else None,
                quote_end=difference.found_span.end if difference.found_span else None,
                contradicts=difference.contradicts,
            )
            for difference in item.differences
        ],
        url=viewer_url(passage, item.span),
    )


def _part(part: Part, item: ClaimEvidence, generation: Generation) -> ClaimPart:
    passage = generation.passages[generation.rows[item.passage_id]]
    place = _raw(item, part.place, passage) if part.place else None
    return ClaimPart(
        start=part.span.start,
        end=part.span.end,
        evidence_start=place.start if place else None,
        evidence_end=place.end if place else None,
        relation=part.relation,
    )


def _raw(item: ClaimEvidence, place: Span, passage: Passage) -> Span:
    """Return where ``place`` of what a sentence reads stands in the document's text."""
    reading = passage.reading
    start = reading.to_read(item.span.start)
    if not len(place):
        return Span(item.span.start, item.span.start)
    return reading.to_raw(start + place.start, start + place.end)
