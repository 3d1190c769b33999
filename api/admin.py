"""The routes of those who run the service: rebuild, cancel, go back, and change the documents."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from api.bounds.access import AdminRoute, KeyRoute
from api.conditions import IfMatch, IfNoneMatch, agreement
from api.dependencies import Held, index_response, problems
from api.errors import ProblemError
from api.process.runtime import Runtime
from api.process.task_files import Task
from api.schemas.corpus import DocumentChange
from api.schemas.index import IndexResponse, RebuildRequest, RollbackRequest, TaskItem, TaskList, task_item
from corpus.errors import CorpusError
from corpus.reading import LARGEST_BYTES
from index.building.documents import (
    DocumentChangedError,
    DocumentConflictError,
    DocumentIdError,
    NoDocumentError,
)
from index.errors import BuildRunningError, IndexStoreError

router = APIRouter(route_class=AdminRoute, tags=["index"])
keyed = APIRouter(route_class=KeyRoute, tags=["corpus"])

_SUFFIXES = {"text/markdown": ".md", "text/plain": ".txt"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "maxLength": LARGEST_BYTES}} for kind in _SUFFIXES},
    }
}

DocumentId = Annotated[
    str, Path(description="A new one has small Latin letters, digits, Chinese and single hyphens, 60 at most")
]
Build = Annotated[bool, Query(description="Rebuild the index afterwards; `false` for many changes before one rebuild")]


@router.post("/api/v1/index/rebuild", status_code=202, responses=problems(400, 404, 409, 413, 415, 422, 429, 503))
async def rebuild(runtime: Held, response: Response, body: RebuildRequest | None = None) -> TaskItem:
    """Rebuild the index from the corpus folder while questions go on; the answer is a task to look at."""
    try:
        task = await anyio.to_thread.run_sync(lambda: runtime.tasks.start(force=body.force if body else False))
    except BuildRunningError as error:
        raise _running(runtime, error) from None
    except IndexStoreError as error:
        raise ProblemError("not_writable", str(error)) from None
    item = task_item(task)
    response.headers["Location"] = item.url
    return item


@router.get("/api/v1/index/tasks", responses=problems(404, 429))
async def tasks(runtime: Held) -> TaskList:
    """List the last rebuilds, the newest first: those that were asked for, and those that followed an edit."""
    return TaskList(tasks=[task_item(task) for task in await anyio.to_thread.run_sync(runtime.tasks.newest)])


@router.get("/api/v1/index/tasks/{task_id}", responses=problems(404, 422, 429))
async def task(task_id: str, runtime: Held) -> TaskItem:
    """Return a rebuild's state, progress and report."""
    return task_item(_found(await anyio.to_thread.run_sync(runtime.tasks.get, task_id)))


@router.delete("/api/v1/index/tasks/{task_id}", status_code=202, responses=problems(404, 422, 429))
async def cancel(task_id: str, runtime: Held) -> TaskItem:
    """Ask for a rebuild to be stopped; one that has ended stays as it is."""
    return task_item(_found(await anyio.to_thread.run_sync(runtime.tasks.cancel, task_id)))


@router.post("/api/v1/index/rollback", responses=problems(400, 404, 409, 413, 415, 422, 429, 503))
async def rollback(body: RollbackRequest, runtime: Held) -> IndexResponse:
    """Answer from another kept generation, after verifying it; the texts stay, and the next rebuild takes them in."""
    try:
        await anyio.to_thread.run_sync(runtime.rollback, body.generation)
    except BuildRunningError as error:
        raise _running(runtime, error) from None
    except IndexStoreError as error:
        raise ProblemError("conflict", str(error)) from None
    return index_response(runtime)


@router.get("/metrics", response_class=PlainTextResponse, responses=problems(404), tags=["service"])
async def metrics(runtime: Held) -> PlainTextResponse:
    """Return what the service counts, in Prometheus's text format."""
    return PlainTextResponse(await anyio.to_thread.run_sync(runtime.metrics.text), media_type=CONTENT_TYPE_LATEST)


