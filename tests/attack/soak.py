"""Asking two workers while texts are edited and rebuilt, generations rolled back, and workers and builds killed.

``python -m tests.attack.soak SECONDS`` prints what was done and found, and ends with 1 where an answer was wrong.
"""

import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2

from index.models.loading import load_embedder
from tests.api.conftest import KEY, UNFINISHED
from tests.api.processes import Running, children, started, until
from tests.api.test_workers import WORKERS, connected
from tests.attack.checking import Faults, Given, Killed, Moved, check
from tests.data_folder import VAR, keep, prepared

GRACE = 1.0  # seconds in which each worker takes up what was published (promise 7, in time)
CLIENTS = 3
_EDITION = re.compile(r"第(\d+)版")
_SENTENCES = ("外泌体能够穿过血脑屏障", "间充质干细胞归巢到病灶", "没有发生严重不良事件")


class Soak:
    """One server and all that is done to it and noted of it; moments are of the monotonic clock."""

    def __init__(self, server: Running, first: Moved) -> None:
        self.server = server
        self.moves = [first]
        self.kills: list[Killed] = []
        self.answers: list[Given] = []
        self.done: Counter[str] = Counter()
        self.stop = threading.Event()
        self._admin = httpx2.Client(base_url=server.url, timeout=120, headers={"authorization": f"Bearer {KEY}"})
        self._chance = random.Random(16)
        self._due = 0  # rebuilds before the next kill: on a slow machine one must get through between two

    def close(self) -> None:
        """Close the client that changes things."""
        self._admin.close()

    def ask(self) -> None:
        """Ask again and again on a kept connection, noting each answer."""
        with httpx2.Client(base_url=self.server.url, timeout=60) as client:
            while not self.stop.is_set():
                began = time.monotonic()
                try:
                    answer = client.post("/api/v1/ask", json={"question": "外泌体能穿过血脑屏障吗？第几版", "limit": 20})
                except httpx2.TransportError:
                    self.answers.append(Given(began, time.monotonic(), 0))
                    continue
                self.answers.append(_given(began, time.monotonic(), answer))

    def publish(self, number: int) -> None:
        """Write the next edition and rebuild; a build that somebody killed is begun again."""
        write_edition(self.server.corpus, number)
        sent = time.monotonic()
        while not self.stop.is_set():
            task = self._built()
            if task and task["state"] == "done" and task["report"]["published"]:
                self._note(sent, time.monotonic(), int(task["report"]["generation"]), str(number))
                self.done["rebuilds"] += 1
                return
            self.done["builds that were killed"] += 1

    def roll_back(self) -> None:
        """Go back to the generation before the last one that was published, and to that again."""
        last = self.moves[-1]
        before = next(move for move in reversed(self.moves) if move.generation != last.generation)
        for move in (before, last):
            self._go_to(move)
            self.stop.wait(2)

    def _go_to(self, move: Moved) -> None:
        """Ask until it is done: where a worker was killed nobody knows whether it had done it."""
        sent = time.monotonic()
        while not self.stop.is_set():
            try:
                answer = self._admin.post("/api/v1/index/rollback", json={"generation": move.generation})
            except httpx2.TransportError:
                self.done["rollbacks that were killed"] += 1
                continue
            assert answer.status_code == 200, answer.text
            self.moves.append(Moved(sent, time.monotonic(), move.generation, move.edition))
            self.done["rollbacks"] += 1
            return

    def kill(self) -> None:
        """Kill a worker, while another answers, or the process that builds for one, once a rebuild got through."""
        if self.done["rebuilds"] < self._due:
            return
        with connected(self.server) as connections:
            ready = list(connections)
        workers = self.server.workers()
        builders = [pid for worker in workers for pid in children(worker, "index.building.worker")]
        chosen = self._chance.choice([*(ready if len(ready) == WORKERS else ()), *builders] or [0])
        if chosen:
            sent = time.monotonic()
            with suppress(ProcessLookupError):
                os.kill(chosen, signal.SIGKILL)
            while not is_gone(chosen):
                time.sleep(0.001)
            self.kills.append(Killed(sent, time.monotonic()))
            self._due = self.done["rebuilds"] + 1
            self.done["workers killed" if chosen in workers else "builders killed"] += 1

    def faults(self) -> Faults:
        """Return what was wrong."""
        return check(self.moves, self.kills, self.answers, GRACE)

    def _note(self, sent: float, done: float, generation: int, edition: str) -> None:
        """Note a publishing, and those before it whose worker was killed before it could tell of them."""
        highest = max(int(move.generation) for move in self.moves)
        self.moves += [Moved(sent, done, f"{number:06d}", edition) for number in range(highest + 1, generation + 1)]

    def _built(self) -> dict[str, Any] | None:
        with suppress(httpx2.TransportError, KeyError):
            task: dict[str, Any] = self._admin.post("/api/v1/index/rebuild", json={"force": True}).json()
            while task["state"] in UNFINISHED and not self.stop.wait(0.1):
                task = self._admin.get(task["url"]).json()
            return task
        time.sleep(0.2)
        return None


