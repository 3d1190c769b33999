"""A server without model and index, run as `mscqa serve` runs its own: ``python -m tests.api.waiting_server WORKERS``.

Each request takes a turn for a third of a second; of ``/stuck`` the process does nothing else for a minute.
"""

import socket
import sys
import time
from typing import Any

import anyio

from api.bounds.pace import Pace
from api.bounds.proxies import TrustedProxies
from api.errors import ProblemError
from api.process.runtime import Runtime
from api.process.stopping import OnlyServer
from api.process.workers import Workers
from api.server import server_config
from qa.settings import Settings

TURN = 0.3  # seconds


class Waiting:
    """The application."""

    def __init__(self) -> None:
        self.runtime = Runtime(Settings())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, or begin and end."""
        if scope["type"] == "lifespan":
            await receive()
            scope["state"].update(runtime=self.runtime, proxies=TrustedProxies(""), pace=Pace())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["path"] == "/stuck":
            time.sleep(60)
        status = 200
        try:
            async with self.runtime.admission.turn():
                await anyio.sleep(TURN)
        except ProblemError:
            status = 503
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        print(listener.getsockname()[1], flush=True)
        count = int(sys.argv[1])
        config = server_config(Waiting, count)  # type: ignore[arg-type]  # it isn't FastAPI's
        if count == 1:
            OnlyServer(config).run(sockets=[listener])
        else:
            Workers(config, config, [listener]).run()
