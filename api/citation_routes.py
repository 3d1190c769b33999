"""Citations of passages in the formats that reference managers and style sheets take."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.dependencies import Held, problems
from api.errors import ProblemError
from api.presenting import marked
from corpus.model import Span
from index.generations.opening import Generation
from qa.answers.citations import CitationError, cite_passage
from qa.formats.bibtex import entry_key
from qa.formats.registry import FORMATS, FormatName

router = APIRouter()

_CONTENT: dict[str, Any] = {
    media_type: {"schema": {"type": "string"}} for media_type in sorted({item.media_type for item in FORMATS.values()})
}


@router.get(
    "/api/v1/passages/{passage_id}/citation",
    response_class=Response,
    responses={
        200: {"description": "The citation, with where its quote stands", "content": _CONTENT},
        **problems(404, 422, 429, 503),
    },
    tags=["citations"],
)
async def citation(
    passage_id: str,
    runtime: Held,
    format: Annotated[  # noqa: A002 - the address's word
        FormatName, Query(description="GB/T 7714-2025 (`gbt`) or -2015, BibTeX, RIS, CSL-JSON, or plain text")
    ] = "gbt",
    start: Annotated[int | None, Query(ge=0, description="First code point of the quote (default: the passage's)")] = None,
    end: Annotated[int | None, Query(ge=0, description="End of the quote (default: the passage's)")] = None,
) -> Response:
    """Cite a passage, or a quote of it: the source, and where in which document the quote stands.

    The quote is checked against the document's text now; nothing is served where it doesn't hold.
    """
    return _cited(runtime.serving.generation, passage_id, format, start, end)


def _cited(generation: Generation, passage_id: str, style: FormatName, start: int | None, end: int | None) -> Response:
    row = generation.rows.get(passage_id)
    if row is None:
        raise ProblemError("not_found", "There is no such passage in this generation; it may have been edited.")
    passage = generation.passages[row]
    quoted = Span(passage.span.start if start is None else start, passage.span.end if end is None else end)
    if not (passage.span.contains(quoted) and quoted.start < quoted.end):
        reason = f"start and end must lie within the passage, {passage.span.start} to {passage.span.end}."
        raise ProblemError("invalid_request", reason, {"errors": [{"field": "start", "message": reason}]})
    try:
        made = cite_passage(passage, quoted, generation)
    except CitationError:
        raise ProblemError("not_found", "This passage doesn't match its document, so it isn't cited.") from None
    written = FORMATS[style]
    name = f"{entry_key(made)}.{written.ending}"
    return Response(
        written.write(made),
        media_type=written.media_type,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@router.get("/cite/{passage_id}", response_class=Response, include_in_schema=False)
async def cite_on_page(
    passage_id: str,
    runtime: Held,
    format: FormatName = "gbt",  # noqa: A002 - the address's word
    mark: str = "",
    start: Annotated[int | None, Query(ge=0)] = None,
    end: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """Cite as the API does; ``mark`` is that of the viewer's addresses, which edits before the passage leave right."""
    generation = runtime.serving.generation
    row = generation.rows.get(passage_id)
    if mark and row is not None:
        span = marked(mark, generation.passages[row])
        start, end = span.start, span.end
    return _cited(generation, passage_id, format, start, end)
