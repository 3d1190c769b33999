# ruff: noqa: E501 - lines of texts, as they are
"""Blocks: every character in exactly one, whatever lines are mixed; a pure function, linear in time."""

import random
import time
from pathlib import Path

import pytest

from corpus.blocks.line_kinds import line_kinds
from corpus.blocks.partition import read_blocks
from corpus.model import Block
from corpus.passages.chunking import reading_of

HERE = Path(__file__).parent
LINES = [
    "", "", "", "# 标题", "## 二级", "1.1 给药途径", "二、安全性", "（三）禁忌", "第一章 总论", "**加粗**", "标题\n===", "小节\n---",
    "普通的一段话，说明细胞在输注以后的去向。", "没有句号的一行", "另一行没有句号", "再一行没有句号", "An English sentence ends here.",
    "which goes on in the next line", "- 项目一；", "* item", "1. 第一条", "（1）甲", "① 乙", "✅ 丙", "- [ ] 待办", "  续行", "　　缩进的一段。",
    "> 引用", "> > 双重引用", "| 甲 | 乙 |", "|---|---|", "| 1 | 2 |", "药物\t剂量\t间隔", "A\t4\t36", "a   b   c", "d   e   f", "问：能喝酒吗？",
    "答：不能。", "Q: Why? A: Because.", "为什么？", "```", "~~~", "    缩进代码", "<table><tr><td>a</td></tr></table>", "<div>", "</div>",
    "<!-- 注释 -->", "<!--", "-->", "![图](a.png)", "![](b.png)", "[a]: http://x.example", "[^1]: 脚注", "参考文献", "[1] Li A. T. J. 2020.",
    "    continued.", "免责声明：仅供参考。", "扫码关注", "作者：某某", "分享 收藏 点赞", "图1 曲线", "表2 剂量", "- 12 -", "第 3 页", "杂志 2024 年第 3 期",
    "\f", "\f第二页", "---", "***", "BM-", "MSC 与 $1 0 ^ { 6 }$ 个", "纳入标准如下：", "1,", "200 例。", "\\*", "&nbsp;", "** **", "·", "#", "#无空格",
]  # fmt: skip


def partition(text: str, *, markdown: bool) -> tuple[Block, ...]:
    """Return the blocks of ``text`` after holding them to what blocks are."""
    blocks = read_blocks(text, 0, markdown=markdown)
    place = 0
    for block in blocks:
        assert place <= block.span.start < block.span.end
        assert not text[place : block.span.start].strip()
        at = block.span.start
        for cut in block.joins:
            assert at <= cut.start <= cut.end <= block.span.end
            at = cut.end
        place = block.span.end
    assert not text[place:].strip()
    return blocks


@pytest.mark.parametrize("seed", range(40))
def test_blocks_hold_every_character_of_any_mixture_of_lines(seed: int) -> None:
    """Two thousand mixtures of all kinds of lines, fifty a seed, as Markdown and as plain text."""
    chance = random.Random(seed)
    for _ in range(50):
        text = "\n".join(chance.choices(LINES, k=chance.randint(1, 40)))
        for markdown in (True, False):
            assert partition(text, markdown=markdown) == read_blocks(text, 0, markdown=markdown)


def test_the_map_between_reading_and_text_is_exact() -> None:
    """Each character of a reading goes to the place that it came from, and back."""
    chance = random.Random(7)
    for _ in range(100):
        text = "\n".join(chance.choices(LINES, k=20))
        for block in read_blocks(text, 0, markdown=True):
            from corpus.readings import read_span

            reading = read_span(block.span.of(text), block.span, block.joins)
            for place, character in enumerate(reading.text):
                span = reading.to_raw(place, place + 1)
                cut = next((cut for cut in block.joins if cut.start <= span.start < cut.end), None)
                if cut is None:
                    assert span.of(text) == character
                    assert reading.to_read(span.start) == place
                else:
                    assert (cut.start, cut.end) == (span.start, span.end) and character in cut.text


