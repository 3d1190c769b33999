"""Files that can't be read, named to those who run the service and counted for all; and how texts are shown."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.api.conftest import KEY, Served, ended, serve, small_corpus, until_ready
from tests.reading.test_given import GIVEN


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of a server one of whose files was broken after the first build, and another never could be read."""
    settings = small_corpus(tmp_path_factory.mktemp("broken"))
    corpus = settings.corpus_dir
    for name in ("html.md", "markup.md", "pages.txt"):
        (corpus / name).write_bytes((GIVEN / name).read_bytes())
    (corpus / "book.epub").write_bytes(b"PK")
    for url in serve(settings):
        until_ready(url)
        (corpus / "safety.md").write_bytes("安全".encode() + b"\x00\x01")
        (corpus / "new.md").write_bytes(b"\xff\xfe\xfd")
        with httpx2.Client(base_url=url, timeout=60, headers={"authorization": f"Bearer {KEY}"}) as client:
            task = ended(client, client.post("/api/v1/index/rebuild").json())
            assert task["state"] == "done", task
            yield client


def manage(client: httpx2.Client, action: str) -> str:
    """Return the page after an action."""
    answer = client.post("/manage?ui=en", data={"key": KEY, "action": action}, headers={"origin": str(client.base_url)})
    assert answer.status_code == 200
    return answer.text


def test_readiness_counts_files_that_cant_be_read_and_names_none(broken: httpx2.Client) -> None:
    """Two of them, one shown as it was; their names aren't everybody's business."""
    answer = broken.get("/readyz")
    assert answer.json() == {"ready": True, "degraded": False, "reasons": [], "left_out": 2, "kept": 1}
    assert "safety" not in answer.text and "new.md" not in answer.text


def test_who_runs_the_service_sees_which_files_were_left_out_and_why(broken: httpx2.Client) -> None:
    """Name and reason of each, the date of the version that is shown instead, and what was passed over."""
    page = manage(broken, "look")
    today = broken.get("/api/v1/index").json()["built_at"][:10]
    assert "Files that could not be read (2)" in page
    assert "<strong>safety.md</strong>" in page and "U+0000" in page and f"shown as it was on {today}" in page
    assert "<strong>new.md</strong>" in page
    assert ".epub: 1" in page
    assert "safety.md" not in broken.get("/manage?ui=en").text  # without the key


def test_how_a_text_was_read_is_shown_to_who_runs_the_service(broken: httpx2.Client) -> None:
    """Its blocks with their lines and kinds, and the share of its characters in passages."""
    page = manage(broken, "read:pages")
    assert "How pages.txt is read" in page and "% of the characters are in" in page
    assert "<li>3 page furniture: 中华细胞治疗杂志 2024 年第 3 期</li>" in page
    assert "paragraph: 复杂性肛瘘的局部治疗采用脂肪来源的间充质干细胞" in page


def test_the_viewer_shows_a_text_as_it_reads(broken: httpx2.Client) -> None:
    """No tag, no mark, no comment and no struck-out figure; rows part their cells by bars."""
    shown = broken.get("/documents/html?ui=en").text
    article = shown[shown.index("<article") : shown.index("</article>")]
    assert "多发性硬化的患者在自体移植后 两年无复发率为百分之六十八。" in article and "2021 | 47" in article
    assert "隐藏的评论" not in shown and "&lt;" not in article and "&amp;nbsp" not in article
    marked = broken.get("/documents/markup?ui=en").text
    assert "重点：急性胰腺炎的患者在发病72小时内输注，死亡率由18%降至9%。" in marked and "12%" not in marked
    assert 'class="code"' in marked and "dose = 3" in marked


def test_the_viewer_says_that_a_text_is_an_old_version(broken: httpx2.Client) -> None:
    """With its date, in the reader's language."""
    assert "The file can’t be read now; this is its version of " in broken.get("/documents/safety?ui=en").text


def test_a_server_over_texts_that_can_be_read_counts_none(served: Served) -> None:
    """Zero, and no field is missing."""
    with httpx2.Client(base_url=served.url, timeout=60) as client:
        assert client.get("/readyz").json()["left_out"] == 0
