"""The source viewer: a whole document, the cited sentence marked, and the way to the next piece of evidence."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import asking
from api.dependencies import checked_question, runtime_of
from api.errors import ProblemError
from api.page.marking import Mark, Run, runs, visible
from api.page.rendering import cite_of, interface_of, render, render_error
from api.presenting import marked, viewer_url
from corpus.model import Document, Span, Translation
from corpus.passages.sections import find_title, headed, is_heading
from index.generations.opening import Generation
from qa.model import Citation

router = APIRouter()

_NOT_SHOWN = ("front_matter", "furniture", "comment", "image")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (``level`` from 2, its words in ``title``) or another block (``level`` 0); ``aid`` is its translation."""

    anchor: str
    level: int
    title: str
    runs: list[Run]
    aid: str = ""
    code: bool = False

    @property
    def cited(self) -> bool:
        """Whether the cited sentence begins here."""
        return any(run.starts and run.mark and run.mark.anchor for run in self.runs)


@router.get("/documents/{document_id}", response_class=HTMLResponse)
async def viewer(document_id: str, request: Request) -> Response:
    """Serve a document; ``passage`` and ``mark`` say what is cited, ``q`` the question that the way leads back to."""
    given = request.query_params
    question = given.get("q", "")
    try:
        generation = runtime_of(request).serving.generation
        document = generation.documents.get(document_id)
        if document is None:
            raise ProblemError("not_found", "There is no such document in this generation.")
    except ProblemError as error:
        return render_error(request, error)
    row = generation.rows.get(given.get("passage", ""))
    passage = generation.passages[row] if row is not None else None
    if passage is not None and passage.document_id != document.id:
        passage = None
    cited = marked(given.get("mark", ""), passage) if passage else None
    citations = await _citations(request, question, generation)
    marks = _marks(cited, citations, document)
    aid = document.translation if _aided(request) else None
    path = f"/documents/{quote(document.id, safe='')}"
    context = {
        "question": question,
        "document": document,
        "generation": generation.name,
        "aid": aid,
        "aid_url": f"{path}?{urlencode({**given, 'aid': 0 if aid else 1})}#mark",
        "cited": cited,
        "cite": cite_of(passage, cited) if passage and cited else None,
        "gone": bool(given.get("passage")) and passage is None,
        "plain_url": path,
        **_neighbours(cited, citations, document, question, interface_of(request)),
    }

    def rendered() -> Response:
        blocks = _blocks(document, marks, aid)
        return render("document.html", request, {**context, "blocks": blocks}, 404 if context["gone"] else 200)

    try:
        return await runtime_of(request).work(rendered)  # a page of 5 MB takes 2 s, and many small ones as much
    except ProblemError as error:
        return render_error(request, error)


def _aided(request: Request) -> bool:
    """Tell whether the translation is shown: as the address says, else to readers of the English page."""
    asked = request.query_params.get("aid")
    return asked == "1" if asked in ("0", "1") else interface_of(request) == "en"


async def _citations(request: Request, question: str, generation: Generation) -> tuple[Citation, ...]:
    """Return the evidence of ``question``, asked again; none where that can't be done now or belongs elsewhere."""
    if not question:
        return ()
    runtime = runtime_of(request)
    try:
        expand = request.query_params.get("exact") != "1"
        result, _ = await asking.asked(runtime, checked_question(question, runtime), 5, expand=expand)
    except ProblemError:
        return ()
    return result.citations if result.generation == generation.name else ()


def _marks(cited: Span | None, citations: tuple[Citation, ...], document: Document) -> list[Mark]:
    here = [item for item in citations if item.passage.document_id == document.id]
    marks = [Mark(cited, next((item.number for item in here if item.span == cited), 0), "mark")] if cited else []
    return marks + [Mark(item.span, item.number, "") for item in here if item.span != cited]


def _neighbours(
    cited: Span | None, citations: tuple[Citation, ...], document: Document, question: str, interface: str
) -> dict[str, Any]:
    """Return which evidence of the question is shown, of how many, and the addresses of the ones beside it."""
    here = (document.id, cited)
    place = next((n for n, item in enumerate(citations) if (item.passage.document_id, item.span) == here), None)
    beside: dict[str, Any] = {"place": None, "count": len(citations), "previous": None, "next": None}
    if place is None:
        return beside
    beside["place"] = place + 1
    for name, other in (("previous", place - 1), ("next", place + 1)):
        if 0 <= other < len(citations):
            beside[name] = viewer_url(citations[other].passage, citations[other].span, q=question, ui=interface)
    return beside


def _blocks(document: Document, marks: list[Mark], aid: Translation | None) -> list[Block]:
    """Return what is shown of a document: each block as it reads, but for page furniture, comments and the like."""
    made = []
    title = find_title(document.blocks)
    for path, block in headed(document.blocks):
        if block.kind in _NOT_SHOWN or block is title:
            continue
        translated = _aid(block.span, aid)
        if is_heading(block) and path:
            made.append(Block(f"s{block.span.start}", min(len(path) + 1, 6), visible(path[-1]), [], translated))
            continue
        shown = runs(document.text, block.span, marks, (), block.joins)
        made.append(Block(f"p{block.span.start}", 0, "", shown, translated, code=block.kind == "code"))
    return made


def _aid(span: Span, aid: Translation | None) -> str:
    return visible(aid.of(span).text) if aid else ""
