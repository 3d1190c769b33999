"""Reading documents: what is accepted, what is refused and how it is named."""

import os
from pathlib import Path

import pytest

from corpus.errors import CorpusError, Problem
from corpus.model import Span
from corpus.passages.chunking import split_passages
from corpus.reading import read_corpus, read_folder
from qa.settings import BUNDLED_CORPUS

PASTED = """衰老的肌肉会变弱,这是很多老年人都有的体会。本文介绍一种新的想法。
为什么肌肉会变弱?原因还没有完全弄清。
肌肉干细胞与衰老:三个问题的简要说明
近日,一个研究小组在《Journal of Muscle》发表综述,讨论了肌肉干细胞的作用。

肌肉衰老的特点与负担
肌肉衰老通常伴随力量下降,随时间推移不断加重(图1)。
现有方法及其不足:目前的方法主要是锻炼和营养,但是效果有限,见 doi 10.1234/abc.v1.i2.3 的说明。总体而言,没有药物可以逆转。
肌肉干细胞的作用
1.激活作用:肌肉干细胞(MuSCs)平时处于静止状态,受伤后被激活,浓度约为1.5倍。该过程需要 Ca2+/CaN/NFATc4 通路。
2. 分化 能力:它们可以分化为肌细胞。临床研究已经进入Ⅲ期,结果值得期待。
减少炎症:炎症是另一个原因。研究显示:抑制炎症以后力量会恢复得更快一些。
参考资料:
[1]:Citation: Li AB, Wang C. Muscle stem cells in ageing. J Muscle Res 2024; 3(2): 45-51 URL: https://example.org/3/2/45.htm
DOI: https://dx.doi.org/10.1234/jmr.v3.i2.45
免责说明:本文仅用于传播知识,不构成任何诊断建议!如有疑问请咨询医生。
扫码添加官方微信"""


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_pasted_article_keeps_its_structure(tmp_path: Path) -> None:
    """Title after the lead, bare and run-in headings, restarting numbers, reference and notice are found."""
    write(tmp_path, "muscle.txt", PASTED)
    (document,) = read_folder(tmp_path)
    assert document.title == "肌肉干细胞与衰老:三个问题的简要说明"
    passages = split_passages(document)
    paths = [passage.section_path for passage in passages]
    assert ("肌肉衰老的特点与负担", "现有方法及其不足") in paths
    assert ("肌肉干细胞的作用", "激活作用") in paths
    assert ("肌肉干细胞的作用", "分化 能力") in paths
    assert ("肌肉干细胞的作用", "减少炎症") in paths
    sentences = [sentence.of(document.text) for passage in passages for sentence in passage.sentences]
    assert "研究显示:抑制炎症以后力量会恢复得更快一些。" in sentences
    assert any("10.1234/abc.v1.i2.3" in sentence and sentence.endswith("说明。") for sentence in sentences)
    assert {passage.role for passage in passages} == {"body", "reference", "notice"}
    assert [passage.text for passage in passages if passage.role == "notice"][-1].endswith("扫码添加官方微信")


def test_the_reference_of_a_pasted_article_becomes_its_source(tmp_path: Path) -> None:
    """Authors, title, journal, year, volume, issue, pages, DOI and URL are read from the reference line."""
    write(tmp_path, "muscle.txt", PASTED)
    (document,) = read_folder(tmp_path)
    source = document.source
    assert [(author.family, author.given) for author in source.authors] == [("Li", "A B"), ("Wang", "C")]
    assert (source.title, source.container_title_short) == ("Muscle stem cells in ageing", "J Muscle Res")
    assert (source.year, source.volume, source.issue, source.pages) == (2024, "3", "2", "45-51")
    assert (source.doi, source.url) == ("10.1234/jmr.v3.i2.45", "https://example.org/3/2/45.htm")


def test_the_bundled_texts_are_digests_that_name_their_sources() -> None:
    """The texts that ship are of the promised length, say that they are digests, and carry the source record."""
    documents = {document.id: document for document in read_folder(BUNDLED_CORPUS)}
    for each in documents.values():
        assert 1500 <= len(each.text) - each.front_matter.end <= 9000, each.id
        assert "摘编" in each.title and "不构成医疗建议" in each.notice, each.id
        assert each.source.url.startswith("https://") and each.source.title, each.id
    document = documents["msc-neurodegenerative-review"]
    assert document.source.doi == "10.4252/wjsc.v17.i8.107717"
    assert (document.source.year, document.source.volume, document.source.issue) == (2025, "17", "8")
    assert len(document.source.authors) == 6


