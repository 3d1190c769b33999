"""The child process that builds: ``python -m qa.build_worker``, started by ``qa/build_process.py`` and by nobody else.

Reads one JSON line, ``{"settings": …, "force": …}``; writes JSON lines: ``{"step", "done", "whole"}`` as it goes on, and at
the end ``{"report": …}`` or ``{"error": …}``. It ends as soon as its standard input is closed: with the process that
started it. The build lock came with the descriptor that it inherited.
"""

import json
import os
import resource
import signal
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

_NICENESS = 19
_OUT_OF_MEMORY = (
    "The build ran out of memory: it may use {limit} MB. Nothing was published. Raise MSCQA_BUILD_MEMORY_MB, or split the"
    " corpus."
)


def main() -> None:
    """Build once and exit with 0 where it was done."""
    answers = _private_output()
    request = json.loads(sys.stdin.readline())
    limit = int(request["settings"]["build_memory_mb"])
    _stand_back(limit)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        report = _build(request, answers)
    except BaseException as error:
        _say(answers, {"error": _words(error, limit)})
        sys.exit(1)
    _say(answers, {"report": report})


def _build(request: dict[str, Any], answers: TextIO) -> dict[str, Any]:
    from qa.settings import Settings

    settings = Settings(**request["settings"])

    def progress(step: str, done: int, whole: int) -> None:
        _say(answers, {"step": step, "done": done, "whole": whole})

    progress("read", 0, 0)
    # Loaded only now: the limits stand, and a mistake in the corpus is named before the model's seconds are spent.
    from corpus.reading import read_folder

    read_folder(settings.corpus_dir)
    progress("load", 0, 0)
    from index.sentence_transformer import load_embedder
    from qa.service import publish, read_language, tools

    embedder = load_embedder(settings.embedding_model, settings.data_dir, threads=1)
    made_with = tools(settings, embedder, *read_language(settings))
    return asdict(publish(settings, made_with, progress, force=bool(request["force"])))


def _words(error: BaseException, limit: int) -> str:
    from corpus.errors import CorpusError
    from index.errors import IndexStoreError

    if isinstance(error, SystemExit):
        return "The build was stopped."
    if _short_of_memory(error):
        return _OUT_OF_MEMORY.format(limit=limit)
    if isinstance(error, (CorpusError, IndexStoreError)):
        return str(error)
    traceback.print_exception(error)
    return "The build failed; the reason is in the server's log."


def _short_of_memory(error: BaseException | None) -> bool:
    """Tell whether memory is what failed; libraries say it in words of their own, some under another error."""
    while error is not None:
        if isinstance(error, MemoryError) or any(sign in str(error) for sign in ("allocate memory", "bad_alloc")):
            return True
        error = error.__cause__
    return False


def _private_output() -> TextIO:
    """Return standard output for the answers alone; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _say(answers: TextIO, line: dict[str, Any]) -> None:
    answers.write(json.dumps(line) + "\n")
    answers.flush()


def _stand_back(limit: int) -> None:
    """Leave processor and memory to those who answer questions."""
    os.nice(_NICENESS)
    with suppress(OSError):  # Linux: should the whole machine run out of memory, this process goes first
        Path("/proc/self/oom_score_adj").write_text("1000")
    if limit:
        resource.setrlimit(resource.RLIMIT_DATA, (limit << 20, limit << 20))


def _leave(*_: object) -> None:
    sys.exit(1)  # as an exception, so that a half-written generation is removed


def _end_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
