"""A paper as PDF, from the folder to the answer: its page in the citation, and the file itself for those who may have it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from qa.settings import Settings
from tests.api.conftest import serve, until_ready
from tests.data_folder import prepared

PDF = Path(__file__).parents[1] / "formats" / "fixtures" / "review-two-columns.pdf"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of a server over one paper."""
    folder = tmp_path_factory.mktemp("paper")
    (folder / "corpus").mkdir()
    shutil.copy(PDF, folder / "corpus" / "paper.pdf")
    for url in serve(Settings(corpus_dir=folder / "corpus", data_dir=prepared(folder / "data"))):
        until_ready(url)
        with httpx2.Client(base_url=url, timeout=60) as client:
            yield client


def test_a_citation_names_the_page_of_its_quote(paper: httpx2.Client) -> None:
    answer = paper.post("/api/v1/ask", json={"question": "外泌体能穿过血脑屏障吗？"}).json()
    assert answer["answerable"]
    cited = answer["citations"][0]
    assert "血脑屏障" in cited["quote"] and cited["page"] in (1, 2, 3, 4)
    assert cited["page_label"] == str(cited["page"]) and cited["rects"][0]["page"] == cited["page"]
    assert cited["selectors"][2] == {
        "type": "FragmentSelector",
        "conformsTo": "http://tools.ietf.org/rfc/rfc3778",
        "value": f"page={cited['page']}",
    }
    style = paper.get(f"/api/v1/passages/{cited['passage_id']}/citation", params={"format": "ris"}).text
    assert "页" in style


def test_the_original_is_served_whole_and_in_parts_and_to_this_machine_only(paper: httpx2.Client) -> None:
    content = PDF.read_bytes()
    whole = paper.get("/documents/paper/original")
    assert whole.content == content and whole.headers["content-type"] == "application/pdf"
    assert whole.headers["x-content-type-options"] == "nosniff" and whole.headers["content-security-policy"].startswith(
        "sandbox"
    )
    assert whole.headers["content-disposition"].startswith('inline; filename="paper.pdf"')
    part = paper.get("/documents/paper/original", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, content[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{len(content)}"
    assert paper.get("/documents/paper/original", headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert paper.get("/documents/paper/original", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
    assert paper.get("/documents/none/original").status_code == 404
