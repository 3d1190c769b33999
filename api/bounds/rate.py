"""How often one client may ask."""

import time
from collections import OrderedDict

from api.bounds.clients import client_of

_MOST_CLIENTS = 20_000  # the one that was longest away is forgotten first


class RateLimit:
    """A token bucket a client: ``a_minute`` requests, of which a quarter may come at once; 0 lets everything through."""

    def __init__(self, a_minute: int) -> None:
        self._a_second = a_minute / 60
        self._burst = max(1.0, a_minute / 4)
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, host: str) -> float:
        """Return 0 and count a request of ``host``, or the seconds until it may come again."""
        if not self._a_second:
            return 0.0
        client, now = client_of(host), time.monotonic()
        tokens, then = self._clients.pop(client, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._a_second)
        self._clients[client] = (max(tokens - 1, 0.0) if tokens >= 1 else tokens, now)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
        return 0.0 if tokens >= 1 else (1 - tokens) / self._a_second
