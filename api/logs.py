"""The server's log: to standard error, one entry a line, whatever the texts in it hold."""

import logging
import re
from types import TracebackType

from rich.console import Console
from rich.logging import RichHandler

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LESS = {"httpx": "WARNING", "sentence_transformers": "WARNING", "huggingface_hub": "WARNING", "urllib3": "WARNING"}
_LESS |= {"uvicorn.error": "ERROR", "watchfiles": "WARNING"}  # uvicorn warns of each malformed request


class OneLine(logging.Formatter):
    """Formats a record so that what a text holds can't look like another entry, colour the terminal or turn the line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Return the message with control characters escaped; a traceback, which is ours, keeps its lines."""
        return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), super().formatMessage(record))


def without_message(error: BaseException) -> tuple[type[RuntimeError], RuntimeError, TracebackType | None]:
    """Return ``error`` for a record's ``exc_info`` by its kind and place alone: its message can hold a question."""
    shown = RuntimeError(type(error).__name__)
    return RuntimeError, shown, error.__traceback__


def set_up_logs(level: str) -> None:
    """Send what the service logs from ``level`` on to standard error."""
    logging.basicConfig(level=level.upper(), handlers=[_handler()], force=True)
    for name, least in _LESS.items():
        logging.getLogger(name).setLevel(least)


def _handler() -> logging.Handler:
    """Return what writes records for people at a terminal, and elsewhere one a line, however long, for programs."""
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        handler: logging.Handler = RichHandler(console=console, show_path=False, show_level=False, markup=False)
        handler.setFormatter(OneLine("%(message)s"))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    return handler
