"""The page of those who run the service: documents, rebuilds and generations, behind the admin key.

The key is typed into the page's one form and sent in its body: no cookie carries it, so no other site can use it, and the
page keeps it nowhere. Without a configured key the page exists for programs on this machine only, as the API does.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from api.bounds.access import is_key, is_local
from api.dependencies import index_response, runtime_of
from api.errors import ProblemError
from api.page.labels import LABELS
from api.page.rendering import interface_of, render
from api.process.runtime import Runtime
from corpus.errors import CorpusError
from corpus.report import ReadingReport, report_on
from index.building.documents import DocumentError
from index.building.left_out import LeftOut, read_left_out
from index.errors import BuildRunningError, IndexStoreError

router = APIRouter()

_SUFFIXES = (".md", ".txt")
_MOST_BLOCKS = 500  # of a document's reading that are shown; `mscqa read` shows all


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an action: its message, whether it was done, and how a document was understood where that was asked."""

    message: str = ""
    done: bool = True
    reading: ReadingReport | None = None


@router.get("/manage", include_in_schema=False)
async def manage(request: Request) -> Response:
    """Serve the page; what isn't public is shown once the key was sent, or to programs on this machine."""
    key = _key_or_not_found(request)
    return _page(request, None, allowed=not key)


@router.post("/manage", include_in_schema=False)
async def act(request: Request) -> Response:
    """Do what the form's button says, and serve the page with what came of it."""
    key = _key_or_not_found(request)
    labels = LABELS[interface_of(request)]
    async with request.form(max_files=1, max_fields=20) as form:
        if key and not is_key(str(form.get("key", "")), key):
            return _page(request, Said(labels["manage_refused"], done=False), allowed=False, status=403)
        try:
            said = await _act(form, runtime_of(request), labels, keyed=bool(key))
        except BuildRunningError:
            said = Said(labels["manage_running"], done=False)
        except (IndexStoreError, CorpusError, DocumentError) as error:
            said = Said(str(error), done=False)
        except ProblemError:  # busy, or no index yet
            said = Said(labels["manage_busy"], done=False)
        except OSError as error:
            said = Said(f"{labels['manage_unwritable']} {error.strerror}", done=False)
    return _page(request, said, allowed=True, status=200 if said is None or said.done else 422)


async def _act(form: FormData, runtime: Runtime, labels: dict[str, str], *, keyed: bool) -> Said | None:
    """Return what came of the action, or None where the state was only to be shown.

    Raises ``IndexStoreError``, ``BuildRunningError``, ``CorpusError``, ``DocumentError`` or ``OSError``.
    """
    action, _, subject = str(form.get("action", "")).partition(":")
    run = anyio.to_thread.run_sync
    if action == "rebuild":
        await run(lambda: runtime.tasks.start(force=form.get("sure") == "1"))
        return Said(labels["manage_started"])
    if action == "cancel":
        await run(runtime.tasks.cancel, subject)
        return Said(labels["manage_cancelling"])
    if action in ("rollback", "delete") and form.get("sure") != "1":
        return Said(labels["manage_unsure"], done=False)
    if action == "rollback":
        await run(runtime.rollback, subject)
        return Said(labels["manage_rolled"].format(generation=subject))
    if action == "read":
        return await _read(subject, runtime, labels)
    if not keyed or action not in ("delete", "upload"):
        return None
    if action == "delete":
        known = runtime.filename(subject)
        await run(lambda: runtime.documents.remove(subject, known_as=known))
        await run(runtime.tasks.queue)
        return Said(labels["manage_deleted"].format(document=subject))
    return await _upload(form, runtime, labels)


async def _read(subject: str, runtime: Runtime, labels: dict[str, str]) -> Said:
    document = runtime.serving.generation.documents.get(subject)
    if document is None:
        return Said(labels["manage_no_document"], done=False)
    # In its turn among questions: a text of 5 MB is read in seconds.
    return Said(reading=await runtime.work(lambda: report_on(document)))


async def _upload(form: FormData, runtime: Runtime, labels: dict[str, str]) -> Said:
    file = form.get("file")
    name = PurePath(file.filename or "") if isinstance(file, UploadFile) else PurePath()
    if not isinstance(file, UploadFile) or name.suffix not in _SUFFIXES:
        return Said(labels["manage_no_file"], done=False)
    content = await file.read()
    document = str(form.get("document", "")).strip() or name.stem.lower()
    known = runtime.filename(document)
    stored = await anyio.to_thread.run_sync(lambda: runtime.documents.store(document, content, name.suffix, known_as=known))
    await anyio.to_thread.run_sync(runtime.tasks.queue)
    return Said(labels["manage_added" if stored.created else "manage_replaced"].format(document=stored.id))


def _key_or_not_found(request: Request) -> str | None:
    """Return the configured key; without one, None for programs on this machine and the problem ``not_found`` for others."""
    key: str | None = request.app.state.admin_key
    if not key and not is_local(request):
        raise ProblemError("not_found", "There is nothing at this address.")
    return key


def _page(request: Request, said: Said | None, *, allowed: bool, status: int = 200) -> Response:
    runtime = runtime_of(request)
    tasks = runtime.tasks.newest() if allowed else []
    task = next((item for item in tasks if item.state == "running"), tasks[0] if tasks else None)
    context: dict[str, Any] = {
        "said": said,
        "allowed": allowed,
        "keyed": bool(request.app.state.admin_key),
        "task": task,
        "index": index_response(runtime),
        "left_out": read_left_out(runtime.settings.data_dir) if allowed else LeftOut(),
        "most_blocks": _MOST_BLOCKS,
        "documents": list(serving.generation.documents.values()) if (serving := runtime.upkeep.serving) else [],
    }
    name = "state.html" if request.query_params.get("part") == "state" else "manage.html"
    return render(name, request, context, status)