def run(seconds: float, *, rebuild_every: float = 20, roll_back_every: float = 60, kill_every: float = 45) -> Soak:
    """Soak a server of its own for some seconds; 0 for ``kill_every`` kills nothing."""
    with tempfile.TemporaryDirectory(prefix="mscqa-soak-") as name:
        folder = Path(name)
        (folder / "corpus").mkdir()
        write_edition(folder / "corpus", 0)
        data = prepared(folder / "data")
        with started(folder / "corpus", data, "--workers", str(WORKERS), ready=False) as server:
            until(lambda: server.opened() >= WORKERS, "readiness of both", 600)
            soak = Soak(server, Moved(0.0, 0.0, "000001", "0"))
            askers = [threading.Thread(target=soak.ask) for _ in range(CLIENTS)]
            for thread in askers:
                thread.start()
            killing = threading.Thread(target=_every, args=(kill_every, soak.kill, soak.stop))
            if kill_every:
                killing.start()
            try:
                _change(soak, seconds, rebuild_every, roll_back_every)
            finally:
                soak.stop.set()
                for thread in [*askers, *([killing] if kill_every else [])]:
                    thread.join()
                soak.close()
            return soak


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended, though its parent may not have asked for its code yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _change(soak: Soak, seconds: float, rebuild_every: float, roll_back_every: float) -> None:
    end, rolled, number = time.monotonic() + seconds, time.monotonic(), 0
    while time.monotonic() < end:
        began = time.monotonic()
        number += 1
        soak.publish(number)
        if time.monotonic() - rolled > roll_back_every:
            rolled = time.monotonic()
            soak.roll_back()
        soak.stop.wait(max(0.0, min(began + rebuild_every, end) - time.monotonic()))


def _every(seconds: float, do: Any, stop: threading.Event) -> None:
    while not stop.wait(seconds):
        do()


def write_edition(corpus: Path, number: int) -> None:
    """Write two texts each sentence of which names its edition; each is put in its place in one step."""
    for name in ("soak-a", "soak-b"):
        text = "".join(f"# {name}{part}\n\n第{number}版：{words}。\n\n" for part, words in enumerate(_SENTENCES))
        (corpus / f".{name}.tmp").write_text(text, encoding="utf-8")
        (corpus / f".{name}.tmp").rename(corpus / f"{name}.md")


def _given(began: float, ended: float, answer: httpx2.Response) -> Given:
    if answer.status_code != 200:
        return Given(began, ended, answer.status_code)
    body = answer.json()
    texts = [item["text"] for item in body["passages"]] + [item["quote"] for item in body["citations"]]
    editions = frozenset(number for text in texts for number in _EDITION.findall(text))
    return Given(began, ended, 200, body["index"]["generation"], editions)


if __name__ == "__main__":
    keep(load_embedder("default", VAR))
    made = run(float(sys.argv[1]) if len(sys.argv) > 1 else 1800)
    found = made.faults()
    print(f"{len(made.answers)} requests; {dict(made.done)}")
    print(f"failed {len(found.failed)}, mixed {len(found.mixed)}, stale {len(found.stale)}")
    for fault in (*found.failed[:5], *found.mixed[:5], *found.stale[:5]):
        print(fault)
    sys.exit(0 if found.none else 1)
