"""Running the application on a port."""

import errno
import logging
import socket

import uvicorn
from rich.console import Console
from rich.logging import RichHandler

from api.app import create_app
from qa.settings import Settings

_words = Console(stderr=True, highlight=False)


def serve(settings: Settings) -> int:
    """Serve until stopped; returns the exit code (1 where the address can't be listened on)."""
    handler = RichHandler(console=_words, show_path=False, show_level=False, markup=False)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], format="%(message)s", force=True)
    for noisy in ("httpx", "sentence_transformers", "huggingface_hub", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken; choose another with --port or MSCQA_PORT" if taken else f"can't be used: {error.strerror}"
        _words.print(f"mscqa: {settings.host}:{settings.port} {reason}", style="red", markup=False)
        return 1
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    _words.print(f"mscqa: serving on http://{shown}:{port}/ (Ctrl+C stops)", markup=False)
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,  # addresses can hold questions
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=20,
    )
    with listener:
        uvicorn.Server(config).run(sockets=[listener])
    return 0


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
