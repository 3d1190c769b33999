"""The child process that builds: ``python -m index.building.worker``, started by `BuildProcess` and by nobody else.

Standard input is a socket. Each request is a JSON line, ``{"places": …, "force": …}``, that comes with the descriptor of
the build lock. Answers go to standard output as JSON lines: ``{"step", "done", "whole"}`` as a build goes on, and at its
end ``{"report": …}`` or ``{"error": …}``. The process ends as soon as its input is closed, thus with the process that
started it, in the middle of a build too. Model and segmenter stay loaded from one build to the next.
"""

import gc
import json
import os
import queue
import resource
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from index.building.places import BuildPlaces

if TYPE_CHECKING:
    from index.building.publishing import Builder

_NICENESS = 19
_OUT_OF_MEMORY = (
    "The build ran out of memory: it may use {limit} MB. Nothing was published. Raise MSCQA_BUILD_MEMORY_MB, or split the"
    " corpus."
)
Request = tuple[dict[str, Any], int]


def main() -> None:
    """Build as often as asked."""
    answers = _private_output()
    requests: queue.Queue[Request] = queue.Queue()
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    worker = _Worker(answers)
    while True:
        request, lock = requests.get()
        limit = int(request["places"]["memory_mb"])
        _stand_back(limit)
        try:
            answer: dict[str, Any] = {"report": worker.build(request)}
        except BaseException as error:
            answer = {"error": _words(error, limit)}
        os.close(lock)
        _say(answers, answer)


class _Worker:
    """What stays loaded."""

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self._builder: Builder | None = None

    def build(self, request: dict[str, Any]) -> dict[str, Any]:
        """Build once and return the report's fields."""
        # Loaded only now, when the limits stand.
        from corpus.reading import read_corpus
        from index.building.publishing import Builder

        places = read_places(request)
        self._progress("read", 0, 0)
        if self._builder is None:
            read_corpus(places.corpus_dir)  # that nothing can be read is said before the model's seconds are spent
            self._progress("load", 0, 0)
            from index.models.loading import load_embedder

            self._builder = Builder(places, load_embedder(places.model, places.data_dir, threads=1))
            gc.collect()
            gc.freeze()  # what the libraries hold stays: it isn't looked at again and again while an index is read
        return asdict(self._builder.publish(self._progress, force=bool(request["force"])))

    def _progress(self, step: str, done: int, whole: int) -> None:
        _say(self._answers, {"step": step, "done": done, "whole": whole})


def read_places(request: dict[str, Any]) -> BuildPlaces:
    """Return the places of a request."""
    given = request["places"]
    folders = {name: Path(given[name]) for name in ("corpus_dir", "terms_dir", "data_dir")}
    return BuildPlaces(**{**given, **folders})


def _words(error: BaseException, limit: int) -> str:
    if isinstance(error, SystemExit):
        raise error
    if _short_of_memory(error):
        return _OUT_OF_MEMORY.format(limit=limit)
    from corpus.errors import CorpusError
    from index.errors import IndexStoreError

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
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    with suppress(OSError):  # Linux: should the whole machine run out of memory, this process goes first
        Path("/proc/self/oom_score_adj").write_text("1000")
    if limit:
        resource.setrlimit(resource.RLIMIT_DATA, (limit << 20, limit << 20))


def _read_requests(requests: "queue.Queue[Request]") -> None:
    with socket.socket(fileno=os.dup(0)) as asked:
        buffer, locks = b"", []
        while True:
            content, descriptors, _, _ = socket.recv_fds(asked, 1 << 16, 1)
            if not content:
                break
            buffer += content
            locks += descriptors
            if buffer.endswith(b"\n"):
                requests.put((json.loads(buffer), locks.pop()))
                buffer = b""
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    sys.exit(1)  # as an exception, so that a half-written generation is removed


if __name__ == "__main__":
    main()
