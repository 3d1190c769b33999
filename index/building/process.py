"""Building in a process of its own, so that neither its work nor its death is felt by those who ask."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.environment import without_secrets
from index.building.places import BuildPlaces
from index.building.tools import Progress
from index.errors import IndexStoreError
from index.generations.pointer import read_pointer

_KEPT = ("HF_TOKEN",)  # the model hub's: loading a model may need it
_LOOK_EVERY = 0.2  # seconds between looks at whether the build is still wanted
_GRACE = 5.0  # seconds that a stopped build has to tidy up


class BuildCancelledError(IndexStoreError):
    """Somebody stopped the build; nothing was published."""


class BuildDiedError(IndexStoreError):
    """The build's process ended without a word."""


class _Child:
    """A running build process and the socket on which it is asked."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        environment = {**without_secrets(os.environ, _KEPT), "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "index.building.worker"],
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env=environment,
                start_new_session=True,  # Ctrl+C is for the server, which then closes the socket
            )

    def ask(self, request: dict[str, Any], lock: int, progress: Progress) -> dict[str, Any]:
        """Return the last thing that the child says of a build, or nothing where it died."""
        assert self.process.stdout  # noqa: S101 - it is a pipe
        try:
            socket.send_fds(self._socket, [json.dumps(request).encode() + b"\n"], [lock])
        except OSError:
            return {}
        for line in self.process.stdout:
            said: dict[str, Any] = json.loads(line)
            if "step" not in said:
                return said
            progress(said["step"], said["done"], said["whole"])
        return {}

    def end(self) -> int:
        """Close the socket, upon which the child ends; return its exit code."""
        self._socket.close()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        with self.process:  # closes the pipe
            return self.process.wait()


class BuildProcess:
    """The child process that builds for one server process: started when needed, and kept for a while after a build.

    Its start costs seconds, most of them for loading the model; the next edit is then built at once.
    """

    def __init__(self, places: BuildPlaces) -> None:
        self._places = places
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._timer: threading.Timer | None = None

    def build(
        self, lock: int, progress: Progress, *, force: bool = False, cancelled: Callable[[], bool] = lambda: False
    ) -> dict[str, Any]:
        """Build in the child, at low priority and under ``MSCQA_BUILD_MEMORY_MB``; return its report's fields.

        ``lock`` is the descriptor of the build lock, which the child then holds too. ``cancelled`` is asked several times
        a second. Raises ``IndexStoreError`` with the child's reason, ``BuildCancelledError``, or ``BuildDiedError``; the
        generation before then still serves.
        """
        with self._lock:
            child = self._ready_child()
            done = threading.Event()
            watch = threading.Thread(target=_stop_when, args=(cancelled, child, done), name="build-watch", daemon=True)
            watch.start()
            before = read_pointer(self._places.data_dir)
            places = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self._places).items()}
            request = {"places": places, "force": force}
            last = child.ask(request, lock, progress)
            done.set()
            watch.join()
            code = 0
            if last:
                self._keep_for_a_while()
            else:
                code = child.end()
                self._child = None
        if "report" in last:
            report: dict[str, Any] = last["report"]
            return report
        if "error" in last:
            raise IndexStoreError(last["error"])
        published = read_pointer(self._places.data_dir) != before
        fate = "It had just published its generation." if published else "Nothing was published."
        if cancelled():
            raise BuildCancelledError(f"The build was cancelled. {fate}")
        raise BuildDiedError(_death(code, fate))

    def close(self) -> None:
        """End the child, unless it builds now: then whoever waits for the build does it."""
        if self._lock.acquire(blocking=False):
            try:
                self._end_child()
            finally:
                self._lock.release()

    def _ready_child(self) -> _Child:
        if self._timer:
            self._timer.cancel()
        if self._child and self._child.process.poll() is not None:
            self._end_child()
        if self._child is None:
            self._child = _Child()
        return self._child

    def _keep_for_a_while(self) -> None:
        self._timer = threading.Timer(self._places.seconds_loaded, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _end_child(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._child:
            self._child.end()
            self._child = None


def _stop_when(cancelled: Callable[[], bool], child: _Child, done: threading.Event) -> None:
    while not done.wait(_LOOK_EVERY):
        if cancelled():
            child.process.terminate()
            if not done.wait(_GRACE):
                child.process.kill()
            return


def _death(code: int, fate: str) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return f"The build's process {how}. {fate} If memory was short, raise MSCQA_BUILD_MEMORY_MB or give the machine more."
