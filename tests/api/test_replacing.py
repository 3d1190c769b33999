"""Workers that come and go: no request is failed but those of a worker that was killed, and a stop is obeyed at once."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.api.clients import clients
from tests.api.conftest import small_corpus
from tests.api.processes import Running, started, until

CLIENTS = 6


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two workers over a small index, both ready."""
    settings = small_corpus(tmp_path_factory.mktemp("pair"))
    with started(settings.corpus_dir, settings.data_dir, "--workers", "2") as server:
        until(lambda: server.opened() >= 2, "readiness of both")
        yield server


@contextmanager
def asking(server: Running) -> Iterator[Counter[str]]:
    """Ask all the while, four clients on new connections and two on ones that they keep; yields how often what came.

    More ask at once than are answered at once, so that some always wait for their turn.
    """
    address = f"{server.url}/api/v1/ask"
    with clients(CLIENTS, 2, lambda client: client.get(address, params={"question": "归巢"}), pause=0.05) as seen:
        yield seen


def test_a_worker_that_replaces_a_killed_one_takes_no_connection_before_it_answers(pair: Running) -> None:
    """Nobody is told to come again; at most the killed one's own requests fail."""
    before, opened = pair.workers(), pair.opened()
    with asking(pair) as seen:
        os.kill(before[0], signal.SIGKILL)
        until(lambda: pair.opened() > opened, "its successor")
        time.sleep(1)
    print(f"a worker killed: {dict(seen)}")
    assert seen.pop("200") > 20 and sum(seen.values()) <= CLIENTS and not any(map(str.isdecimal, seen)), seen


def test_sighup_replaces_one_after_the_other(pair: Running) -> None:
    """Every request is answered, those too that waited or came on kept connections, and both workers are new."""
    before = set(pair.workers())
    with asking(pair) as seen:
        pair.process.send_signal(signal.SIGHUP)
        until(lambda: len(pair.workers()) == 2 and not before & set(pair.workers()), "two new workers", 400)
        time.sleep(3)  # what they left behind would be missed now
    print(f"SIGHUP: {dict(seen)}")
    assert set(seen) == {"200"} and seen["200"] > 20, seen


def test_a_stop_is_obeyed_while_a_worker_is_replaced(pair: Running) -> None:
    """Within five seconds, though the new one is still loading."""
    count = len(pair.workers())
    pair.process.send_signal(signal.SIGHUP)
    until(lambda: len(pair.workers()) > count, "a new worker")
    began = time.monotonic()
    pair.process.send_signal(signal.SIGTERM)
    assert pair.process.wait(30) == 0
    assert time.monotonic() - began < 5
    assert not any("Traceback" in line for line in pair.log), "".join(pair.log)


def test_an_index_that_is_built_for_the_first_time_is_told_by_all(tmp_path: Path) -> None:
    """At the start there is nobody else who could answer: workers take connections at once."""
    settings = small_corpus(tmp_path)
    with started(settings.corpus_dir, settings.data_dir, "--workers", "2", ready=False) as server:
        began = time.monotonic()
        assert httpx2.get(f"{server.url}/healthz", timeout=60).status_code == 200
        print(f"/healthz answered {time.monotonic() - began:.1f} s after the address was told")
        assert httpx2.get(f"{server.url}/readyz", timeout=60).status_code in (200, 503)
