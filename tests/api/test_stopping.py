"""How server processes end: replaced ones answer all that they were asked, and a stop is obeyed whatever holds them."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from tests.api.clients import clients
from tests.api.conftest import ROOT
from tests.api.processes import children, until

CLIENTS = 10  # five times as many as have a turn at once
Server = tuple["subprocess.Popen[str]", str]


@contextmanager
def serving(workers: int) -> Iterator[Server]:
    """Run the waiting server; yields the process and its address when it answers."""
    words = [sys.executable, "-m", "tests.api.waiting_server", str(workers)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as process:
        try:
            assert process.stdout
            url = f"http://127.0.0.1:{int(process.stdout.readline())}"
            assert httpx2.get(url, timeout=240).status_code == 200
            yield process, url
        finally:
            process.kill()


def workers_of(server: Server) -> set[int]:
    return set(children(server[0].pid, "spawn_main"))


@contextmanager
def asking(url: str) -> Iterator[Counter[str]]:
    """Ask all the while, half of the clients on connections that they keep; yields how often what came."""
    with clients(CLIENTS, CLIENTS // 2, lambda client: client.get(url)) as seen:
        yield seen


def test_sighup_fails_no_request_though_many_wait() -> None:
    """Those who wait in a process that is replaced are answered by it; on kept connections too."""
    with serving(2) as server:
        until(lambda: len(workers_of(server)) == 2, "two workers")
        before = workers_of(server)
        with asking(server[1]) as seen:
            server[0].send_signal(signal.SIGHUP)
            until(lambda: len(workers_of(server)) == 2 and not before & workers_of(server), "two new workers", 400)
            time.sleep(1)
    print(f"SIGHUP, {CLIENTS} clients: {dict(seen)}")
    assert set(seen) == {"200"} and seen["200"] > CLIENTS, seen


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_is_obeyed_by_a_process_that_does_nothing_else(workers: int) -> None:
    """Its event loop is held: it is ended within five seconds, and the others with it."""
    with serving(workers) as (process, url):
        threading.Thread(target=unanswered, args=(f"{url}/stuck",)).start()
        time.sleep(1)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        took = time.monotonic() - began
    print(f"SIGTERM, {workers} worker(s), one stuck: {took:.2f} s")
    assert took < 5


def test_a_stop_while_workers_are_replaced_waits_for_none() -> None:
    """Neither for the one that retires nor for the one that starts."""
    with serving(2) as server:
        process, url = server
        with asking(url):
            process.send_signal(signal.SIGHUP)
            until(lambda: len(workers_of(server)) == 3, "a successor", 400)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            took = time.monotonic() - began
    print(f"SIGTERM while a worker is replaced: {took:.2f} s")
    assert took < 5


def unanswered(url: str) -> None:
    """Ask, and expect no answer."""
    with pytest.raises(httpx2.TransportError):
        httpx2.get(url, timeout=60)
