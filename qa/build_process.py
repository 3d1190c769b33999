"""Building in a process of its own, so that neither its work nor its death is felt by those who ask."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from index.building import Progress
from index.errors import IndexStoreError
from qa.settings import Settings

_LOOK_EVERY = 0.2  # seconds between looks at whether the build is still wanted
_GRACE = 5.0  # seconds that a stopped build has to tidy up
_SECRETS = {"admin_key", "admin_key_file"}


class BuildCancelledError(IndexStoreError):
    """Somebody stopped the build; nothing was published."""


class BuildDiedError(IndexStoreError):
    """The build's process ended without a word."""


def build_in_process(
    settings: Settings, lock: int, progress: Progress, *, force: bool, cancelled: Callable[[], bool]
) -> dict[str, Any]:
    """Build in a child process of low priority under ``MSCQA_BUILD_MEMORY_MB``; return its report's fields.

    ``lock`` is the descriptor of the build lock, which the child then holds too. ``cancelled`` is asked several times a
    second. Raises ``IndexStoreError`` with the child's reason, ``BuildCancelledError``, or ``BuildDiedError``; the
    generation before then still serves.
    """
    command = [sys.executable, "-P", "-m", "qa.build_worker"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
        pass_fds=[lock],
        start_new_session=True,  # Ctrl+C is for the server, which then closes the pipe
    ) as process:
        threading.Thread(target=_stop_when, args=(cancelled, process), name="build-watch", daemon=True).start()
        last = _converse(process, settings, progress, force)
    if "report" in last:
        report: dict[str, Any] = last["report"]
        return report
    if cancelled():
        raise BuildCancelledError("The build was cancelled; nothing was published.")
    if "error" in last:
        raise IndexStoreError(last["error"])
    raise BuildDiedError(_death(process.returncode))


def _converse(process: "subprocess.Popen[str]", settings: Settings, progress: Progress, force: bool) -> dict[str, Any]:
    """Tell the child what to build and return the last thing that it said, or nothing."""
    assert process.stdin and process.stdout  # noqa: S101 - both are pipes
    request = {"settings": settings.model_dump(mode="json", exclude=_SECRETS), "force": force}
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()  # it stays open: the child ends when it is closed
    except BrokenPipeError:
        return {}
    for line in process.stdout:
        said: dict[str, Any] = json.loads(line)
        if "step" not in said:
            return said
        progress(said["step"], said["done"], said["whole"])
    return {}


def _stop_when(cancelled: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    while True:
        try:
            process.wait(_LOOK_EVERY)
            return
        except subprocess.TimeoutExpired:
            if not cancelled():
                continue
        process.terminate()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()


def _death(code: int) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return (
        f"The build's process {how}. Nothing was published. If memory was short, raise MSCQA_BUILD_MEMORY_MB or give the"
        " machine more."
    )
