"""The search page: rendered here, whole without JavaScript; its module asks for the results alone."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import asking
from api.dependencies import checked_question, runtime_of
from api.errors import ProblemError
from api.page.labels import EXAMPLES, LABELS, Interface
from api.page.marking import Mark, runs
from api.page.rendering import LANGUAGE_TAGS, cite_of, interface_of, not_ready, render
from api.presenting import viewer_url
from corpus.model import Document, Span
from index.generations.opening import Generation
from qa.answers.extractive import not_named
from qa.model import Hit, Result

router = APIRouter()

_SIGNALS = ("tokens", "dense", "words", "headings")
_PASSAGES, _MOST_PASSAGES = 5, 20
# Scores of first passages that answer lie from about .4 to .8, those that don't answer stay below .36 (our own examples).
_HIGH, _MEDIUM = 0.5, 0.37
# A passage is folded around its evidence where at least so many characters can be hidden on that side.
_FOLDED = 70


@router.get("/", response_class=HTMLResponse)
async def search(request: Request) -> Response:
    """Serve the search page, with the results of ``q`` where it is given; ``part=results`` gives those alone."""
    given = request.query_params
    question = given.get("q", "")
    exact = given.get("exact") == "1"
    limit = _limit(given.get("limit", ""))
    context: dict[str, Any] = {"question": question, "exact": exact, "limit": limit, "examples": EXAMPLES}
    context |= {"state": "idle", "message": "", "result": None}
    status = 200
    headers: dict[str, str] = {}
    if "q" in given:
        try:
            runtime = runtime_of(request)
            checked = checked_question(question, runtime)
            if given.get("mode") == "generated" and runtime.settings.llm_base_url:
                gone = request.is_disconnected
                done = await asking.written(runtime, checked, limit, expand=not exact, gone=gone)
                result, generation = done.result, done.generation
            else:
                result, serving = await asking.asked(runtime, checked, limit, expand=not exact)
                generation = serving.generation
            context |= {"state": "results" if result.answerable else "none", "result": result}
            context |= _shown(result, generation, interface_of(request))
        except ProblemError as error:
            status, context["state"], context["message"] = _trouble(error, question, request)
            headers = dict(error.headers)
            context["waiting"] = context["state"] == "building"
    name = "results.html" if given.get("part") == "results" else "search.html"
    return render(name, request, context, status, headers)


def _limit(text: str) -> int:
    return min(max(int(text), 1), _MOST_PASSAGES) if text.isdecimal() and len(text) < 4 else _PASSAGES


def _shown(result: Result, generation: Generation, interface: Interface) -> dict[str, Any]:
    cards = []
    for hit in result.hits:
        # A generation published this instant may lack the document; what can't be shown with its source isn't shown.
        if document := generation.documents.get(hit.passage.document_id):
            cards.append(_card(hit, document, result, generation, interface))
    sentences = _sentences(result, generation, interface)
    return {
        "cards": cards,
        "sentences": sentences,
        "missing": not_named(result.answer_language, result.answer.missing),
        "aided": any(item["aid"] for item in sentences),
        "more": min(len(cards) + _PASSAGES, _MOST_PASSAGES),
    }


def _sentences(result: Result, generation: Generation, interface: Interface) -> list[dict[str, Any]]:
    """Return the answer's sentences, with the translation of their paragraphs for readers of the English page.

    What is English anyway, such as a reference, and what was given already, isn't given again.
    """
    cited = {citation.number: citation for citation in result.citations}
    made = []
    told = {sentence.text for sentence in result.answer.sentences}
    for sentence in result.answer.sentences:
        citation = cited[sentence.citations[0]] if sentence.citations else None
        document = generation.documents.get(citation.passage.document_id) if citation else None
        quoted = document and citation and citation.reading == sentence.text
        translation = document.translation if document and quoted and interface == "en" else None
        aid = translation.of(citation.span) if translation and citation else None
        text = aid.text if aid and aid.text not in told else ""
        told.add(text)
        made.append(
            {
                "text": sentence.text,
                "citations": sentence.citations,
                "supported": sentence.supported,
                "language": document.language if document and quoted else LANGUAGE_TAGS[result.answer_language],
                "glosses": sentence.glosses if interface == "en" else (),
                "aid": text,
                "aid_language": aid.language if aid else "",
            }
        )
    return made


def _card(
    hit: Hit,
    document: Document,
    result: Result,
    generation: Generation,
    interface: Interface,
) -> dict[str, Any]:
    passage = hit.passage
    # Whatever the answer cites is marked, sentences that only lead to evidence too: its numbers link to them.
    cited = [(item.span, item.number) for item in result.citations if item.passage.id == passage.id]
    marks = [Mark(span, number, f"c{number}") for span, number in cited]
    marks += [Mark(item.span, 0, "") for item in hit.evidence if all(item.span != span for span, _ in cited)]
    shown = _unfolded(passage.span, [mark.span for mark in marks])
    path = passage.section_path or (document.title,)
    best = hit.evidence[0].span
    return {
        "hit": hit,
        "under": [part for part in passage.context.parts if part != document.title],
        "title": path[-1],
        "trail": [document.title, *passage.section_path[:-1]] if passage.section_path else [],
        "document": document,
        "before": runs(document.text, Span(passage.span.start, shown.start), marks, hit.matches, passage.joins),
        "shown": runs(document.text, shown, marks, hit.matches, passage.joins),
        "after": runs(document.text, Span(shown.end, passage.span.end), marks, hit.matches, passage.joins),
        "cite": cite_of(passage, best),
        "glosses": [item for evidence in hit.evidence for item in evidence.glosses] if interface == "en" else [],
        "aid": hit.translation if interface == "en" and hit.translation and hit.translation.text != passage.text else None,
        "also_in": [generation.documents[key] for key in hit.also_in if key in generation.documents],
        "url": viewer_url(passage, best, q=result.question, ui=interface),
        "relevance": "high" if hit.score >= _HIGH else "medium" if hit.score >= _MEDIUM else "low",
        "met": _met(hit, document),
        "signals": [(name, max(0.0, min(1.0, hit.signals.get(name, 0.0)))) for name in _SIGNALS],
    }


def _met(hit: Hit, document: Document) -> list[tuple[str, str]]:
    """Return the words of question and passage that met: whole terms, for the model's tokens may be a piece of one.

    A single character that is a piece of no term met (病 for 渐冻症) tells a reader nothing.
    """
    whole = [
        (item.question, next((match for match in hit.matches if match.contains(item.span)), item.span))
        for item in hit.alignments
    ]
    return [(question, span.of(document.text)) for question, span in whole if span.end - span.start > 1]


def _unfolded(passage: Span, evidence: list[Span]) -> Span:
    """Return the part of a passage that is shown at once: all evidence, and what is too short to be worth folding."""
    start, end = min(span.start for span in evidence), max(span.end for span in evidence)
    return Span(
        start if start - passage.start >= _FOLDED else passage.start,
        end if passage.end - end >= _FOLDED else passage.end,
    )


def _trouble(error: ProblemError, question: str, request: Request) -> tuple[int, str, str]:
    labels = LABELS[interface_of(request)]
    if error.code == "invalid_request":
        count, most = len(question.strip()), runtime_of(request).settings.max_question_characters
        key = "error_empty" if count == 0 else "error_long" if count > most else "error_letters"
        return 422, "invalid", labels[key].format(count=count, most=most)
    if error.code == "index_not_ready":
        return 503, "building", not_ready(request)
    return 503, "busy", labels["busy"].format(seconds=error.headers.get("Retry-After", "1"))
