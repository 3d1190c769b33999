"""Answers as server-sent events, and generated answers over HTTP."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from qa.settings import Settings
from tests.api.conftest import Served, serve
from tests.recorded_endpoint import RecordedEndpoint, recorded_endpoint

QUESTION = "Can exosomes cross the blood-brain barrier?"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[RecordedEndpoint]:
    with recorded_endpoint() as server:
        yield server


@pytest.fixture(scope="module")
def generating(served: Served, endpoint: RecordedEndpoint) -> Iterator[httpx2.Client]:
    """A client of a server that answers from the same index and has a language model."""
    settings = Settings(
        corpus_dir=served.settings.corpus_dir,
        data_dir=served.settings.data_dir,
        llm_base_url=endpoint.url,
        llm_model="vesicles",
        llm_unsupported="mark",
    )
    for url in serve(settings):
        with httpx2.Client(base_url=url, timeout=60) as client:
            until = time.monotonic() + 180
            while client.get("/readyz").status_code != 200:
                assert time.monotonic() < until
                time.sleep(0.2)
            yield client


def events(client: httpx2.Client, **body: Any) -> list[tuple[str, Any]]:
    with client.stream("POST", "/api/v1/ask/stream", json={"question": QUESTION, **body}) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        text = "".join(response.iter_text())
    found = []
    for message in text.strip().split("\n\n"):
        name, data = message.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_an_extractive_answer_can_be_streamed_too(client: httpx2.Client) -> None:
    """Sources, text, citations, done; put together they are the answer of the plain route."""
    whole = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    told = events(client)
    names = [name for name, _ in told]
    assert names == ["sources", *["text"] * len(whole["answer"]["sentences"]), "citations", "done"]
    assert [data for name, data in told if name == "text"] == whole["answer"]["sentences"]
    last = dict(told)
    assert last["done"]["answer"] == whole["answer"] and last["citations"] == whole["citations"]
    assert last["sources"]["passages"] == whole["passages"] and "answer" not in last["sources"]


def test_a_generated_answer_is_streamed_as_it_is_checked(generating: httpx2.Client, endpoint: RecordedEndpoint) -> None:
    """A supported sentence with its citation, and an unsupported one that says so."""
    told = events(generating, mode="generated")
    assert [name for name, _ in told] == ["sources", "text", "text", "citations", "done"]
    good, bad = (data for name, data in told if name == "text")
    assert good["supported"] and good["citations"] and good["problems"] == []
    assert not bad["supported"] and bad["citations"] == [] and "number" in bad["problems"]
    numbers = {citation["number"]: citation for citation in told[-2][1]}
    assert "血脑屏障" in numbers[good["citations"][0]]["quote"]
    assert told[-1][1]["answer"]["mode"] == "generated"


def test_the_plain_route_gives_the_generated_answer_whole(generating: httpx2.Client) -> None:
    """Mode, sentences and citations; and the extractive answer stays the default."""
    body = generating.post("/api/v1/ask", json={"question": QUESTION, "mode": "generated"}).json()
    assert body["answer"]["mode"] == "generated" and body["answer"]["fallback"] is None
    known = {citation["number"] for citation in body["citations"]}
    assert all(number in known for sentence in body["answer"]["sentences"] for number in sentence["citations"])
    assert generating.post("/api/v1/ask", json={"question": QUESTION}).json()["answer"]["mode"] == "extractive"


def test_trouble_is_told_and_the_extractive_answer_follows(generating: httpx2.Client, endpoint: RecordedEndpoint) -> None:
    """In both routes, with status 200 and the reason."""
    endpoint.plays = "cut"
    try:
        told = events(generating, mode="generated")
        body = generating.post("/api/v1/ask", json={"question": QUESTION, "mode": "generated"}).json()
    finally:
        endpoint.plays = None
    names = [name for name, _ in told]
    fallback = names.index("fallback")
    assert told[fallback][1]["reason"] == "endpoint" and names[fallback + 1] == "text" and names[-1] == "done"
    assert told[-1][1]["answer"]["mode"] == "extractive" == body["answer"]["mode"]
    assert body["answer"]["fallback"]["reason"] == "endpoint" and "language model" in body["answer"]["fallback"]["detail"]


def test_a_client_that_goes_away_stops_the_work(generating: httpx2.Client, endpoint: RecordedEndpoint) -> None:
    """The connection to the model is closed long before its text would end, and the place is free again."""
    endpoint.plays = "slow"
    endpoint.left.clear()
    try:
        with generating.stream("POST", "/api/v1/ask/stream", json={"question": QUESTION, "mode": "generated"}) as response:
            lines = response.iter_lines()
            assert next(line for line in lines if line == "event: text")
        assert endpoint.left.wait(30)
        before = len(endpoint.requests)
        endpoint.plays = "silent"
        with generating.stream("POST", "/api/v1/ask/stream", json={"question": QUESTION, "mode": "generated"}) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: sources"
            until = time.monotonic() + 60
            while len(endpoint.requests) == before:
                assert time.monotonic() < until
                time.sleep(0.05)
        assert events(generating)[-1][0] == "done"
    finally:
        endpoint.plays = None


def test_nothing_is_sent_to_the_model_for_a_refusal(generating: httpx2.Client, endpoint: RecordedEndpoint) -> None:
    """The stream still has its order."""
    before = len(endpoint.requests)
    told = events(generating, question="Who won the 2022 World Cup?", mode="generated")
    assert [name for name, _ in told] == ["sources", "citations", "done"] and len(endpoint.requests) == before
    assert told[-1][1]["answer"]["mode"] == "none"


def test_the_page_offers_and_shows_what_the_model_writes(generating: httpx2.Client, client: httpx2.Client) -> None:
    """As its own kind of answer, unsupported sentences marked; where no model is set nothing is offered."""
    quoted = generating.get("/", params={"q": QUESTION, "ui": "en"}).text
    assert "Let the language model write" in quoted and 'name="mode" value="generated"' in quoted
    written = generating.get("/", params={"q": QUESTION, "ui": "en", "mode": "generated"}).text
    assert "Written by a language model" in written and "not supported by the text" in written
    assert "Extracellular vesicles can cross the blood-brain barrier." in written
    plain = client.get("/", params={"q": QUESTION, "ui": "en", "mode": "generated"}).text
    assert "language model" not in plain


@pytest.mark.parametrize("mode", ["extractive", "generated"])
@pytest.mark.parametrize("question", [QUESTION, "R6/2 小鼠治疗后有哪些变化？"])
def test_every_number_on_the_page_links_to_a_marked_sentence(generating: httpx2.Client, question: str, mode: str) -> None:
    """Sentences that only lead to the evidence, and those that bear out generated ones, are marked too."""
    page = generating.get("/", params={"q": question, "mode": mode}).text
    linked = set(re.findall(r'href="#(c\d+)"', page))
    assert linked and linked <= set(re.findall(r'id="(c\d+)"', page))


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/ask/stream"])
def test_without_a_model_generated_answers_are_a_problem(client: httpx2.Client, path: str) -> None:
    """Of its own code, naming the settings; wrong questions are problems before any stream begins."""
    response = client.post(path, json={"question": QUESTION, "mode": "generated"})
    assert (response.status_code, response.json()["code"]) == (422, "not_configured")
    assert "MSCQA_LLM_BASE_URL" in response.json()["detail"]
    assert client.post(path, json={"question": " "}).json()["code"] == "invalid_request"


def test_the_command_line_generates(
    served: Served, endpoint: RecordedEndpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mscqa ask --generated`, and its error where no model is set."""
    from api.command.main import run

    monkeypatch.setenv("MSCQA_DATA_DIR", str(served.settings.data_dir))
    monkeypatch.setenv("MSCQA_CORPUS_DIR", str(served.settings.corpus_dir))
    assert run(["ask", QUESTION, "--generated"]) == 1
    assert "MSCQA_LLM_BASE_URL" in capsys.readouterr().err
    monkeypatch.setenv("MSCQA_LLM_BASE_URL", endpoint.url)
    monkeypatch.setenv("MSCQA_LLM_MODEL", "vesicles")
    assert run(["ask", QUESTION, "--generated"]) == 0
    assert capsys.readouterr().out.startswith("Extracellular vesicles can cross the blood-brain barrier.[")


def test_the_client_of_the_model_is_imported_nowhere_else() -> None:
    """One adapter module, and only where an endpoint is configured."""
    root = Path(__file__).parents[2]
    importing = [
        path.relative_to(root).as_posix()
        for folder in ("api", "qa", "index", "corpus")
        for path in sorted((root / folder).rglob("*.py"))
        if "import openai" in path.read_text(encoding="utf-8") or "from openai" in path.read_text(encoding="utf-8")
    ]
    assert importing == ["qa/generation/llm.py"]
