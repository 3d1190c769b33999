"""Files of other formats: their sentences whole and in order, with their pages; bad ones named with their reasons."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from corpus.model import Document
from corpus.passages.chunking import split_passages
from corpus.places import page_place
from corpus.reading import read_corpus
from index.engines.contents import read_documents, write_documents
from tests.data_folder import read_review

PDF = Path(__file__).parent / "fixtures" / "review-two-columns.pdf"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The bundled review as a paper in two columns."""
    folder = tmp_path_factory.mktemp("paper")
    shutil.copy(PDF, folder / "paper.pdf")
    corpus = read_corpus(folder)
    assert not corpus.left_out
    return corpus.documents[0]


def squeezed(words: str) -> str:
    return "".join(words.split())


def test_a_paper_in_two_columns_keeps_its_sentences_and_headings(paper: Document) -> None:
    """Of the review's prose nearly every sentence stands whole in a passage of the paper, in the order of the review."""
    read = squeezed(re.sub(r"\[\d+\]", "", "\n".join(passage.reading.text for passage in split_passages(paper))))
    review = read_review()
    wanted = [
        squeezed(sentence.of(review.text))
        for passage in split_passages(review)
        if passage.form == "prose" and passage.role == "body"
        for sentence in passage.sentences
    ]
    places = [read.find(sentence) for sentence in wanted]
    found = [place for place in places if place >= 0]
    print(len(found), "of", len(wanted), [w for w, p in zip(wanted, places, strict=True) if p < 0][:8])
    assert len(found) >= 0.9 * len(wanted)
    assert found == sorted(found)
    headings = [block.title for block in review.blocks if block.kind == "heading"]
    kept = {squeezed(block.title) for block in paper.blocks if block.kind == "heading"}
    assert sum(squeezed(title) in kept for title in headings) >= 0.95 * len(headings)


def test_a_quote_has_its_page_and_rectangles_after_storing_too(paper: Document, tmp_path: Path) -> None:
    write_documents(tmp_path, [paper])
    assert read_documents(tmp_path) == (paper,)
    first = next(passage for passage in split_passages(paper) if "原综述由新乡医学院" in passage.text)
    place = page_place(paper, first.sentences[0])
    assert place is not None and (place.page, place.label) == (1, "1")
    assert all(0 < item.left < item.right < 300 and 0 < item.top < item.bottom < 842 for item in place.rectangles)
    last = split_passages(paper)[-1]
    end = page_place(paper, last.span)
    assert end is not None and end.page == 4


def test_a_page_in_gbk_and_a_wechat_article_are_read(tmp_path: Path) -> None:
    """Hidden until a script shows it, WeChat's article is what its page is about; a bold line alone is a heading."""
    gbk = (
        "<html><meta charset=gb2312><title>骨髓</title><nav>首页</nav><main><p>骨髓来源的细胞容易获得，数量也多。</p></main>"
    )
    (tmp_path / "gbk.html").write_bytes(gbk.encode("gbk"))
    wechat = (
        "<html><meta property='og:title' content='干细胞'><body><div>关注我们</div>"
        "<div id=js_content style='visibility:hidden'>"
        "<p><strong>来源</strong></p><section>"
        "<p>间充质干细胞可以取自脐带、骨髓与脂肪组织。</p></section></div></body>"
    )
    (tmp_path / "wechat.html").write_text(wechat, encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert not corpus.left_out
    texts = {document.id: document for document in corpus.documents}
    assert "骨髓来源的细胞容易获得" in texts["gbk"].text and "首页" not in texts["gbk"].text
    assert texts["wechat"].title == "干细胞" and "关注我们" not in texts["wechat"].text
    assert [block.title for block in texts["wechat"].blocks if block.kind == "heading"] == ["干细胞", "来源"]


def test_word_keeps_tracked_insertions_and_loses_deletions(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>细胞可以</w:t></w:r><w:ins><w:r><w:t>很快</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>缓慢</w:delText></w:r></w:del><w:r><w:t>迁移到受损的组织。</w:t></w:r></w:p>"
    )
    (tmp_path / "note.docx").write_bytes(word(body))
    (document,) = read_corpus(tmp_path).documents
    assert "细胞可以很快迁移到受损的组织。" in document.text


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"%PDF-1.7 cut off", "damaged"),
        ("b.docx", b"PK\x03\x04 cut off", "damaged"),
        ("c.docx", b"\xd0\xcf\x11\xe0 old", "encrypted or an old .doc"),
        ("d.html", b"<html><script>document.write(1)</script>", "no text"),
    ],
)
def test_a_bad_file_is_left_out_with_its_reason_in_both_languages(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text("骨髓来源的细胞容易获得，数量也多。", encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == ["good"]
    (problem,) = corpus.left_out
    assert problem.filename == name and reason in problem.reason and problem.zh


def word(body: str) -> bytes:
    """Return a Word file of one part."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as parts:
        parts.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
    return kept.getvalue()