@pytest.mark.parametrize("markdown", [True, False])
@pytest.mark.parametrize(
    "line", ["没有句号的一行\n", "短行\n\n", "- 项\n", "1.1 标题\n\n正文一段。\n\n", "a\tb\tc\n", "很长的一行，" * 6 + "\n"]
)
def test_reading_is_linear_in_time(line: str, markdown: bool) -> None:
    """Eight times the text takes less than sixteen times as long: many bare headings took 4.5 s at 615 KB."""
    times = []
    for count in (1_000, 8_000):
        text = line * (count * 8 // len(line))
        began = time.process_time()
        read_blocks(text, 0, markdown=markdown)
        times.append(time.process_time() - began)
    assert times[1] < 16 * max(times[0], 0.05)


@pytest.mark.parametrize("kind", line_kinds())
def test_each_kind_of_line_fits_its_examples_and_no_counterexample(kind: str) -> None:
    """The words of line_kinds.toml are data, and each pattern is held to what it is for."""
    item = line_kinds()[kind]
    assert item.yes and item.no
    assert [line for line in item.yes if not item.fits(line)] == []
    assert [line for line in item.no if item.fits(line)] == []


GIVEN = {
    "headings.md": {"heading": ["没有空格的标题", "1 引言", "1.1 给药途径", "二、安全性", "（三）禁忌"]},
    "list.md": {"item": ["年龄 40 至 75 岁；", "确诊帕金森病不足五年；", "Hoehn-Yahr 分期不超过 2.5 期；", "既往接受过脑深部电刺激；", "有恶性肿瘤病史；", "对二甲基亚砜过敏。"]},
    "wechat.txt": {"item": ["来院当天请空腹", "输注前一天停用抗凝药", "输注后卧床四小时", "三天内不要提重物", "每月复查肝功能", "出现皮疹立即联系医生"]},
    "tsv.txt": {"row": ["药物 | 浓度（mg/L） | 半衰期（h）", "地塞米松 | 4 | 36", "丙戊酸 | 75 | 14", "他克莫司 | 8 | 12"]},
    "html.md": {"row": ["年份 | 例数", "2021 | 47"], "paragraph": ["多发性硬化的患者在自体移植后 两年无复发率为百分之六十八。"]},
    "markup.md": {"code": ["```\n# 注释不是标题\ndose = 3\n```"], "item": ["待办：核对批号", "已核对：肝素钠每升五千单位"]},
    "faq-plain.txt": {"question": ["间充质干细胞治疗之后可以喝酒吗？", "治疗费用是多少？", "打完之后发烧怎么办？", "干细胞可以冻存多少年？"]},
    "pages.txt": {"furniture": ["中华细胞治疗杂志 2024 年第 3 期", "· 19 ·"]},
    "frontmatter-obsidian.md": {"heading": ["帕金森"]},
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
def test_the_given_texts_have_the_blocks_that_a_reader_sees(name: str) -> None:
    """Each kind has exactly these blocks, as they read."""
    from corpus.files.front_matter import read_front_matter

    text = (HERE / "given" / name).read_text(encoding="utf-8")
    start = read_front_matter(text, name).span.end if name.endswith(".md") else 0
    blocks = read_blocks(text, start, markdown=name.endswith(".md"))
    found = {kind: [reading_of(block, text) for block in blocks if block.kind == kind] for kind in GIVEN[name]}
    assert found == GIVEN[name]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("![](a.png)\n图1 两组的生存曲线\n", [("image", ""), ("caption", "图1 两组的生存曲线")]),
        (
            "图3 在北京市随机招募的老年志愿者的认知功能量表的\n评分分布与尿甲醛浓度。\n",
            [("caption", "图3 在北京市随机招募的老年志愿者的认知功能量表的评分分布与尿甲醛浓度。")],
        ),
        (
            "Keywords: infant mortality rate; World\nhealth statistics; Infectious diseases;\nGDP per capita\n",
            [("byline", "Keywords: infant mortality rate; World health statistics; Infectious diseases; GDP per capita")],
        ),
        ("<table><tr><td>甲</td></tr><tr><td></td></tr></table>\n", [("row", "甲"), ("furniture", "")]),
        (  # a paragraph that begins as captions do: too long for one with the lines that it goes on in
            "图2 的各条曲线按样本量排列，纵轴给出的是十二项虚构研究采用的\n"
            "总样本量以及分类的最高和最低正确率，横轴是年份。样本量在五十\n"
            "到一百五十之间的时候，最高的正确率随样本量下降，两者的相关在\n"
            "去掉两项离群的研究以后仍在，而样本量更大的研究里没有这种关系，\n"
            "说明小样本的结果被高估了，今后的研究应当报告外部验证的正确率。\n",
            [
                (
                    "paragraph",
                    "图2 的各条曲线按样本量排列，纵轴给出的是十二项虚构研究采用的总样本量以及分类的最高和最低正确率，横轴是年份。"
                    "样本量在五十到一百五十之间的时候，最高的正确率随样本量下降，两者的相关在去掉两项离群的研究以后仍在，"
                    "而样本量更大的研究里没有这种关系，说明小样本的结果被高估了，今后的研究应当报告外部验证的正确率。",
                )
            ],
        ),
        (  # a title of two lines isn't the beginning of the text below it
            "虚构水凝胶在缓冲液里的溶胀与降解以及其中\n各组之间的定量参数与信号曲线类型的比较研究\n\n"
            "相关的分析显示三组的溶胀率在第七天相近。\n",
            [
                ("paragraph", "虚构水凝胶在缓冲液里的溶胀与降解以及其中各组之间的定量参数与信号曲线类型的比较研究"),
                ("paragraph", "相关的分析显示三组的溶胀率在第七天相近。"),
            ],
        ),
        (  # three lines of Markdown that end nothing and are of one width are one title
            "An invented study of macrophages\nassociated with the growth of new\nvessels in a tissue of the gullet\n",
            [
                (
                    "paragraph",
                    "An invented study of macrophages associated with the growth of new vessels in a tissue of the gullet",
                )
            ],
        ),
        (  # the only wide line is the one with LaTeX
            "查血常规：红细胞\n$3 . 3 \\times 1 0 ^ { 1 2 } / \\mathrm { L }$\n，血红蛋白九十七\n",
            [("paragraph", "查血常规：红细胞3.3×10¹²/L，血红蛋白九十七")],
        ),
    ],
)
def test_lines_of_papers_are_what_they_are(text: str, kinds: list[tuple[str, str]]) -> None:
    """Of kinds that a look over 833 papers showed to be read wrongly."""
    blocks = read_blocks(text, 0, markdown=True)
    read = [(block.kind, reading_of(block, text) if block.kind not in ("image", "furniture") else "") for block in blocks]
    assert read == kinds


def test_a_full_stop_of_full_width_ends_a_sentence_and_an_initial_does_not() -> None:
    """As journals of 2010 set them: 升高．其中; but neither 3．5 nor A. K. Geim和K. S. Novoselov ends anything."""
    from corpus.passages.chunking import block_sentences

    text = "评分为3．5分，尿甲醛升高．其中A. K. Geim和K. S. Novoselov的方法见文献[2]．两组无差别．\n"
    (block,) = read_blocks(text, 0, markdown=True)
    assert [span.of(text) for span in block_sentences(block, text)] == [
        "评分为3．5分，尿甲醛升高．", "其中A. K. Geim和K. S. Novoselov的方法见文献[2]．", "两组无差别．",
    ]  # fmt: skip
