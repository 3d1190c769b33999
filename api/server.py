"""Running the application on a port, in one process or several."""

import errno
import functools
import os
import resource
import socket
import tempfile
from collections.abc import Callable

from fastapi import FastAPI
from rich.console import Console

from api.app import create_app
from api.logs import set_up_logs
from api.process.protocol import BoundedProtocol
from api.process.stopping import DRAIN_SECONDS, OnlyServer, ServerConfig
from api.process.workers import Workers
from qa.settings import Settings

_words = Console(stderr=True, highlight=False)
_BESIDE_CONNECTIONS = 256  # descriptors that a process needs for all else
_SIGN_OF_LIFE_SECONDS = 60  # a worker may be silent for this long, as while it loads the model


def serve(settings: Settings) -> int:
    """Serve until stopped; returns the exit code (1 where the address can't be listened on)."""
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken; choose another with --port or MSCQA_PORT" if taken else f"can't be used: {error.strerror}"
        _words.print(f"mscqa: {settings.host}:{settings.port} {reason}", style="red", markup=False, soft_wrap=True)
        return 1
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    _words.print(f"mscqa: serving on http://{shown}:{port}/ (Ctrl+C stops)", markup=False, soft_wrap=True)
    _allow_descriptors(settings.max_connections + _BESIDE_CONNECTIONS)
    first, later = (
        server_config(functools.partial(_worker_app, settings, when_ready=replaces), settings.workers)
        for replaces in (False, True)
    )
    with listener:
        if settings.workers == 1:
            OnlyServer(first).run(sockets=[listener])
        else:
            set_up_logs(settings.log_level)
            with tempfile.TemporaryDirectory(prefix="mscqa-metrics-") as folder:
                os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # where the workers' counters meet
                Workers(first, later, [listener]).run()
    return 0


def server_config(factory: Callable[[], FastAPI], workers: int = 1) -> ServerConfig:
    """Return how uvicorn serves the application that ``factory`` makes."""
    return ServerConfig(
        factory,
        factory=True,
        workers=workers,
        http=BoundedProtocol,
        ws="none",
        proxy_headers=False,  # whose headers are believed says MSCQA_TRUSTED_PROXIES, and the guard reads them
        log_config=None,
        access_log=False,  # addresses can hold questions
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_worker_healthcheck=_SIGN_OF_LIFE_SECONDS,
    )


_SHARED = ("max_concurrent_questions", "max_connections", "requests_per_minute")


def share_of(settings: Settings) -> Settings:
    """Return the settings of one worker: what bounds the whole server is divided among its workers, rounded up."""
    shares = {name: -(-getattr(settings, name) // settings.workers) for name in _SHARED}
    return settings.model_copy(update=shares)


def _worker_app(settings: Settings, *, when_ready: bool) -> FastAPI:
    set_up_logs(settings.log_level)
    return create_app(share_of(settings), when_ready=when_ready)


def _allow_descriptors(count: int) -> None:
    """Let this process and its workers have as many connections as are set, where the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        count = min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener
