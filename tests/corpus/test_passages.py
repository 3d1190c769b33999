"""Sentences and passages: nothing lost, nothing changed, nothing cut that need not be (promise 18)."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.blocks.partition import read_blocks
from corpus.model import Document, Passage, Source, Span, fingerprint
from corpus.passages.chunking import block_sentences, split_passages
from corpus.passages.sections import find_sections, is_heading
from corpus.passages.sentences import split_sentences
from corpus.reading import read_folder
from tests.data_folder import read_review

TEXTS = st.text(
    st.one_of(
        st.sampled_from("干细胞外泌体。！？；，、：（）「」\n\n #.,:;!?()-12Ⅲα𠮷😀ＡＢ \u3000"),
        st.characters(exclude_categories=("Cs", "Cc")),
    ),
    max_size=900,
)


def document(text: str, *, markdown: bool) -> Document:
    blocks = read_blocks(text, 0, markdown=markdown)
    title, sections = find_sections(text, 0, blocks)
    return Document("d", "d.md", title, "zh-CN", text, Span(0, 0), sections, Source("d"), "", "0" * 64, blocks=blocks)


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text, Span(0, len(text)))]


NOWHERE = ("furniture", "front_matter", "comment", "image")


def held(made: Document, passages: Sequence[Passage]) -> None:
    """Assert that each character that isn't blank is in one block, and each block in one passage or a heading."""
    place = 0
    for block in made.blocks:
        assert made.text[place : block.span.start].strip() == ""
        assert place <= block.span.start < block.span.end
        place = block.span.end
    assert made.text[place:].strip() == ""
    holders = [0] * len(made.text)
    for passage in passages:
        assert passage.text == passage.span.of(made.text)
        assert passage.sentences[-1].end == passage.span.end
        assert passage.sentences[0].start >= passage.span.start
        for number in range(passage.span.start, passage.span.end):
            holders[number] += 1
    for block in made.blocks:
        counts = {holders[n] for n in range(block.span.start, block.span.end) if not made.text[n].isspace()}
        if block.kind in NOWHERE:
            assert counts == {0}
        elif is_heading(block):
            assert counts <= {0, 1}
        else:
            assert counts == {1}, block


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.booleans(), st.sampled_from([40, 120, 300]))
def test_passages_hold_every_character_once_and_unchanged(text: str, markdown: bool, limit: int) -> None:
    """Each character that isn't white space is in one block, and each block in one passage whose text is the document's."""
    made = document(text, markdown=markdown)
    passages = split_passages(made, limit)
    held(made, passages)
    for passage in passages:
        assert len(passage.text) <= limit


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_no_sentence_is_cut_below_the_size_limit(text: str) -> None:
    """Each sentence of a block, if it isn't over the limit, stands whole in one passage."""
    made = document(text, markdown=True)
    passages = split_passages(made, 300)
    for block in made.blocks:
        led = any(block.span.start < one.sentences[0].start and one.span.start <= block.span.start for one in passages)
        if block.kind != "paragraph" or led:
            continue
        for sentence in block_sentences(block, text):
            if len(sentence) <= 300:
                assert any(sentence in passage.sentences for passage in passages)


def test_sentences_of_chinese_and_english_end_where_a_reader_would_end_them() -> None:
    """Dots in numbers, DOIs, URLs, initials and abbreviations end nothing."""
    assert sentences("甲有效。乙无效！丙呢？") == ["甲有效。", "乙无效！", "丙呢？"]
    assert sentences("他说：“有效。”然后离开。") == ["他说：“有效。”", "然后离开。"]
    assert sentences("1.归巢作用需要 3.5 天,见 https://a.org/b.html?q=1 和 10.1/x.y。完") == [
        "1.归巢作用需要 3.5 天,见 https://a.org/b.html?q=1 和 10.1/x.y。",
        "完",
    ]
    assert sentences("It works. Dr. Li et al. agree (see Fig. 2). E. coli too!") == [
        "It works.",
        "Dr. Li et al. agree (see Fig. 2).",
        "E. coli too!",
    ]
    assert sentences("治疗有效. 但是昂贵.") == ["治疗有效.", "但是昂贵."]
    assert sentences("一行\n另一行") == ["一行", "另一行"]


