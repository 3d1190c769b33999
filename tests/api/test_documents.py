"""The lists of documents, of the API and on the page."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from api.app import create_app
from api.process.runtime import Runtime
from corpus.model import Passage
from qa.service import Service
from tests.data_folder import settings_of

DOCUMENTS = 30


class Counted(tuple[Passage, ...]):
    """Passages that count how often somebody goes through them."""

    rounds = 0

    def __iter__(self) -> Iterator[Passage]:
        Counted.rounds += 1
        return super().__iter__()


@pytest.mark.parametrize("path", ["/api/v1/documents", "/documents?ui=en"])
def test_each_document_is_listed_with_its_passages(service: Service, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """They are gone through once, however many documents there are."""
    generation = service.generation
    document, passage = next(iter(generation.documents.values())), generation.passages[0]
    documents = {f"d{number:02}": replace(document, id=f"d{number:02}") for number in range(DOCUMENTS)}
    wanted = [number % 4 for number in range(DOCUMENTS)]
    own = [replace(passage, document_id=key) for key, count in zip(documents, wanted, strict=True) for _ in range(count)]
    made = replace(generation, documents=documents, passages=Counted(reversed(own)))
    monkeypatch.setattr(Runtime, "serving", property(lambda self: service.over(made)))
    app = create_app(settings_of(service))

    async def get() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    monkeypatch.setattr(Counted, "rounds", 0)
    answer = asyncio.run(get())
    if path.startswith("/api/"):
        assert [item["passages"] for item in answer.json()["documents"]] == wanted
    else:
        assert [int(count) for count in re.findall(r" · passages: (\d+)<", answer.text)] == wanted
    assert Counted.rounds == 1
