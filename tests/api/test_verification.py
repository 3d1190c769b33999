"""Verification over HTTP."""

import httpx2
import pytest

QUOTE = "获得美国食品药品监督管理局（FDA）批准的 ALS 药物只有三种"


def test_a_quote_is_checked(client: httpx2.Client) -> None:
    """Verdict, place, and a link to the viewer that marks it."""
    body = client.post("/api/v1/verify", json={"quote": QUOTE}).json()
    assert body["verdict"] == "verbatim" and body["differences"] == []
    (match,) = body["matches"]
    assert match["text"] == QUOTE and match["similarity"] == 1.0
    text = client.get(f"/api/v1/documents/{match['document_id']}").json()["text"]
    assert text[match["start"] : match["end"]] == QUOTE
    assert client.get(match["url"]).status_code == 200
    assert client.get(f"/api/v1/passages/{match['passage_id']}").json()["section_path"] == match["section_path"]


def test_an_altered_quote_is_told_apart(client: httpx2.Client) -> None:
    """What was changed, with places in quote and document."""
    quote = QUOTE.replace("三", "四")
    body = client.post("/api/v1/verify", json={"quote": quote, "document_id": "msc-neurodegenerative-review"}).json()
    assert body["verdict"] == "altered"
    (difference,) = body["differences"]
    assert (difference["kind"], difference["expected"], difference["found"]) == ("number", "三", "四")
    assert quote[difference["quote_start"] : difference["quote_end"]] == "四"


def test_a_claim_is_judged(client: httpx2.Client) -> None:
    """In either language, with the sentence that decides."""
    body = client.post("/api/v1/verify", json={"claim": "The FDA approved only three ALS drugs."}).json()
    assert body["support"] == "supported" and "只有三种" in body["evidence"][0]["text"]
    body = client.post("/api/v1/verify", json={"claim": "The FDA approved seven ALS drugs."}).json()
    assert body["support"] == "contradicted" and body["evidence"][0]["differences"][0]["kind"] == "number"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_request"),
        ({"quote": "a", "claim": "b"}, 422, "invalid_request"),
        ({"claim": "b", "document_id": "c"}, 422, "invalid_request"),
        ({"quote": ""}, 422, "invalid_request"),
        ({"quote": "外" * 2001}, 422, "invalid_request"),
        ({"quote": "外" * 100_000}, 413, "too_large"),
        ({"quote": 1}, 422, "invalid_request"),
        ({"quote": "a", "more": 1}, 422, "invalid_request"),
        ({"quote": "外泌体", "document_id": "other"}, 404, "not_found"),
        ({"claim": "？！"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_checked_is_refused(client: httpx2.Client, body: dict[str, object], status: int, code: str) -> None:
    """With problem details."""
    response = client.post("/api/v1/verify", json=body)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_half_a_surrogate_pair_is_refused(client: httpx2.Client) -> None:
    """JSON can carry it; it is no character."""
    response = client.post("/api/v1/verify", content=b'{"quote": "\\ud800x"}', headers={"content-type": "application/json"})
    assert response.status_code == 422
