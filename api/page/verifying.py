"""The page that checks a text: each sentence gets its verdict; sent in the body, neither logged nor kept."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import runtime_of
from api.errors import ProblemError
from api.page.checked_text import Row, as_csv, as_markdown, counts_of, rows_of
from api.page.labels import LABELS
from api.page.rendering import interface_of, not_ready, render
from index.generations.opening import Generation
from qa.verification.drafts import check_sentence, read_draft

router = APIRouter()

LONGEST, MOST = 5000, 40  # characters and sentences of a text: some four seconds of work, a sentence at a time
_EXPORTS = {"markdown": ("text/markdown", "md"), "csv": ("text/csv", "csv")}


@dataclass(frozen=True, slots=True)
class _Checked:
    """What became of a text: its rows, and the generation that they are from."""

    rows: list[Row]
    generation: Generation


class _RefusedError(Exception):
    """A text that isn't checked; the message says why, in the reader's language."""


@router.get("/verify", response_class=HTMLResponse)
async def form(request: Request) -> Response:
    """Serve the page with an empty box."""
    return _page(request, "")


@router.post("/verify", response_class=HTMLResponse)
async def verify(request: Request) -> Response:
    """Check the form's ``text``, and serve the page with the verdicts; ``format`` gives them as a file instead."""
    async with request.form(max_files=0, max_fields=8) as given:
        # Browsers send line ends as CRLF, whatever was pasted.
        text = str(given.get("text", "")).replace("\r\n", "\n").replace("\r", "\n")
        wanted = str(given.get("format", ""))
    labels = LABELS[interface_of(request)]
    try:
        checked = await _check(text, request, labels)
    except _RefusedError as error:
        return _page(request, text, message=str(error), status=422)
    except ProblemError as error:
        busy = labels["busy"].format(seconds=error.headers.get("Retry-After", "1"))
        message = not_ready(request) if error.code == "index_not_ready" else busy
        return _page(request, text, message=message, status=503, headers=dict(error.headers))
    if wanted in _EXPORTS:
        return _export(wanted, checked, labels)
    return _page(request, text, checked)


async def _check(text: str, request: Request, labels: dict[str, str]) -> _Checked:
    """Return the verdicts; each sentence waits for its turn among questions, so that no text keeps others waiting.

    Raises ``_RefusedError``, or the problems ``index_not_ready`` and ``busy``.
    """
    runtime = runtime_of(request)
    verifier = runtime.serving.verifier
    if len(text) > LONGEST:
        raise _RefusedError(labels["verify_long"].format(count=len(text), most=LONGEST))
    sentences = [] if not text.strip() else list(await runtime.work(lambda: read_draft(text)))
    if not any(not sentence.left_out for sentence in sentences):
        raise _RefusedError(labels["verify_nothing" if text.strip() else "verify_empty"])
    if len(sentences) > MOST:
        raise _RefusedError(labels["verify_many"].format(count=len(sentences), most=MOST))
    checked = []
    for sentence in sentences:
        if await request.is_disconnected():
            break  # nobody waits for the rest
        checked.append(await runtime.work(partial(check_sentence, sentence, verifier.claim)))
    return _Checked(rows_of(checked, verifier.generation), verifier.generation)


def _export(wanted: str, checked: _Checked, labels: dict[str, str]) -> Response:
    kind, suffix = _EXPORTS[wanted]
    manifest = checked.generation.manifest
    stamp = labels["built"].format(generation=manifest.name, when=manifest.built_at[:10])
    body = as_csv(checked.rows, labels) if wanted == "csv" else as_markdown(checked.rows, labels, stamp)
    name = f'attachment; filename="check.{suffix}"'
    return Response(body.encode("utf-8", "replace"), media_type=kind, headers={"Content-Disposition": name})


def _page(
    request: Request,
    text: str,
    checked: _Checked | None = None,
    *,
    message: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    context: dict[str, Any] = {
        "text": text,
        "rows": checked.rows if checked else [],
        "counts": counts_of(checked.rows) if checked else {},
        "message": message,
        "most": LONGEST,
        "generation": checked.generation.manifest if checked else None,
    }
    return render("verify.html", request, context, status, headers)
