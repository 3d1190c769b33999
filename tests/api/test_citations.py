"""Citations over HTTP: each format with its media type, and a clear refusal of what can't be cited."""

import json

import bibtexparser
import httpx2
import pytest
import rispy

MEDIA_TYPES = {
    "gbt": "text/plain",
    "gbt2015": "text/plain",
    "bibtex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl": "application/vnd.citationstyles.csl+json",
    "text": "text/plain",
}


@pytest.fixture(scope="module")
def cited(client: httpx2.Client) -> dict[str, object]:
    """A citation of an answer."""
    answer = client.post("/api/v1/ask", json={"question": "外泌体能穿过血脑屏障吗？"}).json()
    found: dict[str, object] = answer["citations"][0]
    return found


@pytest.mark.parametrize("name", MEDIA_TYPES)
@pytest.mark.parametrize("address", ["/api/v1/passages/{}/citation", "/cite/{}"])
def test_a_passage_is_cited_in_each_format(client: httpx2.Client, cited: dict[str, object], name: str, address: str) -> None:
    """The media type is the format's own, the source and the quote are in it."""
    place = {"start": cited["start"], "end": cited["end"]}
    response = client.get(address.format(cited["passage_id"]), params={"format": name, **place})
    assert response.status_code == 200 and response.headers["content-type"].split(";")[0] == MEDIA_TYPES[name]
    assert "neurodegenerative diseases" in response.text and "107717" in response.text
    assert str(cited["quote"]) in response.text.replace("\\", "") and "filename=" in response.headers["content-disposition"]


def test_readers_of_the_formats_take_what_is_served(client: httpx2.Client, cited: dict[str, object]) -> None:
    """One BibTeX entry, one RIS record, one CSL item of the id."""
    address = f"/api/v1/passages/{cited['passage_id']}/citation"
    assert len(bibtexparser.parse_string(client.get(address, params={"format": "bibtex"}).text).entries) == 1
    assert len(rispy.loads(client.get(address, params={"format": "ris"}).text.replace("\r\n", "\n"))) == 1
    assert json.loads(client.get(address, params={"format": "csl"}).text)[0]["id"] == cited["passage_id"]
    assert client.get(address).text == client.get(address, params={"format": "gbt"}).text


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"format": "endnote"}, 422, "invalid_request"),
        ({"format": ""}, 422, "invalid_request"),
        ({"start": -1}, 422, "invalid_request"),
        ({"start": 0, "end": 4}, 422, "invalid_request"),
        ({"start": 999_999_999}, 422, "invalid_request"),
        ({"start": "x"}, 422, "invalid_request"),
    ],
)
@pytest.mark.parametrize("address", ["/api/v1/passages/{}/citation", "/cite/{}"])
def test_an_unknown_format_or_place_is_refused(
    client: httpx2.Client, cited: dict[str, object], change: dict[str, str], status: int, code: str, address: str
) -> None:
    """With problem details that name what was wrong."""
    response = client.get(address.format(cited["passage_id"]), params=change)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("passage", ["0" * 16, "..%2f..%2fetc", "间充质", "a%00b", "%ED%A0%80"])
def test_an_unknown_passage_is_not_found(client: httpx2.Client, passage: str) -> None:
    """Whatever stands in its place."""
    response = client.get(f"/cite/{passage}")
    assert response.status_code == 404 and response.json()["code"] == "not_found"


def test_citations_carry_selectors_and_a_link_that_marks_the_sentence(
    client: httpx2.Client, cited: dict[str, object]
) -> None:
    """The W3C's two selectors, without empty members; the viewer shows the quote marked."""
    quote, position = cited["selectors"]  # type: ignore[misc]
    assert set(quote) == {"type", "exact", "prefix", "suffix"} and quote["exact"] == cited["quote"]
    assert position == {"type": "TextPositionSelector", "start": cited["start"], "end": cited["end"]}
    page = client.get(str(cited["url"]))
    assert page.status_code == 200
    marked = "".join(part.split("</mark>")[0] for part in page.text.split("<mark")[1:])
    assert str(cited["quote"])[:10] in marked
