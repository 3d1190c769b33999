"""Several server processes behind one port: one that comes in the place of another takes connections once it answers."""

import logging
import signal
import time
from socket import socket

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

log = logging.getLogger("mscqa")

_PING_SECONDS = 0.5
_LONGEST_START = 200  # seconds that a new worker has until it answers, when another waits to be replaced


class Workers(Multiprocess):
    """The processes. uvicorn's own supervisor asks each how it is for up to a minute, in which no signal is obeyed."""

    def __init__(self, first: uvicorn.Config, later: uvicorn.Config, sockets: list[socket], stop_seconds: float) -> None:
        """Serve by ``first`` from the start and by ``later`` from then on; a stop takes ``stop_seconds`` at most."""
        super().__init__(first, sockets)
        self._later = later
        self._stop_seconds = stop_seconds
        self._heard: dict[int | None, float] = {}

    def init_processes(self) -> None:
        """Start all at once: while an index is built for the first time they say so."""
        super().init_processes()
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
        """Replace one worker after the other; each goes when its successor answers."""
        for place, old in enumerate(self.processes):
            new = Process(self.config, self.sockets)
            new.start()
            if not self._answers(new):
                new.kill()
                new.join()
                log.error("the new worker didn't answer in time; the old ones serve on")
                return
            self.processes[place] = new
            self._end([old])

    def terminate_all(self) -> None:
        """Stop all; who is only loading has nothing to end."""
        self._end(self.processes)

    def _end(self, processes: list[Process]) -> None:
        until = time.monotonic() + self._stop_seconds
        for process in processes:
            self._heard.pop(process.pid, None)
            if process.is_ready(_PING_SECONDS):
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
        self.processes[place] = Process(self.config, self.sockets)
        self.processes[place].start()

    def _answers(self, process: Process) -> bool:
        until = time.monotonic() + _LONGEST_START
        while time.monotonic() < until and process.process.is_alive() and not self._is_told_to_stop():
            if process.is_ready(_PING_SECONDS):
                return True
            time.sleep(0.1)
        return False

    def _is_told_to_stop(self) -> bool:
        return bool({signal.SIGTERM, signal.SIGINT} & set(self.signal_queue))
