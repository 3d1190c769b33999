"""Who is answered now, who waits, and who is sent away."""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.bounds.clients import asking
from api.errors import ProblemError

_LATELY = 10.0  # seconds for which one who asked is taken to ask again


class Admission:
    """Lets ``at_once`` questions through, and keeps at most ``most`` in all.

    The clients that wait take turns, one question each: whoever has one question waits for at most one of each other
    client's (fair queueing: Nagle, RFC 970). While others ask too, one client holds all turns but one at most, so that
    another mostly needn't wait at all. Where ``most`` is reached, the client that has most waiting gives way to one that has
    less, with its newest question.
    """

    def __init__(self, at_once: int, most: int) -> None:
        self._at_once = self._free = at_once
        self._most = most
        self._holding: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # in the order of their next turns
        self._seen: OrderedDict[str, float] = OrderedDict()  # the last two clients, and when each came last
        self._draining = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raises the problem ``busy`` where too many wait or the server is stopping."""
        if self._draining:
            raise _stopping()
        client = asking.get()
        self._see(client)
        await self._wait(client)
        try:
            yield
        finally:
            self._give_back(client)

    def drain(self) -> None:
        """Send away all who wait, and all who come; who has a turn keeps it."""
        self._draining = True
        for queue in self._waiting.values():
            for future in queue:
                if not future.done():
                    future.set_exception(_stopping())
        self._waiting.clear()

    async def _wait(self, client: str) -> None:
        if client not in self._waiting and self._may_start(client):
            self._take(client)
            return
        if self._at_once - self._free + sum(map(len, self._waiting.values())) >= self._most:
            self._make_room(client)
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and not future.exception():
                self._give_back(client)  # the turn came together with the cancelling
            else:
                self._forget(client, future)
            raise

    def _may_start(self, client: str) -> bool:
        """Tell whether there is a turn for ``client``: the last one is left for others, where there are any."""
        lately = time.monotonic() - _LATELY
        others = any(other != client and at > lately for other, at in self._seen.items())
        return self._free > 0 and (not others or self._holding[client] < max(1, self._at_once - 1))

    def _see(self, client: str) -> None:
        self._seen.pop(client, None)
        self._seen[client] = time.monotonic()
        if len(self._seen) > 2:
            self._seen.popitem(last=False)

    def _take(self, client: str) -> None:
        self._free -= 1
        self._holding[client] += 1

    def _give_back(self, client: str) -> None:
        self._free += 1
        self._holding[client] -= 1
        if not self._holding[client]:
            del self._holding[client]
        while (chosen := next(filter(self._may_start, self._waiting), None)) is not None:
            self._start(chosen)

    def _start(self, client: str) -> None:
        """Give a turn to the oldest question of ``client``, after whose next the others come first."""
        queue = self._waiting.pop(client)
        future = queue.popleft()
        if queue:
            self._waiting[client] = queue
        if not future.done():
            self._take(client)
            future.set_result(None)

    def _make_room(self, client: str) -> None:
        """Send away the newest question of the client that has most waiting; raises ``busy`` where that is this one."""
        own = len(self._waiting.get(client, ()))
        most = max(self._waiting, key=lambda other: len(self._waiting[other]), default=client)
        if len(self._waiting.get(most, ())) <= own + 1:
            raise _busy()
        newest = self._waiting[most].pop()
        if not newest.done():
            newest.set_exception(_busy())

    def _forget(self, client: str, future: "asyncio.Future[None]") -> None:
        queue = self._waiting.get(client)
        if queue and future in queue:
            queue.remove(future)
            if not queue:
                del self._waiting[client]


def _busy() -> ProblemError:
    return ProblemError("busy", "Too many questions at once. Ask again in a moment.", {}, {"Retry-After": "1"})


def _stopping() -> ProblemError:
    return ProblemError("busy", "The server is stopping. Ask again in a moment.", {}, {"Retry-After": "5"})
