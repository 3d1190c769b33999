"""Good requests are served whatever others do (promise 21): each attack, with what was measured meanwhile, in a table.

``MSCQA_ATTACK_SECONDS`` is how long each lasts (`make attack`: 20). The bounds on time are the issue's where the machine is
otherwise idle; where /healthz stalls at rest, as on one that does much else, it may stall three times as long.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.conftest import small_corpus
from tests.api.processes import Running, started
from tests.attack.attacks import ATTACKER, ATTACKS
from tests.attack.measuring import LONG, Measured, asked, attacked, looked, measuring, resident

SECONDS = float(os.environ.get("MSCQA_ATTACK_SECONDS", "2"))
MOST_CONNECTIONS = 100
LEAST_SERVED, LONGEST_STALL, MOST_MEMORY = 0.95, 0.5, 200e6
LONGEST_STOP = 5.0

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason=f"{ATTACKER} is an address on Linux only")


@dataclass(frozen=True)
class Attacked:
    """A server, how it is at rest, and the seconds of one turn: of the longest question."""

    server: Running
    port: int
    rest: Measured
    turn: float

    @property
    def longest_stall(self) -> float:
        return max(LONGEST_STALL, 3 * self.rest.stall)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server over a small index, measured at rest; prints the table's head."""
    settings = small_corpus(tmp_path_factory.mktemp("attacked"))
    narrow = {"MSCQA_MAX_CONNECTIONS": str(MOST_CONNECTIONS), "MSCQA_REQUEST_SECONDS": "10"}
    with started(settings.corpus_dir, settings.data_dir, **narrow) as server:
        port = urlsplit(server.url).port
        assert port
        for _ in range(10):
            asked(port, "归巢")
        turn = max(asked(port, LONG) or 60.0 for _ in range(3))
        with measuring(port, server.process.pid) as rest:
            time.sleep(max(SECONDS, 3))
        print(f"\n{'attack':<32} {'good':>5} {'in time':>8} {'median':>8} {'stall':>7} {'memory':>8}")
        row("(at rest)", rest, rest, turn)
        yield Attacked(server, port, rest, turn)


def row(name: str, measured: Measured, rest: Measured, turn: float) -> float:
    """Print a row of the table; return the share of good requests that were served in time."""
    share = measured.served_within(3 * rest.median + turn)
    grown = (max(measured.memory) - measured.memory[0]) / 1e6 if measured.memory else 0
    times = f"{measured.median:>7.2f}s {measured.stall:>6.2f}s"
    print(f"{name:<32} {len(measured.good):>5} {share:>8.1%} {times} {grown:>+6.0f} MB")
    return share


@pytest.mark.parametrize("name", ATTACKS)
def test_good_requests_are_served_during(target: Attacked, name: str) -> None:
    """In three times their time at rest and one turn; memory and /healthz stay within bounds."""
    with attacked(name, target.port, 3600):
        time.sleep(0.5)
        before = resident(target.server.process.pid)
        with measuring(target.port, target.server.process.pid) as measured:
            time.sleep(SECONDS)
    share = row(name, measured, target.rest, target.turn)
    assert share >= LEAST_SERVED and len(measured.good) > 0, measured.good
    assert measured.stall <= target.longest_stall
    assert max(measured.memory) - before <= MOST_MEMORY


def test_a_stop_is_obeyed_under_attack(target: Attacked) -> None:
    """Within five seconds, whatever is under way. The last of these tests: it stops the server."""
    with ExitStack() as stack:
        for name in ("slow heads", "answers not taken", "a flood of questions", "a head piped behind a question"):
            stack.enter_context(attacked(name, target.port, 3600))
        time.sleep(2)
        assert looked(target.port) is not None
        began = time.monotonic()
        target.server.process.send_signal(signal.SIGTERM)
        code = target.server.process.wait(60)
        took = time.monotonic() - began
    print(f"SIGTERM under four attacks: the process ended after {took:.2f} s")
    assert code in (0, -signal.SIGTERM) and took < LONGEST_STOP
    assert not any("Traceback" in line for line in target.server.log), "".join(target.server.log)
