"""The API over HTTP: what it gives, and what bad input gets."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.app import create_app
from api.schemas.answer import AskResponse
from qa.settings import Settings
from tests.api.conftest import Served

OPENAPI = Path(__file__).parents[2] / "api" / "openapi.json"


def test_an_answer_has_everything_that_a_reader_can_check(client: httpx2.Client) -> None:
    """Sentences, citations, selectors and the generation agree with the document itself."""
    body = client.post("/api/v1/ask", json={"question": "Can exosomes cross the blood-brain barrier?", "limit": 3}).json()
    assert body["language"] == "en" and body["answerable"] and len(body["passages"]) == 3
    document = client.get(f"/api/v1/documents/{body['passages'][0]['document_id']}").json()
    for citation in body["citations"]:
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
        quote, position = citation["selectors"]
        assert quote["exact"] == citation["quote"] and position["start"] == citation["start"]
        assert citation["source"]["DOI"] == "10.4252/wjsc.v17.i8.107717"
        assert client.get(citation["url"]).status_code == 200
    assert body["index"]["generation"] == document["index"]["generation"] == client.get("/api/v1/index").json()["generation"]


@pytest.mark.parametrize(
    "question",
    [
        "Can exosomes cross the blood-brain barrier?",
        "比较阿尔茨海默病和帕金森病的给药途径",
        "丛集性头痛和 PINK2 有什么关系",
        "谁写的这篇文章",
        "football",
    ],
)
def test_an_answer_is_of_its_schema_to_the_last_field(client: httpx2.Client, question: str) -> None:
    """It is written without the models, and reads as they would have written it: every field, in order, of its type."""
    content = client.post("/api/v1/ask", json={"question": question, "limit": 6}).content
    assert AskResponse.model_validate_json(content, strict=True).model_dump_json() == content.decode()


def test_get_and_post_answer_alike(client: httpx2.Client) -> None:
    """Only the time differs."""
    one = client.get("/api/v1/ask", params={"question": "归巢是什么", "limit": 2}).json()
    other = client.post("/api/v1/ask", json={"question": "归巢是什么", "limit": 2}).json()
    one.pop("took_ms"), other.pop("took_ms")
    assert one == other


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": " \u3000\n"}, "question"),
        ({"question": "？！"}, "question"),
        ({"question": "干" * 501}, "question"),
        ({"question": 7}, "question"),
        ({"question": None}, "question"),
        ({}, "question"),
        ({"question": "a", "limit": 0}, "limit"),
        ({"question": "a", "limit": 21}, "limit"),
        ({"question": "a", "limit": "5"}, "limit"),
        ({"question": "a", "limit": 2.5}, "limit"),
        ({"question": "a", "mode": "magic"}, "mode"),
        ({"question": "a", "colour": "red"}, "colour"),
        ([], "body"),
    ],
)
def test_an_invalid_question_gets_a_problem_that_names_the_field(client: httpx2.Client, body: object, field: str) -> None:
    """RFC 9457, with code and request id, and without the question's text."""
    response = client.post("/api/v1/ask", json=body)
    problem = response.json()
    assert response.status_code == problem["status"] == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "invalid_request" and problem["request_id"] == response.headers["x-request-id"]
    assert field in [item["field"] for item in problem["errors"]]