@keyed.put(
    "/api/v1/documents/{document_id}",
    responses={**problems(400, 404, 409, 412, 413, 415, 422, 429, 503), 201: {"model": DocumentChange}},
    openapi_extra=_BODY,
)
async def put_document(
    document_id: DocumentId,
    request: Request,
    response: Response,
    runtime: Held,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
    build: Build = True,
) -> DocumentChange:
    """Store a document, new or in the place of the one of that id, and rebuild.

    A text that the reader refuses gets 422 with its reason, and the document stays as it was. The old text answers until
    the rebuild is done.
    """
    suffix = _suffix(request.headers.get("content-type", ""))
    agrees = agreement(if_match, if_none_match)
    content = await request.body()
    folder, known = runtime.documents, runtime.filename(document_id)

    try:
        stored = await anyio.to_thread.run_sync(
            lambda: folder.store(document_id, content, suffix, known_as=known, agrees=agrees)
        )
    except CorpusError as error:
        errors = [{"field": "body", "message": problem.reason, "line": problem.line} for problem in error.problems]
        raise ProblemError("invalid_request", str(error), {"errors": errors}) from None
    except (DocumentConflictError, DocumentChangedError, OSError) as error:
        raise _refused(error) from None
    response.status_code = 201 if stored.created else 200
    response.headers["ETag"] = f'"{stored.sha256}"'
    task = await _queued(runtime) if build else None
    return DocumentChange(id=document_id, sha256=stored.sha256, task=task)


@keyed.delete("/api/v1/documents/{document_id}", responses=problems(404, 409, 412, 422, 429, 503))
async def delete_document(
    document_id: DocumentId, runtime: Held, if_match: IfMatch = "", build: Build = True
) -> DocumentChange:
    """Remove a document and rebuild; it answers until the rebuild is done."""
    folder, known, agrees = runtime.documents, runtime.filename(document_id), agreement(if_match)
    try:
        await anyio.to_thread.run_sync(lambda: folder.remove(document_id, known_as=known, agrees=agrees))
    except DocumentIdError:
        raise ProblemError("not_found", "There is no such document in the corpus folder.") from None
    except (NoDocumentError, DocumentConflictError, DocumentChangedError, OSError) as error:
        raise _refused(error) from None
    return DocumentChange(id=document_id, sha256=None, task=await _queued(runtime) if build else None)


async def _queued(runtime: Runtime) -> TaskItem:
    try:
        return task_item(await anyio.to_thread.run_sync(runtime.tasks.queue))
    except IndexStoreError as error:
        raise ProblemError("not_writable", f"The text was stored, but the index can't be rebuilt: {error}") from None


def _found(task: Task | None) -> Task:
    if task is None:
        raise ProblemError("not_found", "There is no such task; the last 50 are kept.")
    return task


def _running(runtime: Runtime, error: BuildRunningError) -> ProblemError:
    running = runtime.tasks.running
    return ProblemError("build_running", str(error), {"task": task_item(running).model_dump() if running else None})


def _refused(error: Exception) -> ProblemError:
    if isinstance(error, NoDocumentError):
        return ProblemError("not_found", str(error))
    if isinstance(error, DocumentIdError):
        members = {"errors": [{"field": "document_id", "message": str(error)}]}
        return ProblemError("invalid_request", str(error), members)
    if isinstance(error, DocumentChangedError):
        return ProblemError("changed", str(error))
    if isinstance(error, OSError):
        return ProblemError("not_writable", f"The corpus folder can't be written: {error.strerror}.")
    return ProblemError("conflict", str(error))


def _suffix(content_type: str) -> str:
    kind, _, parameters = content_type.lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if kind.strip() not in _SUFFIXES or charset not in ("", "utf-8"):
        raise ProblemError("unsupported_media_type", "Send text/markdown or text/plain, in UTF-8.")
    return _SUFFIXES[kind.strip()]
