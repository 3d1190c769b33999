"""Asking over HTTP: a question takes its turn, is answered in a worker thread, and is counted."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

import anyio.to_thread

from api.errors import ProblemError
from api.process.runtime import Runtime
from qa.generation.generator import Done, Event
from qa.model import Result
from qa.serving import Serving
from qa.settings import NOT_CONFIGURED


async def asked(runtime: Runtime, question: str, limit: int, *, expand: bool) -> tuple[Result, Serving]:
    """Return the answer, and what it is from: another generation may answer by now.

    Raises the problems ``index_not_ready``, and ``busy`` where too many wait.
    """
    serving = runtime.serving
    began = time.perf_counter()
    outcome = "failed"
    try:
        async with runtime.admission.turn():
            serving = runtime.serving  # while this one waited for its turn, a new one may have come
            result = await anyio.to_thread.run_sync(lambda: serving.ask(question, limit=limit, expand=expand))
        outcome = "answered" if result.answerable else "unanswerable"
        runtime.metrics.seconds.observe(time.perf_counter() - began)
        return result, serving
    except ProblemError:
        outcome = "busy"
        raise
    finally:
        runtime.metrics.questions.labels(outcome).inc()


async def told(runtime: Runtime, question: str, limit: int, *, expand: bool, generated: bool) -> AsyncGenerator[Event, None]:
    """Yield the answer as it is made; raises what `asked` raises and ``not_configured``, all before the first event."""
    if generated and not runtime.settings.llm_base_url:
        raise ProblemError("not_configured", NOT_CONFIGURED)
    result, serving = await asked(runtime, question, limit, expand=expand)
    if not generated:
        async for event in serving.told(result, generated=False):
            yield event
        return
    async with runtime.writing.turn(), aclosing(serving.told(result, generated=True)) as events:
        async for event in events:
            yield event


async def written(runtime: Runtime, question: str, limit: int, *, expand: bool, gone: Callable[[], Awaitable[bool]]) -> Done:
    """Return the generated answer whole; the work ends early where ``gone`` tells that nobody waits."""
    async with aclosing(told(runtime, question, limit, expand=expand, generated=True)) as events:
        async for event in events:
            if isinstance(event, Done):
                return event
            if await gone():
                break
    raise ProblemError("request_timeout", "The client went away.")