@pytest.mark.parametrize(
    "question",
    [
        "干\x00细胞",
        "\ud83d\ude00 MSC",
        "\\ud800 MSC",
        "\ufdfa" * 9 + " MSC",
        "MSC" + " " * 400,
        "<script>alert(1)</script>",
        "../../etc/passwd",
    ],
)
def test_odd_questions_get_an_answer(client: httpx2.Client, question: str) -> None:
    """Control characters, emoji, lone surrogates, markup: an answer, never a crash."""
    raw = json.dumps({"question": question}).replace("\\\\ud800", "\\ud800")
    response = client.post("/api/v1/ask", content=raw, headers={"content-type": "application/json"})
    assert response.status_code in (200, 422)


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("POST", "/api/v1/ask", b"{", 400, "malformed_request"),
        ("POST", "/api/v1/ask", b'{"question": "' + b"a" * 70_000 + b'"}', 413, "too_large"),
        ("DELETE", "/api/v1/ask", b"", 405, "method_not_allowed"),
        ("GET", "/api/v1/nothing", b"", 404, "not_found"),
        ("GET", "/api/v1/documents/nothing", b"", 404, "not_found"),
        ("GET", "/api/v1/documents/..%2f..%2fetc%2fpasswd", b"", 404, "not_found"),
        ("GET", "/api/v1/passages/nothing", b"", 404, "not_found"),
        ("GET", "/api/v1/index/tasks/nothing", b"", 404, "not_found"),
        ("GET", "/api/v1/ask", b"", 422, "invalid_request"),
    ],
)
def test_errors_are_problem_details(
    client: httpx2.Client, method: str, path: str, content: bytes, status: int, code: str
) -> None:
    """Every error has its code of the table."""
    response = client.request(method, path, content=content, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "json"])
@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/api/v1/ask", b'{"question": "NfL"}'),
        ("/api/v1/verify", b'{"quote": "NfL"}'),
        ("/api/v1/index/rollback", b'{"generation": "000001"}'),
        ("/api/v1/index/rebuild", b"force=1"),
    ],
)
def test_a_body_that_is_not_said_to_be_json_is_not_taken(
    client: httpx2.Client, path: str, content: bytes, kind: str | None
) -> None:
    """And what to send is said; curl sends forms where it is told nothing."""
    response = client.post(path, content=content, headers={"content-type": kind} if kind else {})
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert response.json()["detail"] == "Send Content-Type: application/json."


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/vnd.api+json"])
def test_a_body_that_is_said_to_be_json_is_read(client: httpx2.Client, kind: str) -> None:
    """However that is written."""
    assert client.post("/api/v1/ask", content=b"[]", headers={"content-type": kind}).status_code == 422


def test_every_route_but_those_of_the_watch_may_say_too_many_requests() -> None:
    """The description has 429 wherever requests are counted."""
    paths = create_app(Settings()).openapi()["paths"]
    without = {path for path, methods in paths.items() for item in methods.values() if "429" not in item["responses"]}
    assert without == {"/healthz", "/readyz", "/metrics"}


def test_passages_carry_their_english_as_an_aid(client: httpx2.Client) -> None:
    """Passages in answers, passages alone and documents give the same translation, with its language."""
    hit = client.get("/api/v1/ask", params={"question": "What is homing?"}).json()["passages"][0]
    assert hit["translation"]["language"] == "en" and hit["translation"]["text"].startswith("Homing means that MSCs")
    assert client.get(f"/api/v1/passages/{hit['id']}").json()["translation"] == hit["translation"]
    document = client.get(f"/api/v1/documents/{hit['document_id']}").json()
    met = [block for block in document["translation"]["blocks"] if block["start"] <= hit["start"] < block["end"]]
    assert [block["text"] for block in met] == [hit["translation"]["text"]]


def test_what_is_english_anyway_is_not_given_twice(client: httpx2.Client) -> None:
    """The English page says a reference in the answer and in its passage, with no aid that would repeat it."""
    page = client.get("/", params={"q": "What is the title of the paper in the reference list?", "ui": "en"}).text
    assert page.count("Cui CX, Shao XN, Li YY, Qiao L, Lin JT, Guan LH.") == 2


def test_passages_and_documents_can_be_fetched(client: httpx2.Client) -> None:
    """A passage's text is its span of the document; the list has every document."""
    hit = client.get("/api/v1/ask", params={"question": "旁分泌"}).json()["passages"][0]
    passage = client.get(f"/api/v1/passages/{hit['id']}").json()
    document = client.get(f"/api/v1/documents/{passage['document_id']}").json()
    assert passage["text"] == hit["text"] == document["text"][passage["start"] : passage["end"]]
    listed = client.get("/api/v1/documents").json()["documents"]
    assert [item["id"] for item in listed] == [document["id"]]
    assert any(section["path"][-1:] == passage["section_path"][-1:] for section in document["sections"])


