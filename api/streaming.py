"""Answers as server-sent events: sources, text, citations, done; ``fallback`` takes text back, ``error`` ends the stream."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import anyio
from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api import asking
from api.dependencies import Held, checked_question, problems
from api.logs import without_message
from api.presenting import present, present_sentence
from api.schemas.answer import AskRequest
from qa.generation.generator import Done, Event, FellBack, Sources, Written

log = logging.getLogger("mscqa")
router = APIRouter()

_MEDIA = "text/event-stream"
_DESCRIPTION = (
    "Server-sent events: `sources` (the answer's passages, no answer yet), `text` (one checked sentence each), `fallback`"
    " (forget the text so far; extractive sentences follow), `citations`, `done` (the whole answer), or `error`."
)
_DATA: dict[str, dict[str, Any]] = {
    "sources": {
        "type": "object",
        "properties": {"passages": {"type": "array", "items": {"$ref": "#/components/schemas/PassageItem"}}},
        "required": ["question", "language", "answerable", "confidence", "passages", "expansions", "index"],
    },
    "text": {"$ref": "#/components/schemas/AnswerSentenceItem"},
    "fallback": {"$ref": "#/components/schemas/FallbackItem"},
    "citations": {"type": "array", "items": {"$ref": "#/components/schemas/CitationItem"}},
    "done": {
        "type": "object",
        "properties": {"answer": {"$ref": "#/components/schemas/AnswerItem"}, "took_ms": {"type": "number"}},
        "required": ["answer", "took_ms"],
    },
    "error": {"type": "object", "required": ["code", "detail"]},
}


def _event_schema(name: str, data: dict[str, Any]) -> dict[str, Any]:
    content = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {"type": "object", "properties": {"event": {"const": name}, "data": content}, "required": ["event", "data"]}


# OpenAPI 3.2's word for one item of a stream, which FastAPI and tools use in 3.1 too.
_EVENTS = {"itemSchema": {"oneOf": [_event_schema(name, data) for name, data in _DATA.items()]}}


@router.post(
    "/api/v1/ask/stream",
    response_class=StreamingResponse,
    responses={
        **problems(400, 413, 415, 422, 429, 503),
        200: {"content": {_MEDIA: _EVENTS}, "description": _DESCRIPTION},
    },
    tags=["ask"],
)
async def ask_stream(request: Request, body: AskRequest, runtime: Held) -> StreamingResponse:
    """Answer a question sentence by sentence. A client that goes away ends the work for it."""
    question = checked_question(body.question, runtime)
    generated = body.mode == "generated"
    events = asking.told(runtime, question, body.limit, expand=body.expand, generated=generated)
    try:
        first = await anext(events)  # what is wrong until here is an ordinary problem with its status
    except BaseException:
        await events.aclose()
        raise
    return _Told(_told(first, events, request.state.request_id), media_type=_MEDIA, headers={"X-Accel-Buffering": "no"})


class _Told(StreamingResponse):
    """A stream whose making ends at once when the client is gone, and not only when there is something to send."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream until its end or the client's."""
        async with anyio.create_task_group() as group:

            async def listen() -> None:
                await self.listen_for_disconnect(receive)
                group.cancel_scope.cancel()

            group.start_soon(listen)
            await self.stream_response(send)
            group.cancel_scope.cancel()


async def _told(first: Event, events: AsyncGenerator[Event, None], request_id: str) -> AsyncIterator[str]:
    async with aclosing(events):
        yield "".join(_messages(first))
        try:
            async for event in events:
                yield "".join(_messages(event))
        except Exception as error:
            log.error("request %s failed in its stream", request_id, exc_info=without_message(error))
            yield _message("error", {"code": "internal", "detail": "The service failed on this request."})


def _messages(event: Event) -> list[str]:
    match event:
        case Sources(result):
            shown = {key: value for key, value in present(result).items() if key not in ("answer", "citations", "took_ms")}
            return [_message("sources", shown)]
        case Written(sentence):
            return [_message("text", present_sentence(sentence))]
        case FellBack(fallback):
            return [_message("fallback", {"reason": fallback.reason, "detail": fallback.detail})]
        case Done(result, _):
            shown = present(result)
            citations, answer = shown["citations"], shown["answer"]
            return [_message("citations", citations), _message("done", {"answer": answer, "took_ms": result.took_ms})]


def _message(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
