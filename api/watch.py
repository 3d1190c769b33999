"""Rebuilding after edits, in one of the processes that serve a data folder."""

import logging
import threading

from api.tasks import Tasks
from qa.settings import Settings
from qa.watching import edits, only_watcher

log = logging.getLogger("mscqa")

_TRY_AGAIN_AFTER = 3  # seconds


def rebuild_after_edits(settings: Settings, tasks: Tasks, stop: threading.Event) -> None:
    """Rebuild after each edit until ``stop`` is set; another process takes over where this one ends."""
    folders = (settings.corpus_dir, settings.terms_dir)
    said = ""
    while not stop.is_set():
        try:
            with only_watcher(settings.data_dir, stop) as mine:
                if not mine:
                    return
                tasks.queue()  # an edit may have come while nobody watched
                for _ in edits(folders, stop):
                    tasks.queue()
        except Exception as error:  # of any kind: edits are to be seen again once it is over
            if str(error) != said:
                log.error("watching failed and is tried again: %s", error, exc_info=not isinstance(error, OSError))
            said = str(error)
            stop.wait(_TRY_AGAIN_AFTER)
