"""What one connection may send, and which connection makes room (promise 21): every byte is counted before it is parsed."""

import asyncio
import logging
import socket
import time
from dataclasses import dataclass

import httpx2
import pytest

from api.app import create_app
from api.bounds.connections import State, gives_way
from api.bounds.proxies import PREFIX, TrustedProxies
from qa.settings import Settings, SettingsError, read_settings
from tests.api.test_bounds import MOST_CONNECTIONS, POST, Bounded, bounded, everything, problem

__all__ = ["bounded"]  # the fixture

CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
KEPT = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
QUESTION = b'{"question": "\xe5\xa4\x96\xe6\xb3\x8c\xe4\xbd\x93"}'


def sent_until_closed(bounded: Bounded, begin: bytes, more: bytes, most: int) -> tuple[int, bytes]:
    """Send ``more`` again and again after ``begin``; return how many bytes were taken before the end, and the answer."""
    with bounded.connect() as made:
        made.sendall(begin)
        sent = 0
        try:
            while sent < most:
                made.sendall(more)
                sent += len(more)
        except OSError:
            pass
        return sent, everything(made)


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"a: b\r\n" * 1000),
        (CHUNKED + b"2\r\n{}\r\n0\r\na: ", b"b" * 8000),
        (CHUNKED + b"2;a=", b"b" * 8000),
        (CHUNKED, b"1\r\n \r\n" * 1000),
        (CHUNKED, b"1;abcdefgh=ijklmnop\r\n \r\n" * 1000),
        (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 8000),
    ],
    ids=["trailers", "one trailer", "an extension", "chunks of a byte", "extended chunks of a byte", "a head behind a body"],
)
def test_what_is_beside_a_body_is_bounded(bounded: Bounded, begin: bytes, more: bytes) -> None:
    """However it is cut: the server takes less than 4 MB of what would be endless, its system's buffers included."""
    sent, _ = sent_until_closed(bounded, begin, more, 50_000_000)
    assert sent < 4_000_000
    assert httpx2.get(f"{bounded.url}/healthz").status_code == 200


def test_an_endless_body_that_was_refused_is_not_read_on(bounded: Bounded) -> None:
    """Its first bytes got 413; no more than the largest body is taken after that."""
    sent, answer = sent_until_closed(bounded, POST + b"Content-Length: 900000000\r\n\r\n", b" " * 65536, 100_000_000)
    assert sent < 12_000_000 and (not answer or b" 413 " in answer)


def test_what_is_piped_behind_a_question_waits_in_a_bounded_place(bounded: Bounded) -> None:
    """A head without an end behind a question: it isn't read before the answer is given, and then refused."""
    question = POST.replace(b"Connection: close\r\n", b"") + f"Content-Length: {len(QUESTION)}\r\n\r\n".encode() + QUESTION
    sent, answer = sent_until_closed(bounded, question + b"GET / HTTP/1.1\r\nX: ", b"a" * 1000, 50_000_000)
    assert sent < 12_000_000  # what the system's own buffers hold
    assert not answer or answer.startswith(b"HTTP/1.1 200 ")


def test_requests_that_come_together_are_answered_in_order(bounded: Bounded) -> None:
    """A thousand of them, in one piece, behind a body too."""
    question = POST.replace(b"Connection: close\r\n", b"") + f"Content-Length: {len(QUESTION)}\r\n\r\n".encode() + QUESTION
    answer = bounded.send(question + KEPT * 1000 + LAST)
    assert answer.count(b"HTTP/1.1 200 OK") == 1002 and answer.count(b'{"status":"ok"}') == 1001
    assert answer.index(b'"question"') < answer.index(b'{"status":"ok"}')


