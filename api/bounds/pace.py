"""How fast one client's requests are read: whoever sends thousands a second keeps the event loop from all others.

A question's thread needs the interpreter's lock hundreds of times, and waits up to 5 ms for it each time while the loop is
busy: two connections that piped requests without an end made questions take 14 s instead of .4.
"""

import time
from collections import OrderedDict

_A_SECOND = 200.0  # requests of one client; a browser's page needs four, a program that asks questions about twenty
_AT_ONCE = 200  # that may come faster
_LONGEST = 2.0  # seconds: others may be behind the same address, and are not to wait for what one of them did
_MOST_CLIENTS = 20_000  # the one that was longest away is forgotten first


class Pace:
    """The moment at which each client's next request may be read (GCRA, the leaky bucket as a meter: ITU-T I.371)."""

    def __init__(self) -> None:
        self._next: OrderedDict[str, float] = OrderedDict()

    def delay(self, client: str, cost: int = 1) -> float:
        """Count ``cost`` requests of ``client``; return the seconds until it may go on: 0 unless it is too fast."""
        now = time.monotonic()
        due = min(max(self._next.pop(client, 0.0), now - _AT_ONCE / _A_SECOND), now + _LONGEST)
        self._next[client] = due + cost / _A_SECOND
        if len(self._next) > _MOST_CLIENTS:
            self._next.popitem(last=False)
        return max(0.0, due - now)
