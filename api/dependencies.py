"""What routes share: the runtime of a request, descriptions of problems, and the checks of what comes in."""

from typing import Annotated, Any

from fastapi import Depends, Request

from api.errors import PROBLEM, ProblemError
from api.process.runtime import Runtime
from api.schemas.index import IndexResponse, task_item
from api.schemas.shared import ProblemItem
from index.generations.store import GenerationStore


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


def generation_names(runtime: Runtime) -> tuple[str, ...]:
    """Return the names of the generations that are kept."""
    return GenerationStore(runtime.settings.data_dir).names()


def index_response(runtime: Runtime) -> IndexResponse:
    """Return the state of the index, which stands in the data folder."""
    serving = runtime.upkeep.serving
    manifest = serving.generation.manifest if serving else None
    task = runtime.tasks.running
    return IndexResponse(
        ready=serving is not None,
        degraded=bool(runtime.upkeep.reasons),
        reasons=runtime.upkeep.reasons,
        generation=manifest.name if manifest else None,
        built_at=manifest.built_at if manifest else None,
        documents=len(manifest.documents) if manifest else 0,
        passages=manifest.passages if manifest else 0,
        sentences=manifest.sentences if manifest else 0,
        model=manifest.recipe.model.name if manifest else None,
        kept=list(generation_names(runtime)),
        task=task_item(task) if task else None,
    )
