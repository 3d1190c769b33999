"""Templates, the language of the page, and the frame that all pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.dependencies import runtime_of
from api.errors import ProblemError
from api.page.labels import LABELS, Interface
from api.page.marking import visible
from api.presenting import mark_of, viewer_url
from corpus.model import Passage, Source, Span
from qa.formats.links import link_of

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["visible"] = visible
LANGUAGE_TAGS: dict[Interface, str] = {"zh": "zh-CN", "en": "en"}


def interface_of(request: Request) -> Interface:
    """Return the page's language: the address's ``ui``, else the first of the two that the browser prefers."""
    asked = request.query_params.get("ui")
    if asked in ("zh", "en"):
        return asked  # type: ignore[return-value]
    for wanted in request.headers.get("accept-language", "zh").lower().split(","):
        if wanted.strip()[:2] in ("zh", "en"):
            return wanted.strip()[:2]  # type: ignore[return-value]
    return "en"


@dataclass(frozen=True, slots=True)
class Cite:
    """What the citation menu cites: a quote of a passage, and the address that shows it."""

    passage: str
    mark: str
    url: str


def cite_of(passage: Passage, span: Span) -> Cite:
    """Return what the citation menu needs for a quote."""
    return Cite(passage.id, mark_of(passage, span), viewer_url(passage, span))


def render(
    name: str,
    request: Request,
    context: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a page made of the template ``name``; ``context`` comes on top of what all pages share."""
    runtime = runtime_of(request)
    interface = interface_of(request)
    serving = runtime.upkeep.serving
    other: Interface = "en" if interface == "zh" else "zh"
    query = {key: value for key, value in request.query_params.items() if key not in ("ui", "part")}
    body = _TEMPLATES.get_template(name).render(
        {
            "labels": LABELS[interface],
            "all_labels": LABELS,
            "ui": interface,
            "tag": LANGUAGE_TAGS[interface],
            "other_ui": other,
            "other_tag": LANGUAGE_TAGS[other],
            "switch_url": f"{request.url.path}?{urlencode({**query, 'ui': other})}",
            "here": f"{request.url.path}?{urlencode({**query, 'ui': interface})}",
            "manifest": serving.generation.manifest if serving else None,
            "reasons": runtime.upkeep.reasons,
            "waiting": False,
            "longest": runtime.settings.max_question_characters,
            "url_of": lambda path="/", **given: f"{path}?{urlencode({**given, 'ui': interface})}",
            "question": "",
            "generates": bool(runtime.settings.llm_base_url),
            "logged": runtime.settings.log_questions,
            "feedback": runtime.settings.feedback_file is not None,
            **context,
        }
    )
    return HTMLResponse(body, status, headers=dict(headers or {}))


def render_error(request: Request, error: ProblemError) -> Response:
    """Return the page that says what is wrong: the index is being built, too many ask, or there is nothing here."""
    labels = LABELS[interface_of(request)]
    building = error.code == "index_not_ready"
    status, message = 404, labels["not_found"]
    if building:
        status, message = 503, not_ready(request)
    if error.code == "busy":
        status, message = 503, labels["busy"].format(seconds=error.headers.get("Retry-After", "1"))
    return render("error.html", request, {"message": message, "waiting": building}, status, error.headers)


def not_ready(request: Request) -> str:
    """Return why nothing is answered yet: the first index is being built, or could not be."""
    return LABELS[interface_of(request)]["unbuilt" if runtime_of(request).upkeep.reasons else "building"]


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


_TEMPLATES.filters["source_line"] = source_line
_TEMPLATES.filters["link_of"] = link_of
