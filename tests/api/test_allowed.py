"""Which methods an address takes: all of them are named, and admin routes don't exist for strangers."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from api.app import create_app
from api.process.published_files import PublishedFiles
from index.generations.opening import Generation
from index.generations.store import GenerationStore
from qa.settings import Settings
from tests.api.conftest import KEY
from tests.faults.small_build import publish


def asked(settings: Settings, method: str, path: str, **headers: str) -> httpx2.Response:
    app = create_app(settings)

    async def send() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, client=("192.0.2.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
            return await made.request(method, path, headers=headers)

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/ask", "GET, HEAD, POST"),
        ("PATCH", "/api/v1/documents/a", "DELETE, GET, HEAD, PUT"),
        ("PUT", "/api/v1/index/tasks/a", "DELETE, GET, HEAD"),
        ("GET", "/api/v1/verify", "POST"),
        ("HEAD", "/api/v1/verify", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/static/page.css", "GET, HEAD"),
        ("POST", "/api/v1/openapi.json", "GET, HEAD"),
        ("GET", "/api/v1/index/rollback", "POST"),
    ],
)
def test_all_methods_of_an_address_are_named(method: str, path: str, allowed: str) -> None:
    """Of whichever routes they are, for who has the key (RFC 9110, 15.5.6)."""
    answer = asked(Settings(admin_key=KEY), method, path, authorization=f"Bearer {KEY}")
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/api/v1/index/rollback", 404, None),
        ("PUT", "/api/v1/index/tasks/a", 404, None),
        ("PATCH", "/api/v1/documents/a", 405, "GET, HEAD"),
        ("DELETE", "/metrics", 404, None),
    ],
)
def test_a_stranger_sees_no_admin_route_in_allow(method: str, path: str, status: int, allowed: str | None) -> None:
    """Nor by the difference between 404 and 405."""
    answer = asked(Settings(admin_key=KEY), method, path)
    assert (answer.status_code, answer.headers.get("allow")) == (status, allowed)


def test_files_that_vanish_are_told_while_memory_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the generation and the mend, at the next look; nothing is told where all are there."""
    store = GenerationStore(tmp_path)
    publish(store, "token")

    class Held:
        name = "000001"
        manifest = store.manifest("000001")

    held: Generation = Held()  # type: ignore[assignment]
    now = 1000.0
    monkeypatch.setattr("api.process.published_files.time.monotonic", lambda: now)
    files = PublishedFiles(store)
    assert files.reasons(None) == [] and files.reasons(held) == []
    (store.folder("000001") / "vectors").unlink()
    (store.folder("000001") / "engine" / "segment").write_bytes(b"short")
    assert files.reasons(held) == []  # a look counts for a while
    now += 3
    (told,) = files.reasons(held)
    assert "000001" in told and "vectors" in told and "engine/segment" in told and "mscqa build --force" in told
