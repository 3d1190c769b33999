"""What bad clients get, and that good ones are served meanwhile (promises 21 and 23)."""

import asyncio
import json
import logging
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import uvicorn

from api import asking
from api.app import create_app
from api.bounds.rate import RateLimit
from api.logs import OneLine
from api.server import server_config
from api.streaming import _told
from qa.settings import Settings
from tests.api.conftest import Served, until_ready

SECONDS = 1
MOST_CONNECTIONS = 12
POST = b"POST /api/v1/ask HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True)
class Bounded:
    """A server with narrow bounds, in this process."""

    host: str
    port: int
    server: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def connect(self) -> socket.socket:
        made = socket.create_connection((self.host, self.port), 30)
        made.settimeout(30)
        return made

    def send(self, content: bytes) -> bytes:
        """Return all that comes back until the server closes."""
        with self.connect() as made:
            made.sendall(content)
            return everything(made)


def everything(made: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    parts = []
    try:
        while part := made.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def problem(answer: bytes) -> dict[str, object]:
    """Return the problem detail of a raw answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head.lower(), answer
    found: dict[str, object] = json.loads(body)
    assert int(head.split()[1]) == found["status"]
    return found


@pytest.fixture(scope="module")
def bounded(served: Served) -> Iterator[Bounded]:
    """A second server on the index of the first."""
    settings = served.settings.model_copy(
        update={"request_seconds": SECONDS, "max_connections": MOST_CONNECTIONS, "max_concurrent_questions": 4}
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    server = uvicorn.Server(server_config(lambda: create_app(settings)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    host, port = listener.getsockname()
    made = Bounded(host, port, server)
    until_ready(made.url)
    yield made
    server.should_exit = True
    thread.join(60)
    listener.close()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"", 408, "request_timeout"),
        (b"GET /healthz HTT", 408, "request_timeout"),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ", 408, "request_timeout"),
        (POST + b"Content-Length: 50\r\n\r\n{", 408, "request_timeout"),
        (b"BREW / HTTP/9.9\r\n\r\n", 400, "malformed_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "malformed_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "malformed_request"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431, "head_too_large"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431, "head_too_large"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 1_000_000, 431, "head_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 30_000, 431, "head_too_large"),
    ],
)
def test_what_is_slow_broken_or_too_large_is_refused(bounded: Bounded, sent: bytes, status: int, code: str) -> None:
    """With a problem detail, soon, and the connection is closed."""
    began = time.monotonic()
    found = problem(bounded.send(sent))
    assert (found["status"], found["code"]) == (status, code)
    assert time.monotonic() - began < 20
    assert httpx2.get(f"{bounded.url}/healthz").status_code == 200


def test_the_rest_of_a_refused_body_is_no_head(bounded: Bounded) -> None:
    """It may come after its answer; the next request on the connection is answered as any other."""
    kept = POST.replace(b"Connection: close\r\n", b"")
    rest = b" " * 200_000
    with bounded.connect() as made:
        made.sendall(kept + f"Content-Length: {len(rest)}\r\n\r\n".encode())
        assert b" 413 " in made.recv(1 << 16)
        made.sendall(rest[:100_000])
        time.sleep(0.1)
        made.sendall(rest[100_000:] + POST + b"Content-Length: 2\r\n\r\n{}")
        found = problem(everything(made))
    assert (found["status"], found["code"]) == (422, "invalid_request")


def test_a_body_that_grows_over_the_limit_is_refused(bounded: Bounded) -> None:
    """Though no length was declared."""
    chunks = b"".join(b"4000\r\n" + b" " * 0x4000 + b"\r\n" for _ in range(5))
    found = problem(bounded.send(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"))
    assert (found["status"], found["code"]) == (413, "too_large")


def test_a_byte_now_and_then_does_not_hold_a_connection(bounded: Bounded) -> None:
    """The deadline is for the whole request and not for the next byte."""
    began = time.monotonic()
    with bounded.connect() as made:
        for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 1000:
            try:
                made.sendall(bytes([byte]))
            except (BrokenPipeError, ConnectionResetError):
                break
            if byte == ord("a"):
                time.sleep(0.05)
        assert time.monotonic() - began < 30


def test_silent_connections_do_not_keep_others_out(bounded: Bounded) -> None:
    """Four times as many as the server holds: each good request on a new connection is answered meanwhile."""
    silent = []
    try:
        for number in range(MOST_CONNECTIONS * 4):
            made = bounded.connect()
            made.sendall(b"GET / HTTP/1.1\r\n")
            silent.append(made)
            if number % 8 == 0:
                assert httpx2.get(f"{bounded.url}/healthz").status_code == 200
        answer = httpx2.post(f"{bounded.url}/api/v1/ask", json={"question": "归巢是什么"}, timeout=60)
        assert answer.status_code == 200
        assert len(bounded.server.server_state.connections) <= MOST_CONNECTIONS + 1
    finally:
        for made in silent:
            made.close()


def test_who_does_not_take_the_answers_is_dropped(bounded: Bounded, client: httpx2.Client) -> None:
    """A client that asks on and never reads doesn't fill the server's memory."""
    document = client.get("/api/v1/documents").json()["documents"][0]["id"]
    request = f"GET /api/v1/documents/{document} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect((bounded.host, bounded.port))
        made.settimeout(0.5)
        try:
            for _ in range(2000):
                made.sendall(request)
        except (TimeoutError, OSError):
            pass
        until = time.monotonic() + 60
        while bounded.server.server_state.connections:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_a_flood_of_questions_gets_answers_or_busy(bounded: Bounded) -> None:
    """Nothing else: 200, or 503 with Retry-After; and afterwards all is as before."""

    def ask(number: int) -> tuple[int, str]:
        response = httpx2.post(f"{bounded.url}/api/v1/ask", json={"question": f"外泌体 {number}"}, timeout=120)
        return response.status_code, response.headers.get("retry-after", "")

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, range(60)))
    assert set(answers) <= {(200, ""), (503, "1")} and (200, "") in answers and (503, "1") in answers
    assert ask(0) == (200, "")


def test_a_client_that_asks_too_often_is_told_when_to_come_again() -> None:
    """429 with Retry-After, for that client alone, and health is always told."""
    app = create_app(Settings(requests_per_minute=12))

    async def ask(host: str, path: str = "/api/v1/documents") -> httpx2.Response:
        transport = httpx2.ASGITransport(app, client=(host, 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
            return await made.get(path)

    async def run() -> None:
        statuses = [(await ask("192.0.2.1")).status_code for _ in range(4)]
        assert statuses == [503, 503, 503, 429]
        refused = await ask("192.0.2.1")
        assert refused.json()["code"] == "too_many_requests" and 1 <= int(refused.headers["retry-after"]) <= 5
        assert (await ask("192.0.2.2")).status_code == 503
        assert (await ask("192.0.2.1", "/healthz")).status_code == 200

    asyncio.run(run())


def test_the_rate_is_a_minutes_and_a_network_is_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens come back with time; addresses of one IPv6 network share theirs."""
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    limit = RateLimit(60)
    assert [limit.wait("192.0.2.1") for _ in range(16)] == [0.0] * 15 + [1.0]
    now += 2
    assert [limit.wait("192.0.2.1") for _ in range(3)] == [0.0, 0.0, 1.0]
    assert [limit.wait(f"2001:db8::{number}") for number in range(16)] == [0.0] * 15 + [1.0]
    assert limit.wait("2001:db8:0:1::1") == 0.0
    assert [limit.wait(f"::ffff:198.51.100.{number}") for number in range(20)] == [0.0] * 20  # IPv4, and a client each
    assert not any(RateLimit(0).wait("192.0.2.1") for _ in range(1000))


def test_a_failure_is_a_problem_and_its_log_holds_no_question(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The request id leads from the one to the other."""
    app = create_app(Settings())
    secret = "我母亲的病情"

    async def fail(runtime: object, question: str, *others: object, **named: object) -> None:
        raise ValueError(question)

    monkeypatch.setattr(asking, "asked", fail)

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
            return await made.post("/api/v1/ask", json={"question": secret})

    with caplog.at_level(logging.INFO):
        response = asyncio.run(ask())
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert response.headers["x-request-id"] == response.json()["request_id"] and "default-src" in str(response.headers)
    assert response.json()["request_id"] in caplog.text and "ValueError" in caplog.text and "in fail" in caplog.text
    assert secret not in caplog.text and secret not in response.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/documents", "/api/v1/index", "/static/page.css", "/nothing"])
def test_a_head_request_is_answered_as_get_is_without_the_body(client: httpx2.Client, path: str) -> None:
    """Monitors and link checkers ask so (RFC 9110, 9.3.2)."""
    got, head = client.get(path), client.head(path)
    own = ("date", "x-request-id")
    assert (head.status_code, head.content) == (got.status_code, b"") and got.content
    assert {key: head.headers[key] for key in head.headers if key not in own} == {
        key: got.headers[key] for key in got.headers if key not in own
    }
    assert client.get("/healthz").json() == {"status": "ok"}  # on the same connection: no byte of a body was sent


def test_head_is_allowed_where_get_is_and_nowhere_else(client: httpx2.Client) -> None:
    """The header says so."""
    assert client.delete("/healthz").headers["allow"] == "GET, HEAD"
    refused = client.head("/api/v1/verify")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("text", ["a\nmscqa: stopped", "a\r\n", "a\x1b[31m", "a\u2028b", "a\u202eb", "a\x85b"])
def test_no_text_makes_a_line_of_its_own_in_the_log(text: str) -> None:
    """Line ends, colours and turned lines are written as escapes."""
    record = logging.LogRecord("mscqa", logging.INFO, "", 0, "failed: %s", (text,), None)
    line = OneLine("%(message)s").format(record)
    assert line.startswith("failed: a\\") and line.isprintable()


def test_a_record_is_one_line_where_no_terminal_is() -> None:
    """However long it is, with its time and level; colours and wrapping are for people at a terminal."""
    program = (
        "import logging\n"
        "from api.logs import set_up_logs\n"
        "set_up_logs('info')\n"
        "logging.getLogger('mscqa').warning('passed over: %s', 'a word ' * 50 + '文' * 50)\n"
        "logging.getLogger('mscqa').info('[red]second[/red]')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    first, second = ran.stderr.splitlines()
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"
    assert re.fullmatch(rf"{moment} WARNING passed over: {'a word ' * 50}{'文' * 50}", first)
    assert re.fullmatch(rf"{moment} INFO \[red\]second\[/red\]", second)


@pytest.mark.parametrize("headers", [{"host": "["}, {"host": "localhost", "origin": "http://["}])
def test_a_host_or_origin_that_is_none_is_a_stranger(headers: dict[str, str]) -> None:
    """Brackets without an address in them are no failure of the service."""
    app = create_app(Settings())

    async def get() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
            return await made.get("/metrics", headers=headers)

    assert asyncio.run(get()).status_code == 404


@pytest.mark.parametrize(
    ("client", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("::ffff:192.0.2.1", 404), ("192.0.2.1", 404), ("", 404)],
)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "[::ffff:127.0.0.1]:8000"])
def test_a_program_on_this_machine_is_known_by_its_address(client: str, host: str, status: int) -> None:
    """A socket for both versions of IP tells 127.0.0.1 as ::ffff:127.0.0.1."""
    app = create_app(Settings())

    async def get() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, client=(client, 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
            return await made.get("/metrics", headers={"host": host})

    assert asyncio.run(get()).status_code == status


def test_a_stream_that_fails_logs_no_question(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The message of an error can hold one."""
    secret = "我母亲的病情"
    first: Any = None

    async def events() -> AsyncGenerator[Any, None]:
        yield first
        raise ValueError(secret)

    async def tell() -> list[str]:
        return [text async for text in _told(first, events(), "0123abcd")]

    monkeypatch.setattr("api.streaming._messages", lambda event: [""])
    assert "internal" in asyncio.run(tell())[-1]
    assert "0123abcd" in caplog.text and "ValueError" in caplog.text and secret not in caplog.text
