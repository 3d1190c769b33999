"""How a server process ends: on a stop within seconds, whatever is under way; on being replaced, when all is answered."""

import signal
from types import FrameType

import uvicorn

STOP_SECONDS = 3  # from the signal until a process that hangs is ended; on a busy machine the exit itself takes 1.5 more
DRAIN_SECONDS = 2  # of them for requests under way: an answer takes a tenth of one
RETIRE_SECONDS = 60  # for all that a process was asked before another took its place


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration; ``retires`` is set in a process that has been replaced and answers what it was asked."""

    retires = False

    def retire(self) -> None:
        """From now on a stop is no hurry."""
        self.retires = True
        self.timeout_graceful_shutdown = RETIRE_SECONDS


class OnlyServer(uvicorn.Server):
    """A server that nobody watches over: it sees itself that it ends."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop, and be ended by the system where that takes too long, whatever holds the process."""
        super().handle_exit(sig, frame)
        if not signal.getitimer(signal.ITIMER_REAL)[0]:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS)