def test_passages_of_the_bundled_text_are_of_a_useful_size() -> None:
    """They stay within 300 characters, never cross a heading, and most hold several sentences."""
    bundled = read_review()
    passages = [passage for passage in split_passages(bundled) if passage.role == "body"]
    assert max(len(passage.text) for passage in passages) <= 300
    assert 100 <= sorted(len(passage.text) for passage in passages)[len(passages) // 2] <= 250
    assert all(not re.search(r"^#", passage.text, re.M) for passage in passages)


def test_a_passage_keeps_its_id_when_another_part_of_the_document_changes() -> None:
    """Ids depend on the document's id and the passage's own text."""
    before = split_passages(document("# 甲\n\n第一段。\n\n# 乙\n\n第二段。", markdown=True))
    after = split_passages(document("# 甲\n\n第一段改了，也长了。\n\n# 乙\n\n第二段。", markdown=True))
    assert before[1].id == after[1].id and before[0].id != after[0].id
    twice = split_passages(document("# 甲\n\n同。\n\n# 乙\n\n同。", markdown=True))
    assert twice[0].id != twice[1].id


def test_markdown_headings_make_paths_and_code_makes_none() -> None:
    """ATX and Setext headings nest by level; a lone first heading is the title; fences are left alone."""
    text = "# 题\n\n引言。\n\n## 甲\n\n一。\n\n### 乙 ###\n\n二。\n\n```\n# 不是标题\n```\n\n丙\n---\n\n三。\n"
    made = document(text, markdown=True)
    assert made.title == "题"
    assert [section.path for section in made.sections] == [(), (), ("甲",), ("甲", "乙"), ("丙",)][1:]


def test_the_fingerprint_of_a_corpus_changes_with_any_file(tmp_path: Path) -> None:
    """An edit of one character is seen."""
    path = tmp_path / "a.txt"
    path.write_text("甲。", encoding="utf-8")
    before = fingerprint(read_folder(tmp_path))
    path.write_text("乙。", encoding="utf-8")
    assert fingerprint(read_folder(tmp_path)) != before


@pytest.mark.parametrize("text", ["", " ", "\n\n", "#", "---", "。", "[1]", "扫码"])
def test_odd_texts_split_without_an_error(text: str) -> None:
    """Whatever somebody pastes has sections and passages, perhaps none."""
    for markdown in (True, False):
        split_passages(document(text, markdown=markdown))


@pytest.mark.parametrize("blanks", [300, 390, 640, 2000])
def test_long_runs_of_blanks_split_without_an_error(blanks: int) -> None:
    """Tables of fixed width have them; no passage is made of blanks."""
    text = "疗效指标" + " " * blanks + "认知评分"
    passages = split_passages(document(text, markdown=False))
    spans = [span for passage in passages for span in (passage.span, *passage.sentences)]
    assert all(span.of(text).strip() for span in spans)
    assert "".join(passage.text.replace(" ", "") for passage in passages) == "疗效指标认知评分"


def test_marks_without_an_end_cost_their_number_and_not_its_square() -> None:
    """A text or heading of nothing but marks or brackets is read at once; each took seconds to minutes."""
    began = time.process_time()
    for mark in "!?…":
        assert sentences("甲" + mark * 20_000 + "乙。") == ["甲" + mark * 20_000 + "乙。"]
    for words in ("![[" * 20_000, "[a](" * 20_000, "a" + " " * 2000 + "b"):
        assert document(f"# {words}\n\n正文。", markdown=True).sections[-1].span.start == len(words) + 3
    assert time.process_time() - began < 2


def test_headings_lose_their_marks_and_links() -> None:
    """What is no whole link stays as it is."""
    words = "a ![b](c) [d[e](f) [g] h! [i](j  ## "
    assert document(f"# {words}\n\n正文。", markdown=True).title == "a b d[e [g] h! [i](j"


def test_what_a_paragraph_tells_before_it_leads_to_a_list_can_be_quoted() -> None:
    """Only its last sentence leads; the ones before it answer for themselves."""
    made = document("模型的指标有三个：甲、乙和丙。下级指标如下：\n\n- 甲含四项。\n- 乙含三项。\n", markdown=True)
    (passage,) = split_passages(made)
    told = "模型的指标有三个：甲、乙和丙。"
    assert [span.of(made.text) for span in passage.sentences] == [told, "- 甲含四项。", "- 乙含三项。"]
    long = document(
        "指标有三个。下级指标如下：\n\n" + "".join(f"- 第{n}项" + "很长" * 70 + "。\n" for n in range(3)), markdown=True
    )
    assert [passage.context.lead for passage in split_passages(long)][-1] == "下级指标如下："