def test_line_ends_and_byte_order_marks_are_taken_as_they_come(tmp_path: Path) -> None:
    """CRLF becomes LF and a byte order mark disappears; nothing else changes."""
    write(tmp_path, "a.txt", b"\xef\xbb\xbf" + "第一句。\r\n第二句。".encode())
    (document,) = read_folder(tmp_path)
    assert document.text == "第一句。\n第二句。"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("latin.txt", "piqûre à l’hôpital".encode("cp1252"), "isn't UTF-8 (byte 3)"),
        ("empty.md", "", "empty"),
        ("blank.txt", " \n\t\n", "empty"),
        ("open.md", "---\ntitle: x\n\n正文。", "no closing '---'"),
        ("yaml.md", "---\ntitle: [x\n---\n正文。", "isn't valid YAML"),
        ("twice.md", "---\ntitle: a\ntitle: b\n---\n正文。", "stands twice"),
        ("year.md", "---\nsource: {title: a, year: soon}\n---\n正文。", "source.year"),
        ("only.md", "---\ntitle: a\n---\n", "no text"),
        ("control.txt", "正文\x00。", "U+0000"),
        ("large.txt", "字" * 2_000_000, "larger than 5 MB"),
    ],
)
def test_a_bad_file_is_named_with_its_reason(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    """Every kind of unusable file is refused by name, beside a good one."""
    write(tmp_path, "good.txt", "正文。")
    write(tmp_path, name, content)
    with pytest.raises(CorpusError) as error:
        read_folder(tmp_path)
    assert [problem.filename for problem in error.value.problems] == [name]
    assert reason in str(error.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Two bad files give two problems, and a problem within a file has its line."""
    write(tmp_path, "a.txt", "一\n二\n\x07")
    write(tmp_path, "b.md", "")
    with pytest.raises(CorpusError) as error:
        read_folder(tmp_path)
    assert [(problem.filename, problem.line) for problem in error.value.problems] == [("a.txt", 3), ("b.md", None)]


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    """The message names both files."""
    write(tmp_path, "A b.md", "一。")
    write(tmp_path, "a-b.md", "二。")
    with pytest.raises(CorpusError, match=r"a-b\.md.*A b\.md"):
        read_folder(tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A link may not bring in what lies outside."""
    outside = write(tmp_path, "outside/secret.txt", "密。")
    inside = tmp_path / "corpus"
    inside.mkdir()
    (inside / "link.txt").symlink_to(outside)
    with pytest.raises(CorpusError, match="leads out of the corpus folder"):
        read_folder(inside)


def test_a_missing_or_empty_folder_is_refused(tmp_path: Path) -> None:
    """Each says what to do."""
    with pytest.raises(CorpusError, match="MSCQA_CORPUS_DIR"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match=r"no \.md or \.txt"):
        read_folder(tmp_path)


def test_side_files_and_hidden_files_are_not_documents(tmp_path: Path) -> None:
    """An aligned translation belongs to its document, and editors' hidden files to nobody."""
    write(tmp_path, "a.md", "# 题\n\n正文。")
    write(tmp_path, "a.en.md", "# Title\n\nText.")
    write(tmp_path, ".a.md.swp.md", "x")
    write(tmp_path, ".git/b.md", "x")
    assert [document.id for document in read_folder(tmp_path)] == ["a"]


def test_files_of_one_name_and_two_kinds_have_ids_of_their_own_whatever_their_order(tmp_path: Path) -> None:
    """The Markdown file keeps the id; the other gets its suffix, and loses it when it is alone."""
    write(tmp_path, "综述.txt", "一。")
    write(tmp_path, "综述.md", "二。")
    both = {document.filename: document for document in read_folder(tmp_path)}
    assert {name: document.id for name, document in both.items()} == {"综述.md": "综述", "综述.txt": "综述-txt"}
    (tmp_path / "综述.md").unlink()
    assert [document.id for document in read_folder(tmp_path, both)] == ["综述"]


def test_what_cannot_be_read_is_left_out_by_name_and_all_else_is_read(tmp_path: Path) -> None:
    """Files of other kinds are counted, and an emptied file is known to be gone."""
    write(tmp_path, "a.md", "一。")
    write(tmp_path, "b.txt", b"caf\xe9 au lait")
    write(tmp_path, "c.txt", "")
    write(tmp_path, "d.epub", b"PK")
    write(tmp_path, "e.EPUB", b"PK")
    write(tmp_path, "f.rst", "二。")
    write(tmp_path, "g.markdown", "# 题\n\n三。")
    corpus = read_corpus(tmp_path)
    assert [document.filename for document in corpus.documents] == ["a.md", "f.rst", "g.markdown"]
    assert [(problem.filename, problem.gone) for problem in corpus.left_out] == [("b.txt", False), ("c.txt", True)]
    assert corpus.passed_over == {".epub": 2}


def test_front_matter_of_other_programs_is_taken_as_it_is(tmp_path: Path) -> None:
    """Title, authors, date and journal are used; what isn't is kept and named, with what may have been meant."""
    lines = (
        "title: 一: 二",
        "author: 李某、王某",
        "date: 2024-05-06T08:00",
        "journal: 虚构杂志",
        "tags: [a, b]",
        "licence: x",
    )
    write(tmp_path, "a.md", "\n".join(["---", *lines, "---", "正文。"]))
    (document,) = read_folder(tmp_path)
    assert (document.title, document.source.year, document.source.container_title) == ("一: 二", 2024, "虚构杂志")
    assert [author.family for author in document.source.authors] == ["李某", "王某"]
    assert document.notes == (
        "the key 'tags' is kept and not used",
        "the key 'licence' is kept and not used; did you mean 'license'?",
    )


def test_a_rule_at_the_head_of_a_text_is_no_front_matter(tmp_path: Path) -> None:
    """What stands between two rules is text."""
    write(tmp_path, "a.md", "---\n\n第一句。\n\n---\n\n第二句。")
    (document,) = read_folder(tmp_path)
    assert document.front_matter == Span(0, 0)
    assert [block.kind for block in document.blocks] == ["furniture", "paragraph", "furniture", "paragraph"]


def test_all_mistakes_of_a_file_are_named_at_once_in_both_languages(tmp_path: Path) -> None:
    """Nobody mends one key only to learn of the next."""
    write(tmp_path, "a.md", "---\ntitle: [x]\nstatus: withdrawn\nsource: {title: y, year: soon}\n---\n正文。")
    with pytest.raises(CorpusError) as error:
        read_folder(tmp_path)
    assert [problem.reason.split(" ")[0] for problem in error.value.problems] == ["title", "status", "source.year"]
    assert all(problem.zh for problem in error.value.problems)


def test_a_status_of_another_program_is_kept_and_one_that_means_withdrawn_is_a_mistake(tmp_path: Path) -> None:
    """'draft' says nothing of withdrawal; 'Retracted' does, and a slip of it isn't taken for nothing."""
    for number, status in enumerate(("draft v0.7", "published", "Retracted", "retrated", "已撤稿")):
        write(tmp_path, f"{number}.md", f"---\ntitle: x\nstatus: {status}\n---\n正文。")
    corpus = read_corpus(tmp_path)
    assert [(document.id, document.status) for document in corpus.documents] == [("0", ""), ("1", ""), ("2", "retracted")]
    assert corpus.documents[0].notes == ("the status 'draft v0.7' is kept and not used; 'retracted' and 'superseded' are",)
    assert [problem.filename for problem in corpus.left_out] == ["3.md", "4.md"]


def test_a_long_list_of_problems_is_cut_with_a_count(tmp_path: Path) -> None:
    """Ten thousand files that change while they are read make no message of 352,000 characters."""
    error = CorpusError([Problem(f"{number}.txt", "it was being written") for number in range(10_000)])
    assert len(str(error)) < 3000 and str(error).endswith("… and 9970 more")


def test_odd_names_are_that_files_trouble_alone(tmp_path: Path) -> None:
    """A folder's name that isn't UTF-8 or holds a line break is escaped; a name of 255 bytes is read."""
    write(tmp_path, "a.md", "一。")
    write(tmp_path, "b" * 252 + ".md", "二。")
    write(tmp_path, "x\ny/c.md", "三。")
    (tmp_path / os.fsdecode(b"\xff")).mkdir()
    corpus = read_corpus(tmp_path)
    assert [document.text for document in corpus.documents] == ["一。", "二。"]
    assert sorted(problem.filename for problem in corpus.left_out) == ["'\\udcff'", "'x\\ny'"]
