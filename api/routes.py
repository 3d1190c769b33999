"""The API, version 1."""

from collections import Counter
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from api import asking
from api.dependencies import Held, checked_question, index_response, problems
from api.errors import ProblemError
from api.presenting import answer_response, present_document, present_passage, present_summary, stamp
from api.schemas.answer import AskRequest, AskResponse
from api.schemas.corpus import DocumentList, DocumentResponse, PassageResponse
from api.schemas.index import IndexResponse
from api.schemas.shared import Health, Readiness
from index.building.left_out import read_left_out

router = APIRouter()


@router.post("/api/v1/ask", response_model=AskResponse, responses=problems(400, 413, 415, 422, 429, 503), tags=["ask"])
async def ask(body: AskRequest, runtime: Held, request: Request) -> Response:
    """Answer a question with cited sentences, or say that the corpus doesn't answer."""
    question = checked_question(body.question, runtime)
    if body.mode == "generated":
        gone = request.is_disconnected
        done = await asking.written(runtime, question, body.limit, expand=body.expand, gone=gone)
        return answer_response(done.result)
    result, _ = await asking.asked(runtime, question, body.limit, expand=body.expand)
    return answer_response(result)


@router.get("/api/v1/ask", response_model=AskResponse, responses=problems(422, 429, 503), tags=["ask"])
async def ask_by_address(
    runtime: Held,
    question: Annotated[str, Query(description="In Chinese or English")],
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
    expand: bool = True,
) -> Response:
    """Answer as POST does; the question may then stand in logs of proxies, which POST avoids."""
    result, _ = await asking.asked(runtime, checked_question(question, runtime), limit, expand=expand)
    return answer_response(result)


@router.get("/api/v1/documents", responses=problems(429, 503), tags=["corpus"])
async def documents(runtime: Held) -> DocumentList:
    """List the documents of the generation that answers."""
    generation = runtime.serving.generation

    def listed() -> DocumentList:
        passages = Counter(passage.document_id for passage in generation.passages)
        found = [present_summary(document, passages[document.id]) for document in generation.documents.values()]
        return DocumentList(documents=found, index=stamp(generation))

    return await runtime.work(listed)


@router.get("/api/v1/documents/{document_id}", responses=problems(404, 422, 429, 503), tags=["corpus"])
async def document(document_id: str, runtime: Held, response: Response) -> DocumentResponse:
    """Return a whole document: the text that all offsets index; `ETag` is the SHA-256 of its file."""
    generation = runtime.serving.generation
    found = generation.documents.get(document_id)
    if found is None:
        raise ProblemError("not_found", "There is no such document in this generation.")
    response.headers["ETag"] = f'"{found.sha256}"'
    return await runtime.work(lambda: present_document(found, generation))


@router.get("/api/v1/passages/{passage_id}", responses=problems(404, 422, 429, 503), tags=["corpus"])
async def passage(passage_id: str, runtime: Held) -> PassageResponse:
    """Return a passage by its id, which survives edits elsewhere in the corpus."""
    generation = runtime.serving.generation
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
    left = read_left_out(runtime.settings.data_dir)
    reasons = runtime.upkeep.reasons
    return Readiness(ready=ready, degraded=bool(reasons), reasons=reasons, left_out=left.count, kept=left.kept)
