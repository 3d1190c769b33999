"""The search page and the document viewer: rendered here, whole without JavaScript."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.errors import ProblemError
from api.labels import EXAMPLES, LABELS, Interface
from api.marking import pieces, visible
from api.presenting import viewer_url
from api.routes import checked_question, runtime_of
from corpus.model import Document, Section, Source, Span
from index.opening import Generation
from qa.model import Hit, Result

router = APIRouter()

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["visible"] = visible
_SIGNALS = ("dense", "tokens", "words", "headings")
_PASSAGES = 5


@router.get("/", response_class=HTMLResponse)
async def search(request: Request) -> Response:
    """Serve the search page, with the results of ``q`` where it is given; ``part=results`` gives those alone."""
    interface = _interface(request)
    question = request.query_params.get("q", "")
    exact = request.query_params.get("exact") == "1"
    context: dict[str, Any] = {"question": question, "exact": exact, "state": "idle", "message": "", "result": None}
    status = 200
    headers: dict[str, str] = {}
    if "q" in request.query_params:
        try:
            runtime = runtime_of(request)
            result = await runtime.ask(checked_question(question, runtime), _PASSAGES, not exact)
            context |= {"state": "results" if result.answerable else "none", "result": result}
            context |= _shown(result, runtime.generation)
        except ProblemError as error:
            status, context["state"], context["message"] = _trouble(error, question, request, interface)
            headers = dict(error.headers)
    name = "results.html" if request.query_params.get("part") == "results" else "search.html"
    return _page(name, request, interface, context, status, headers)


@router.get("/documents", response_class=HTMLResponse)
async def document_list(request: Request) -> Response:
    """Serve the list of documents."""
    interface = _interface(request)
    try:
        documents = list(runtime_of(request).generation.documents.values())
    except ProblemError as error:
        return _error_page(request, interface, error)
    return _page("documents.html", request, interface, {"question": "", "documents": documents})


@router.get("/documents/{document_id}", response_class=HTMLResponse)
async def viewer(document_id: str, request: Request) -> Response:
    """Serve a whole document, with the passage or quote of the address marked."""
    interface = _interface(request)
    try:
        generation = runtime_of(request).generation
        document = generation.documents.get(document_id)
        if document is None:
            raise ProblemError("not_found", "There is no such document in this generation.")
    except ProblemError as error:
        return _error_page(request, interface, error)
    wanted = request.query_params.get("passage", "")
    row = generation.rows.get(wanted)
    passage = generation.passages[row] if row is not None else None
    mark = _mark(request.query_params.get("mark", ""), document) or (passage.span if passage else None)
    context = {
        "question": request.query_params.get("q", ""),
        "document": document,
        "blocks": _blocks(document, mark),
        "gone": bool(wanted) and passage is None,
        "generation": generation.name,
        "source_line": source_line(document.source),
    }
    return _page("document.html", request, interface, context)


def source_line(source: Source) -> str:
    """Return who wrote a source and where it stands, for people."""
    names = [f"{author.family} {author.given.replace(' ', '')}".strip() for author in source.authors]
    who = ", ".join([*names[:3], "et al."] if len(names) > 3 else names)
    where = source.container_title or source.container_title_short
    volume = source.volume + (f"({source.issue})" if source.issue else "")
    place = source.article_number or source.pages
    numbers = ": ".join(part for part in (volume, place) if part)
    when = "; ".join(part for part in (str(source.year or ""), numbers) if part)
    return ". ".join(part.rstrip(".") for part in (who, source.title, f"{where} {when}".strip()) if part.strip())


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph of the viewer; ``level`` is 0 for paragraphs."""

    anchor: str
    level: int
    pieces: list[Any]


def _shown(result: Result, generation: Generation) -> dict[str, Any]:
    cards = []
    for hit in result.hits:
        document = generation.documents.get(hit.passage.document_id)
        if document is not None:
            cards.append(_card(hit, document, result))
    number_of = {citation.number: citation.passage.id for citation in result.citations}
    rank_of = {hit.passage.id: hit.rank for hit in result.hits}
    anchors = {number: rank_of[passage] for number, passage in number_of.items()}
    return {"cards": cards, "anchors": anchors}