def test_behind_a_chunked_body_the_connection_ends(bounded: Bounded) -> None:
    """Its question is answered; what was piped behind it is to be sent again."""
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(QUESTION), QUESTION)
    begin = CHUNKED.replace(b"Connection: close\r\n", b"") + chunks
    answer = bounded.send(begin + KEPT)
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_a_request_is_taken_however_it_is_cut(bounded: Bounded, piece: int) -> None:
    """Byte by byte too, chunks and heads and trailers; trailers become no headers."""
    chunks = b"".join(b"%x;x=y\r\n%b\r\n" % (len(part), part) for part in (QUESTION[:5], QUESTION[5:]))
    request = b"\r\n\r\n" + CHUNKED + chunks + b"0\r\nContent-Type: text/html\r\n\r\n"
    with bounded.connect() as made:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(0, len(request), piece):
            made.sendall(request[place : place + piece])
        answer = everything(made)
    assert answer.startswith(b"HTTP/1.1 200 "), answer


@pytest.mark.parametrize("name", [b"Upgrade", b"upgrade", b"UPGRADE "])
def test_nobody_is_upgraded_and_no_body_is_lost(bounded: Bounded, name: bytes) -> None:
    """As `curl --http2` asks for HTTP/2."""
    if name.endswith(b" "):
        head = POST.replace(b"close", b"Upgrade, close") + name + b": h2c\r\nContent-Length: 2\r\n\r\n{}"
        assert problem(bounded.send(head))["status"] == 400  # a blank before the colon is none of HTTP
        return
    head = POST.replace(b"close", b"Upgrade, HTTP2-Settings, close") + name + b": h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    answer = bounded.send(head + f"Content-Length: {len(QUESTION)}\r\n\r\n".encode() + QUESTION)
    assert answer.startswith(b"HTTP/1.1 200 "), answer


def test_a_head_of_very_many_headers_is_refused(bounded: Bounded) -> None:
    """Each would be looked through again and again."""
    found = problem(bounded.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 300 + b"\r\n"))
    assert (found["status"], found["code"]) == (431, "head_too_large")


def test_idle_connections_make_room(bounded: Bounded) -> None:
    """Kept open and asked on now and then, as many as there may be, and each new one is answered: the longest idle goes."""
    kept = []
    try:
        for number in range(MOST_CONNECTIONS * 3):
            made = bounded.connect()
            made.sendall(KEPT)
            assert made.recv(4096).startswith(b"HTTP/1.1 200 "), number
            kept.append(made)
        assert len(bounded.server.server_state.connections) <= MOST_CONNECTIONS
        kept[-1].sendall(KEPT)
        assert kept[-1].recv(4096).startswith(b"HTTP/1.1 200 ")
        assert not kept[0].recv(4096)  # closed without a word: it would be taken for the answer to the next request
    finally:
        for made in kept:
            made.close()


@dataclass(frozen=True)
class Kept:
    """A connection as the choice sees it."""

    held_by: str
    state: State
    since: float


def test_who_gives_way() -> None:
    """Who has the most, the idle before the arriving, the longest first; never one whose answer is being made."""
    newcomer = Kept("new", State.ARRIVING, 9)
    many = [Kept("many", State.ARRIVING, 1), Kept("many", State.IDLE, 5), Kept("many", State.IDLE, 4)]
    few = [Kept("few", State.IDLE, 0), Kept("few", State.ARRIVING, 0)]
    assert gives_way([*few, *many, newcomer], newcomer=newcomer) == many[2]
    assert gives_way([*few, newcomer], newcomer=newcomer) == few[0]
    assert gives_way([few[1], newcomer], newcomer=newcomer) == few[1]
    assert gives_way([few[1], newcomer], newcomer=newcomer, least=State.IDLE) is None
    assert gives_way([Kept("busy", State.WORKING, 0), newcomer], newcomer=newcomer) is None