def test_headers_keep_questions_private_and_pages_closed(client: httpx2.Client) -> None:
    """No referrer, no storing, no foreign content."""
    headers = client.get("/", params={"q": "MSC"}).headers
    assert headers["referrer-policy"] == "no-referrer" and headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "require-trusted-types-for 'script'" in headers["content-security-policy"]


def test_a_rebuild_is_picked_up_without_one_failed_request(served: Served, client: httpx2.Client) -> None:
    """One sentence edited while clients ask: every answer is whole and of one generation, then the new one is found."""
    path = served.corpus / "msc-neurodegenerative-review.md"
    text = path.read_text(encoding="utf-8")
    old, new = "严重不良事件中没有一例被认为由治疗引起。", "紫色的大象在实验室里跳舞并通过了审批。"
    assert old in text
    stop = threading.Event()
    bad: list[str] = []
    asked = 0

    def ask() -> None:
        nonlocal asked
        with httpx2.Client(base_url=served.url, timeout=60) as own:
            while not stop.is_set():
                response = own.post("/api/v1/ask", json={"question": "有没有严重不良事件？"})
                asked += 1
                if response.status_code != 200:
                    bad.append(response.text)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        path.write_text(text.replace(old, new), encoding="utf-8")
        accepted = client.post("/api/v1/index/rebuild")
        assert accepted.status_code == 202
        task = accepted.json()
        assert accepted.headers["location"] == task["url"]
        until = time.monotonic() + 120
        while task["state"] in ("queued", "running") and time.monotonic() < until:
            time.sleep(0.1)
            task = client.get(task["url"]).json()
        assert task["state"] == "done", task
        assert task["report"]["embedded"] == 1 and task["report"]["changed"] == [path.stem]
        found = client.post("/api/v1/ask", json={"question": "紫色的大象在哪里跳舞？"}).json()
        assert new in found["passages"][0]["text"] and found["index"]["generation"] == task["report"]["generation"]
        held = client.post("/api/v1/ask", json={"question": "严重不良事件", "limit": 20}).json()
        assert all(old not in passage["text"] for passage in held["passages"])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        path.write_text(text, encoding="utf-8")
    assert bad == [] and asked > 5


def test_a_file_that_cannot_be_read_is_left_out_by_name_and_all_else_is_served(
    served: Served, client: httpx2.Client
) -> None:
    """The task's report names it with its reason; what could be read before is served on."""
    bad = served.corpus / "bad.txt"
    bad.write_bytes(b"caf\xe9")
    try:
        before = {item["id"] for item in client.get("/api/v1/documents").json()["documents"]}
        task = rebuilt(client)
        (left,) = task["report"]["left_out"]
        assert "bad.txt" in left and "UTF-8" in left
        assert {item["id"] for item in client.get("/api/v1/documents").json()["documents"]} == before
        assert client.get("/readyz").json()["left_out"] == 1
    finally:
        bad.unlink()
    rebuilt(client)


def rebuilt(client: httpx2.Client) -> Any:
    """Rebuild, wait until it is done, and return the task."""
    task = client.post("/api/v1/index/rebuild", json={"force": False}).json()
    until = time.monotonic() + 60
    while task["state"] in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.1)
        task = client.get(task["url"]).json()
    assert task["state"] == "done", task
    return task


def test_health_and_readiness(client: httpx2.Client) -> None:
    """Both say what they are asked for."""
    assert client.get("/healthz").json() == {"status": "ok"}
    expected = {"ready": True, "degraded": False, "reasons": [], "left_out": 0, "kept": 0}
    assert client.get("/readyz").json() == expected


def test_the_committed_openapi_file_is_the_applications() -> None:
    """`python -m api.openapi` writes it anew."""
    assert json.loads(OPENAPI.read_text(encoding="utf-8")) == create_app(Settings()).openapi()
