"""Attacks on a server of this machine, from the address 127.0.0.2: ``python -m tests.attack.attacks NAME PORT SECONDS``.

Each is a client that does one thing without an end, and comes back where it is thrown out.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

ATTACKER = "127.0.0.2"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Client = Callable[[int, int], Awaitable[None]]
"""One connection of an attack on a port, from its beginning to its end; its number tells it from the others."""

_POST = b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
_GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def _asking(question: str) -> bytes:
    body = json.dumps({"question": question, "limit": 20}, ensure_ascii=False).encode()
    return _POST + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _connect(port: int) -> Streams:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(ATTACKER, 0))


async def _pour(port: int, begin: bytes, more: bytes) -> None:
    """Send ``begin`` and then ``more`` without an end, as fast as it is taken."""
    _, writer = await _connect(port)
    with suppress(OSError):
        writer.write(begin)
        while not writer.is_closing():
            writer.write(more)
            await writer.drain()
    writer.close()


async def idle(port: int, number: int) -> None:
    """Stay connected, and ask for little now and then."""
    reader, writer = await _connect(port)
    with suppress(OSError, asyncio.IncompleteReadError):
        while True:
            writer.write(_GET)
            await reader.readuntil(b'"ok"}')
            await asyncio.sleep(3 + number % 7)
    writer.close()


async def slow(port: int, number: int) -> None:
    """Send a head byte by byte."""
    _, writer = await _connect(port)
    with suppress(OSError):
        for byte in _GET[:-2] + b"X-Slow: " + b"a" * 10_000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.5)
    writer.close()


async def trailers(port: int, number: int) -> None:
    """End a body by trailers without an end."""
    await _pour(port, _CHUNKED + b"2\r\n{}\r\n0\r\n", b"a: b\r\n" * 10_000)


async def one_trailer(port: int, number: int) -> None:
    """End a body by one trailer without an end."""
    await _pour(port, _CHUNKED + b"2\r\n{}\r\n0\r\na: ", b"b" * 60_000)


async def small_chunks(port: int, number: int) -> None:
    """Send a body in chunks of a byte."""
    await _pour(port, _CHUNKED, b"1\r\n \r\n" * 10_000)


async def extension(port: int, number: int) -> None:
    """Send one chunk's extension."""
    await _pour(port, _CHUNKED + b"2;a=", b"b" * 60_000)


async def piped_head(port: int, number: int) -> None:
    """Pipe a head without an end behind a question."""
    await _pour(port, _asking("外泌体如何穿过血脑屏障" * 40) + b"GET / HTTP/1.1\r\nX: ", b"a" * 60_000)


async def piped_requests(port: int, number: int) -> None:
    """Pipe requests without an end, and read none of the answers."""
    await _pour(port, b"", _GET * 2000)


async def large_bodies(port: int, number: int) -> None:
    """Send a body of gigabytes where kilobytes are allowed."""
    await _pour(port, _POST + b"Content-Length: 4000000000\r\n\r\n", b" " * 60_000)


async def garbage(port: int, number: int) -> None:
    """Send what is no HTTP."""
    await _pour(port, b"", os.urandom(30_000))


async def coming_and_going(port: int, number: int) -> None:
    """Connect, ask, and be gone before the answer."""
    for _ in range(200):
        _, writer = await _connect(port)
        writer.write(_asking("归巢"))
        await writer.drain()
        writer.transport.abort()
        await asyncio.sleep(0.01)


async def unread(port: int, number: int) -> None:
    """Ask for pages and take none of them."""
    _, writer = await _connect(port)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    with suppress(OSError):
        for _ in range(1000):
            writer.write(b"GET /documents HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)
        await asyncio.sleep(60)
    writer.close()


async def flood(port: int, number: int) -> None:
    """Ask the longest questions, one after the other."""
    reader, writer = await _connect(port)
    with suppress(OSError, asyncio.IncompleteReadError):
        while True:
            writer.write(_asking(f"第{number}个问题：" + "外泌体如何穿过血脑屏障" * 44))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
    writer.close()


ATTACKS: dict[str, tuple[Client, int]] = {
    "idle connections": (idle, 160),
    "slow heads": (slow, 160),
    "endless trailers": (trailers, 4),
    "an endless trailer": (one_trailer, 4),
    "chunks of a byte": (small_chunks, 4),
    "an endless extension": (extension, 4),
    "a head piped behind a question": (piped_head, 4),
    "piped requests": (piped_requests, 2),
    "bodies of gigabytes": (large_bodies, 4),
    "no HTTP": (garbage, 4),
    "coming and going": (coming_and_going, 4),
    "answers not taken": (unread, 40),
    "a flood of questions": (flood, 80),
}
"""What each does, and on how many connections."""


async def attack(name: str, port: int, seconds: float) -> None:
    """Attack for some seconds; a connection that ends is made anew."""
    client, connections = ATTACKS[name]

    async def again(number: int) -> None:
        while True:
            with suppress(OSError):
                await client(port, number)
            await asyncio.sleep(0.02)

    running = [asyncio.create_task(again(number)) for number in range(connections)]
    await asyncio.sleep(seconds)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


if __name__ == "__main__":
    os.nice(10)  # it stands for another machine, and is to take no processor time from the server on this one
    began = time.monotonic()
    asyncio.run(attack(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
