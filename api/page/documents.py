"""The corpus page: the list of documents, with search within their texts."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import runtime_of
from api.errors import ProblemError
from api.page.marking import visible
from api.page.normal_forms import NormalForms
from api.page.rendering import render, render_error
from api.presenting import viewer_url
from corpus.matching import normalise
from corpus.model import Document, Passage, Span
from index.generations.opening import Generation

router = APIRouter()

_SNIPPETS, _AROUND = 3, 28  # places shown of a document, characters on each side of one
_LONGEST = 100  # characters of a search within
_FORMS = NormalForms(16_000_000)  # about 100 MB; 20,000 passages have 6 million characters


@dataclass(frozen=True, slots=True)
class Snippet:
    """A place where the words stand, with what is around it; ``url`` leads to it in the viewer."""

    before: str
    found: str
    after: str
    url: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of the list: its passages counted, and the first places of the words searched for."""

    document: Document
    passages: int
    snippets: list[Snippet]
    places: int


@router.get("/documents", response_class=HTMLResponse)
async def document_list(request: Request) -> Response:
    """Serve the list of documents; ``find`` leaves those that hold its words, with the places."""
    runtime = runtime_of(request)
    find = request.query_params.get("find", "").strip()[:_LONGEST]
    try:
        generation = runtime.serving.generation

        def rendered() -> Response:
            documents = _list(find, generation)
            places = sum(item.places for item in documents)
            return render("documents.html", request, {"find": find, "documents": documents, "places": places})

        # In its turn among questions: for a search the whole corpus may have to be brought to its normal form.
        return await runtime.work(rendered)
    except ProblemError as error:
        return render_error(request, error)


def _list(find: str, generation: Generation) -> list[Listed]:
    own: dict[str, list[Passage]] = {key: [] for key in generation.documents}
    for passage in generation.passages:
        own[passage.document_id].append(passage)
    listed = [_listed(document, own[key], find) for key, document in generation.documents.items()]
    return [item for item in listed if item.places or not find]


def _listed(document: Document, passages: list[Passage], find: str) -> Listed:
    text = document.text
    spans = _places(document, find)
    snippets = []
    for span in spans[:_SNIPPETS]:
        passage = next((item for item in passages if item.span.start <= span.start < item.span.end), None)
        if passage is None:  # a heading
            continue
        shown = Span(span.start, min(span.end, passage.span.end))
        start, end = max(span.start - _AROUND, passage.span.start), min(shown.end + _AROUND, passage.span.end)
        before = "…" * (start > passage.span.start) + text[start : span.start]
        after = text[shown.end : end] + "…" * (end < passage.span.end)
        snippets.append(Snippet(_line(before), _line(shown.of(text)), _line(after), viewer_url(passage, shown)))
    return Listed(document, len(passages), snippets, len(spans))


def _line(text: str) -> str:
    return visible(text.replace("\n", " "))


def _places(document: Document, find: str) -> list[Span]:
    """Return where the words of ``find`` stand in the document below its front matter, however they are written."""
    wanted = normalise(find).text
    if not wanted:
        return []
    normal = _FORMS.of(document)
    spans = []
    start = normal.text.find(wanted)
    while start >= 0:
        span = normal.original(start, start + len(wanted))
        if span.start >= document.front_matter.end:
            spans.append(span)
        start = normal.text.find(wanted, start + len(wanted))
    return spans
