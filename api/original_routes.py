"""The files of the corpus as they are, for those who may have them: originals may be under copyright."""

import re
from pathlib import Path
from urllib.parse import quote

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from api.bounds.access import is_local
from api.dependencies import Held
from api.errors import ProblemError
from corpus.errors import CorpusError
from corpus.files.listing import read_content, sha256
from corpus.formats.registry import MEDIA_TYPES
from corpus.model import Document

router = APIRouter()

_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'self'"


@router.get("/documents/{document_id}/original", response_class=Response, include_in_schema=False)
async def original(document_id: str, request: Request, runtime: Held) -> Response:
    """Serve a document's file if it is still the one that was indexed; a part of it where ``Range`` asks for one."""
    rule = runtime.settings.serve_originals
    if rule == "never" or (rule == "local" and not is_local(request)):
        raise ProblemError("not_found", "Originals aren't served here (MSCQA_SERVE_ORIGINALS).")
    document = runtime.serving.generation.documents.get(document_id)
    if document is None:
        raise ProblemError("not_found", "There is no such document in this generation.")
    folder = runtime.settings.corpus_dir
    content = await anyio.to_thread.run_sync(_content, folder, document)
    headers = {
        "Content-Security-Policy": _SANDBOX,
        "Content-Disposition": _disposition(document.filename),
        "Accept-Ranges": "bytes",
        "ETag": f'"{document.sha256}"',
    }
    media_type = MEDIA_TYPES.get(Path(document.filename).suffix.lower(), "text/plain; charset=utf-8")
    part = _part(request.headers.get("range", ""), len(content))
    if part is None:
        return Response(content, media_type=media_type, headers=headers)
    start, end = part
    if start >= end:
        headers["Content-Range"] = f"bytes */{len(content)}"
        return Response(status_code=416, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return Response(content[start:end], 206, headers, media_type)


def _content(folder: Path, document: Document) -> bytes:
    try:
        content = read_content(folder / document.filename, folder, document.filename)
    except CorpusError:
        raise ProblemError("not_found", "The document's file isn't there any more.") from None
    if sha256(content) != document.sha256:
        raise ProblemError("not_found", "The document's file was edited since it was indexed.")
    return content


def _disposition(filename: str) -> str:
    """Return how a browser takes a file: a PDF is shown, anything else saved."""
    name = Path(filename).name
    plain = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)
    kind = "inline" if name.lower().endswith(".pdf") else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _part(asked: str, length: int) -> tuple[int, int] | None:
    """Return the start and end of the one range that is asked for, or None for all; an empty one can't be had."""
    found = _RANGE.fullmatch(asked.strip())
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, length - int(found[2])), length
    return int(found[1]), min(int(found[2]) + 1 if found[2] else length, length)