def told_client(client: str, headers: dict[str, str], trusted: str) -> int:
    """Return how often one of ten requests of ten forwarded clients was limited as one client's."""
    app = create_app(Settings(requests_per_minute=4, trusted_proxies=trusted))

    async def run() -> int:
        transport = httpx2.ASGITransport(app, client=(client, 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
            answers = [
                await made.get("/api/v1/documents", headers={name: value % number for name, value in headers.items()})
                for number in range(10)
            ]
        return sum(answer.status_code == 429 for answer in answers)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("client", "forwarded", "trusted", "limited"),
    [
        ("10.0.0.1", "192.0.2.%d", "10.0.0.0/8", 0),
        ("127.0.0.1", "192.0.2.%d", "127.0.0.1, 10.0.0.0/8", 0),
        ("::ffff:10.0.0.1", "192.0.2.%d", "10.0.0.0/8", 0),
        ("127.0.0.1", "192.0.2.%d", "", 9),
        ("10.0.0.1", "192.0.2.%d", "10.0.0.2", 9),
        ("10.0.0.1", "192.0.2.%d, 198.51.100.7", "10.0.0.1", 9),  # only what the proxy itself added is believed
        ("10.0.0.1", "192.0.2.%d, 10.9.9.9", "10.0.0.0/8", 0),  # a chain of proxies
    ],
)
def test_forwarded_addresses_are_believed_of_named_proxies_only(
    client: str, forwarded: str, trusted: str, limited: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Loopback is none by itself; a header that is ignored is said once."""
    with caplog.at_level(logging.WARNING):
        assert told_client(client, {"X-Forwarded-For": forwarded}, trusted) == limited
    said = [record.message for record in caplog.records if "MSCQA_TRUSTED_PROXIES" in record.message]
    assert len(said) == (limited == 9 and "198" not in forwarded), said


@pytest.mark.parametrize(
    ("client", "sent", "told"),
    [
        ("10.0.0.1", "/mscqa", "/mscqa"),
        ("10.0.0.1", " /tools/mscqa/ ", "/tools/mscqa"),
        ("10.0.0.1", "/", None),
        ("10.0.0.1", "mscqa", None),
        ("10.0.0.1", "//evil.example", None),  # another host, were it written into a link
        ("10.0.0.1", "/a/../b", None),
        ("10.0.0.1", '/a"><script>', None),
        ("10.0.0.1", "/a%0d%0aX: y", None),
        ("10.0.0.1", "/" + "a" * 300, None),
        ("192.0.2.1", "/mscqa", None),
        ("127.0.0.1", "/mscqa", None),
    ],
)
def test_a_forwarded_prefix_is_believed_of_named_proxies_only(
    client: str, sent: str, told: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """And only a plain path, for it is written into links; of anybody else it is said once that it is ignored."""
    proxies = TrustedProxies("10.0.0.0/8")
    scope = {"client": (client, 1), "headers": [(b"x-forwarded-prefix", sent.encode())], "path": "/documents"}
    with caplog.at_level(logging.WARNING):
        seen = [proxies.seen_through(scope) for _ in range(3)]
    assert [item.get(PREFIX) for item in seen] == [told] * 3 and seen[0]["path"] == "/documents"
    assert len(caplog.records) == (not client.startswith("10."))


def test_a_proxy_that_is_no_address_is_named() -> None:
    """With the variable and the reason."""
    with pytest.raises(SettingsError, match=r"MSCQA_TRUSTED_PROXIES.*separated by commas.*host\.example"):
        read_settings(trusted_proxies="10.0.0.1, host.example")


def test_a_stopping_server_waits_for_nobody_who_does_not_ask(bounded: Bounded) -> None:
    """Idle and half-sent connections are closed at once. The last test of these, for it stops the server."""
    held = []
    for sent in (b"", KEPT, b"GET / HTTP/1.1\r\n", POST + b"Content-Length: 9\r\n\r\n{"):
        made = bounded.connect()
        made.sendall(sent)
        held.append(made)
    time.sleep(0.3)
    began = time.monotonic()
    bounded.server.should_exit = True
    for made in held:
        everything(made)
        made.close()
    assert time.monotonic() - began < 0.9  # the deadline of a request is 1 s here