def _card(hit: Hit, document: Document, result: Result) -> dict[str, Any]:
    best = hit.evidence[0].span
    return {
        "hit": hit,
        "trail": " › ".join([document.title, *hit.passage.section_path[:-1]]),
        "document": document,
        "pieces": pieces(document.text, hit.passage.span, [item.span for item in hit.evidence], hit.matches),
        "url": viewer_url(hit.passage, best.start, best.end) + "&" + urlencode({"q": result.question}),
        "source_line": source_line(document.source),
        "relevance": "high" if hit.score >= 0.6 else "medium" if hit.score >= 0.4 else "low",
        "signals": [(name, max(0.0, min(1.0, hit.signals.get(name, 0.0)))) for name in _SIGNALS],
    }


def _blocks(document: Document, mark: Span | None) -> list[Block]:
    blocks = []
    for section in document.sections:
        if section.heading and section.path:
            title = visible(section.path[-1])
            blocks.append(Block(f"s{section.heading.start}", min(len(section.path) + 1, 6), [title]))
        blocks += _paragraphs(document, section, mark)
    return blocks


def _paragraphs(document: Document, section: Section, mark: Span | None) -> list[Block]:
    made = []
    start = section.span.start
    for line in section.span.of(document.text).split("\n"):
        end = start + len(line)
        if line.strip():
            made.append(Block(f"p{start}", 0, pieces(document.text, Span(start, end), [mark] if mark else [], ())))
        start = end + 1
    return made


def _mark(text: str, document: Document) -> Span | None:
    """Return the span of ``START-END`` if it lies in the document."""
    start, dash, end = text.partition("-")
    if not (dash and start.isdecimal() and end.isdecimal() and len(text) < 24):
        return None
    span = Span(int(start), int(end))
    return span if span.start < span.end <= len(document.text) else None


def _interface(request: Request) -> Interface:
    """Return the page's language: the address's ``ui``, else the browser's first one."""
    asked = request.query_params.get("ui")
    if asked in ("zh", "en"):
        return asked  # type: ignore[return-value]
    return "en" if request.headers.get("accept-language", "zh").lower().startswith("en") else "zh"


def _trouble(error: ProblemError, question: str, request: Request, interface: Interface) -> tuple[int, str, str]:
    labels = LABELS[interface]
    if error.code == "invalid_request":
        count, most = len(question.strip()), runtime_of(request).settings.max_question_characters
        key = "error_empty" if count == 0 else "error_long" if count > most else "error_letters"
        return 422, "invalid", labels[key].format(count=count, most=most)
    if error.code == "index_not_ready":
        return 503, "building", labels["building"]
    return 503, "busy", labels["busy"].format(seconds=error.headers.get("Retry-After", "1"))


def _error_page(request: Request, interface: Interface, error: ProblemError) -> Response:
    building = error.code == "index_not_ready"
    message = LABELS[interface]["building" if building else "not_found"]
    context = {"question": "", "exact": False, "state": "error", "message": message, "result": None}
    return _page("search.html", request, interface, context, 503 if building else 404, dict(error.headers))


def _page(
    name: str,
    request: Request,
    interface: Interface,
    context: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    runtime = runtime_of(request)
    generation = runtime.generation if runtime.ready else None
    switched = {**request.query_params, "ui": "en" if interface == "zh" else "zh"}
    switched.pop("part", None)
    body = _TEMPLATES.get_template(name).render(
        labels=LABELS[interface],
        ui=interface,
        other_ui=switched["ui"],
        switch_url=f"{request.url.path}?{urlencode(switched)}",
        manifest=generation.manifest if generation else None,
        degraded=bool(generation and generation.problems),
        longest=runtime.settings.max_question_characters,
        examples=EXAMPLES,
        url_of=lambda **query: "/?" + urlencode({**query, "ui": interface}),
        **context,
    )
    return HTMLResponse(body, status, headers=headers)
