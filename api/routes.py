"""The API, version 1."""

from collections import Counter
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response

from api.errors import PROBLEM, ProblemError
from api.presenting import present, present_document, present_passage, present_summary, stamp
from api.runtime import Runtime
from api.schemas.answer import AskRequest, AskResponse
from api.schemas.corpus import DocumentList, DocumentResponse, PassageResponse
from api.schemas.index import IndexResponse, task_item
from api.schemas.shared import Health, ProblemItem, Readiness
from index.generations.store import GenerationStore

router = APIRouter()


def runtime_of(request: Request) -> Runtime:
    """Return the runtime that serves ``request``."""
    runtime: Runtime = request.app.state.runtime
    return runtime


Held = Annotated[Runtime, Depends(runtime_of)]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's description of error responses."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemItem"}}}
    return {status: {"model": ProblemItem, "description": "Problem details", "content": content} for status in statuses}


def checked_question(question: str, runtime: Runtime) -> str:
    """Return ``question`` trimmed; raises the problem ``invalid_request`` where it is empty or too long."""
    trimmed = question.strip()
    longest = runtime.settings.max_question_characters
    reason = ""
    if not any(character.isalnum() for character in trimmed):
        reason = "The question has no letter or digit."
    if any("\ud800" <= character <= "\udfff" for character in trimmed):
        reason = "The question holds half of a surrogate pair, which is no character."
    if not trimmed:
        reason = "The question is empty."
    if len(trimmed) > longest:
        reason = f"The question has {len(trimmed)} characters; at most {longest} are allowed."
    if reason:
        raise ProblemError("invalid_request", reason, {"errors": [{"field": "question", "message": reason}]})
    return trimmed


@router.post("/api/v1/ask", responses=problems(400, 413, 415, 422, 429, 503), tags=["ask"])
async def ask(body: AskRequest, runtime: Held, request: Request) -> AskResponse:
    """Answer a question with cited sentences, or say that the corpus doesn't answer."""
    question = checked_question(body.question, runtime)
    if body.mode == "generated":
        written, _ = await runtime.generate(question, body.limit, body.expand, request.is_disconnected)
        return present(written)
    return present(await runtime.ask(question, body.limit, body.expand))


@router.get("/api/v1/ask", responses=problems(422, 429, 503), tags=["ask"])
async def ask_by_address(
    runtime: Held,
    question: Annotated[str, Query(description="In Chinese or English")],
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
    expand: bool = True,
) -> AskResponse:
    """Answer as POST does; the question may then stand in logs of proxies, which POST avoids."""
    return present(await runtime.ask(checked_question(question, runtime), limit, expand))


@router.get("/api/v1/documents", responses=problems(429, 503), tags=["corpus"])
async def documents(runtime: Held) -> DocumentList:
    """List the documents of the generation that answers."""
    generation = runtime.generation

    def listed() -> DocumentList:
        passages = Counter(passage.document_id for passage in generation.passages)
        found = [present_summary(document, passages[document.id]) for document in generation.documents.values()]
        return DocumentList(documents=found, index=stamp(generation))

    return await runtime.work(listed)


@router.get("/api/v1/documents/{document_id}", responses=problems(404, 422, 429, 503), tags=["corpus"])
async def document(document_id: str, runtime: Held, response: Response) -> DocumentResponse:
    """Return a whole document: the text that all offsets index; `ETag` is the SHA-256 of its file."""
    generation = runtime.generation
    found = generation.documents.get(document_id)
    if found is None:
        raise ProblemError("not_found", "There is no such document in this generation.")
    response.headers["ETag"] = f'"{found.sha256}"'
    return await runtime.work(lambda: present_document(found, generation))


@router.get("/api/v1/passages/{passage_id}", responses=problems(404, 422, 429, 503), tags=["corpus"])
async def passage(passage_id: str, runtime: Held) -> PassageResponse:
    """Return a passage by its id, which survives edits elsewhere in the corpus."""
    generation = runtime.generation
    row = generation.rows.get(passage_id)
    if row is None:
        raise ProblemError("not_found", "There is no such passage in this generation; it may have been edited.")
    return present_passage(generation.passages[row], generation)


@router.get("/api/v1/index", responses=problems(429), tags=["index"])
async def index_state(runtime: Held) -> IndexResponse:
    """Return which generation answers, what is kept, and the rebuild that runs."""
    return await anyio.to_thread.run_sync(index_response, runtime)


@router.get("/healthz", tags=["service"])
async def health() -> Health:
    """Tell that the process answers; touches nothing."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}}, tags=["service"])
async def readiness(runtime: Held, response: Response) -> Readiness:
    """Tell whether a whole generation is loaded, and what had to be passed over."""
    ready = runtime.ready
    if not ready:
        response.status_code = 503
        response.headers["Retry-After"] = "3"
    return Readiness(ready=ready, degraded=bool(runtime.reasons), reasons=runtime.reasons)


def generation_names(runtime: Runtime) -> tuple[str, ...]:
    """Return the names of the generations that are kept."""
    return GenerationStore(runtime.settings.data_dir).names()


def index_response(runtime: Runtime) -> IndexResponse:
    """Return the state of the index, which stands in the data folder."""
    generation = runtime.generation if runtime.ready else None
    manifest = generation.manifest if generation else None
    task = runtime.tasks.running
    return IndexResponse(
        ready=generation is not None,
        degraded=bool(runtime.reasons),
        reasons=runtime.reasons,
        generation=manifest.name if manifest else None,
        built_at=manifest.built_at if manifest else None,
        documents=len(manifest.documents) if manifest else 0,
        passages=manifest.passages if manifest else 0,
        sentences=manifest.sentences if manifest else 0,
        model=manifest.recipe.model.name if manifest else None,
        kept=list(generation_names(runtime)),
        task=task_item(task) if task else None,
    )
