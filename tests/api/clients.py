"""Clients that ask all the while, each in a thread of its own."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2


@contextmanager
def clients(
    count: int, kept: int, ask: Callable[[httpx2.Client], httpx2.Response], pause: float = 0.0
) -> Iterator[Counter[str]]:
    """Let ``count`` clients ask again and again, ``pause`` seconds between; yields how often which status or error came.

    ``kept`` of them keep their connection, the others open one for each request.
    """
    seen: Counter[str] = Counter()
    stop = threading.Event()

    def run(keeps: bool) -> None:
        with httpx2.Client(timeout=60, limits=httpx2.Limits(max_keepalive_connections=int(keeps))) as client:
            while not stop.wait(pause):
                try:
                    seen[str(ask(client).status_code)] += 1
                except httpx2.TransportError as error:
                    seen[type(error).__name__] += 1

    threads = [threading.Thread(target=run, args=(number < kept,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()
