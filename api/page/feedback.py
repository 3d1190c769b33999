"""Feedback of readers, right or wrong passage: off unless a setting names a local file, and without the question's text."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.bounds.access import is_from_this_site
from api.dependencies import runtime_of
from api.errors import ProblemError
from api.page.rendering import render

router = APIRouter()

_LARGEST = 16 << 20  # bytes of the file; then no more is written, so that nobody can fill the disk
_VERDICTS = ("right", "wrong")
_writing = threading.Lock()


@router.post("/feedback", include_in_schema=False)
async def feedback(request: Request) -> Response:
    """Write one line of JSON: which passage was right or wrong, in which generation; thank the reader.

    Raises the problem ``not_found`` where feedback is off, a page of another site sends it, or there is no such passage.
    """
    runtime = runtime_of(request)
    file = runtime.settings.feedback_file
    if file is None or not is_from_this_site(request):
        raise ProblemError("not_found", "There is nothing at this address.")
    form = await request.form()
    given = {key: value for key, value in form.items() if isinstance(value, str)}
    generation = runtime.serving.generation
    row = generation.rows.get(given.get("passage", ""))
    if row is None or given.get("verdict") not in _VERDICTS:
        raise ProblemError("not_found", "There is no such passage in this generation, or no such verdict.")
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "verdict": given["verdict"],
        "passage": given["passage"],
        "document": generation.passages[row].document_id,
        "generation": generation.name,
    }
    if runtime.settings.log_questions:
        line["question"] = given.get("q", "")[: runtime.settings.max_question_characters]
    await anyio.to_thread.run_sync(_append, file, line)
    return render("thanks.html", request, {"question": given.get("q", "")})


def _append(file: Path, line: dict[str, Any]) -> None:
    """Add a line; raises the problem ``not_writable`` where the file is full or can't be written."""
    try:
        with _writing, file.open("a", encoding="utf-8") as out:
            if out.tell() > _LARGEST:
                raise ProblemError("not_writable", "The feedback file is full.")
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ProblemError("not_writable", f"The feedback can't be written: {error.strerror}.") from None
