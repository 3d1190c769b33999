"""Search within the corpus, on the page: what it keeps in memory, and its turn among questions."""

import asyncio
import dataclasses

import httpx2

from api.app import create_app
from api.bounds.admission import Admission
from api.page.normal_forms import NormalForms
from corpus.matching import normalise
from corpus.model import Document
from qa.service import Service
from tests.data_folder import settings_of


def documents(service: Service) -> list[Document]:
    """Return three documents of one text that are told apart by their hashes."""
    document = next(iter(service.generation.documents.values()))
    return [dataclasses.replace(document, sha256=str(number)) for number in range(3)]


def test_normal_forms_are_kept_within_the_bound(service: Service) -> None:
    """The last ones used stay; one that is larger than the bound is made anew each time."""
    one, two, three = documents(service)
    length = len(normalise(one.text).text)
    forms = NormalForms(2 * length)
    first, second = forms.of(one), forms.of(two)
    assert forms.of(one) is first
    forms.of(three)
    assert forms.of(one) is first and forms.of(two) is not second
    small = NormalForms(length - 1)
    assert small.of(one) is not small.of(one) and small.of(one) == first


def test_a_kept_form_leads_back_to_the_text_as_the_normaliser_does(service: Service) -> None:
    """Every character, in six bytes each."""
    document = documents(service)[0]
    form, normal = NormalForms(10**6).of(document), normalise(document.text)
    assert form.text == normal.text and form.places.itemsize == 4
    assert all(form.original(at, at + 1) == normal.original(at, at + 1) for at in range(len(form.text)))
    assert form.original(10, 90) == normal.original(10, 90)


def test_searching_takes_its_turn_among_questions(service: Service) -> None:
    """Where too many wait it is told so, in words."""
    app = create_app(settings_of(service))
    app.state.runtime.upkeep.service = service

    async def get(path: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made:
            return await made.get(path)

    found = asyncio.run(get("/documents?find=MSC&ui=en"))
    assert found.status_code == 200 and "<b>MSC</b>" in found.text
    app.state.runtime.admission = Admission(0, 0)
    busy = asyncio.run(get("/documents?find=MSC&ui=en"))
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert "The service is busy. Please try again in 1 seconds." in busy.text
