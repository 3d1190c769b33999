"""Several server processes behind one port: one that comes in the place of another takes connections once it answers."""

import logging
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from socket import socket
from types import FrameType

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from api.process.stopping import RETIRE_SECONDS, STOP_SECONDS, ServerConfig

log = logging.getLogger("mscqa")

_PING_SECONDS = 0.5
_LONGEST_START = 200  # seconds that a new worker has until it answers, when another waits to be replaced
_RETIRE = signal.SIGUSR1
_STOP = (signal.SIGTERM, signal.SIGINT)


class Worker(Process):
    """One process. Told to stop, it sends away who waits; told to retire, as another has its place, it answers them all."""

    config: ServerConfig

    def target(self, sockets: list[socket] | None = None) -> None:
        """Serve, in the new process."""
        signal.signal(_RETIRE, self._begin_to_retire)
        super().target(sockets)

    def retire(self) -> None:
        """Let it answer what it was asked; it takes no new connection. It must have said that it is ready."""
        if self.process.is_alive() and self.pid:
            os.kill(self.pid, _RETIRE)

    def _begin_to_retire(self, number: int, frame: FrameType | None) -> None:
        self.config.retire()
        self.server.should_exit = True


class Workers(Multiprocess):
    """The processes. uvicorn's own supervisor asks each how it is for up to a minute, in which no signal is obeyed."""

    def __init__(self, first: ServerConfig, later: ServerConfig, sockets: list[socket]) -> None:
        """Serve by ``first`` from the start and by ``later`` from then on."""
        super().__init__(first, sockets)
        self._later = later
        self._heard: dict[int | None, float] = {}
        self._leaving: list[Process] = []
        self._stop_by: float | None = None
        for number in _STOP:
            signal.signal(number, self._hear)

    def init_processes(self) -> None:
        """Start all at once: while an index is built for the first time they say so."""
        self.processes = [self._started() for _ in range(self.processes_num)]
        self.config = self._later

    def keep_subprocess_alive(self) -> None:
        """Replace what has ended, and what hasn't answered for as long as a worker may be silent."""
        for place, process in enumerate(self.processes):
            if self._is_told_to_stop():
                return
            now = time.monotonic()
            alive = process.process.is_alive()
            if alive and process.ping(_PING_SECONDS):
                self._heard[process.pid] = now
                while process.parent_conn.poll(0):  # late answers to earlier questions
                    process.parent_conn.recv()
            elif not alive or now - self._heard.setdefault(process.pid, now) > self.config.timeout_worker_healthcheck:
                self._replace(place, process)

    def restart_all(self) -> None:
        """Replace one worker after the other; each goes when its successor answers, and when all that it was asked is."""
        for place, old in enumerate(self.processes):
            new = self._started()
            if not self._answers(new):
                new.kill()
                new.join()
                log.error("the new worker didn't answer in time; the old ones serve on")
                return
            self.processes[place] = new
            self._retire(old)

    def terminate_all(self) -> None:
        """Stop all; who is only loading has nothing to end."""
        self._end([*self.processes, *self._leaving])

    def _started(self) -> Worker:
        worker = Worker(self.config, self.sockets)
        worker.start()
        return worker

    def _retire(self, old: Process) -> None:
        self._leaving = [old]
        until = time.monotonic() + RETIRE_SECONDS + STOP_SECONDS
        if isinstance(old, Worker):
            old.retire()
        while old.process.is_alive() and time.monotonic() < until:
            if self._is_told_to_stop():
                return
            old.process.join(0.1)
        self._end([old])
        self._leaving = []

    def _end(self, processes: Sequence[Process]) -> None:
        until = self._stop_by or time.monotonic() + STOP_SECONDS
        for process, ready in zip(processes, _ready(processes), strict=True):
            self._heard.pop(process.pid, None)
            if ready:
                process.terminate()
            else:
                process.kill()
        for process in processes:
            process.process.join(max(0.0, until - time.monotonic()))
            if process.process.is_alive():
                process.process.kill()
                process.process.join()

    def _replace(self, place: int, process: Process) -> None:
        process.kill()
        process.join()
        self._heard.pop(process.pid, None)
        if process.exitcode == STARTUP_FAILURE:
            log.error("a worker could not start; the server stops")
            self.should_exit.set()
            return
        log.warning("worker %s ended with code %s and is replaced", process.pid, process.exitcode)
        self.processes[place] = self._started()

    def _answers(self, process: Process) -> bool:
        until = time.monotonic() + _LONGEST_START
        while time.monotonic() < until and process.process.is_alive() and not self._is_told_to_stop():
            if process.is_ready(_PING_SECONDS):
                return True
            time.sleep(0.1)
        return False

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._stop_by = self._stop_by or time.monotonic() + STOP_SECONDS  # the seconds begin with the signal
        self.signal_queue.append(number)

    def _is_told_to_stop(self) -> bool:
        return self._stop_by is not None


def _ready(processes: Sequence[Process]) -> list[bool]:
    """Tell of each whether it says, within half a second for all together, that it serves."""
    for process in processes:
        with suppress(OSError):
            process.parent_conn.send(b"ping")
    until = time.monotonic() + _PING_SECONDS
    return [_says_ready(process, until) for process in processes]


def _says_ready(process: Process, until: float) -> bool:
    with suppress(OSError, EOFError):
        while process.parent_conn.poll(max(0.0, until - time.monotonic())):
            if process.parent_conn.recv():
                return True
    return False
