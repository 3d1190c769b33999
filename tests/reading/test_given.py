"""The given texts, each in a folder of its own as people have it, asked by the real service: what is right for each."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.models.sentence_transformer import SentenceTransformerEmbedder
from qa.bootstrap import wired
from qa.model import Result
from qa.retrieval.ranking import introduction
from qa.service import Service
from qa.settings import BUNDLED_CORPUS, Settings
from tests.data_folder import prepared

GIVEN = Path(__file__).parent / "given"
FLIP = "静脉输注脐带间充质干细胞可以治愈自闭症儿童"
EXCLUDED = ["既往接受过脑深部电刺激；", "有恶性肿瘤病史；", "对二甲基亚砜过敏。"]
INCLUDED = ["年龄 40 至 75 岁；", "确诊帕金森病不足五年；", "Hoehn-Yahr 分期不超过 2.5 期；"]
ASKED = [
    ("flip.txt", f"{FLIP}吗？", "的说法没有任何证据支持"),
    ("wrapped.txt", "冷冻保存的细胞复苏后超过时限存活率会怎样？", "百分之七十以下，不宜再用于注射"),
    ("wrapped.txt", "体重指数超过三十五的患者疗效如何？", "疗效明显较差"),
    ("softwrap.md", "认知评分怎么样？", "认知评分没有变化"),
    ("softwrap.md", "焦虑评分下降多少？", "下降了十一分"),
    ("softwrap.md", "What happened to anxiety?", "anxiety fell by eleven points"),
    ("pages.txt", "肛周疼痛与脓肿的发生率两组相近吗？", "两组的发生率相近"),
    ("wechat.txt", "硬皮病患者输注前要停什么药？", "输注前一天停用抗凝药"),
    ("tsv.txt", "丙戊酸的半衰期是多少？", "丙戊酸 | 75 | 14"),
    ("table.md", "系统性红斑狼疮的剂量是多少？", "系统性红斑狼疮 | 脐带 | 静脉 | 1×10⁶"),
    ("table.md", "What dose was used for ARDS?", "急性呼吸窘迫综合征 | 骨髓 | 静脉 | 1×10⁷"),
    ("table.md", "肝硬化用什么途径给药？", "肝动脉"),
    ("faq-plain.txt", "间充质干细胞治疗之后可以喝酒吗？", "输注前后两周内应当戒酒"),
    ("faq-plain.txt", "治疗费用是多少？", "一个疗程约八万元"),
    ("faq-plain.txt", "打完之后发烧怎么办？", "超过时口服对乙酰氨基酚"),
    ("faq-plain.txt", "干细胞可以冻存多少年？", "可以保存二十年以上"),
    ("faq-plain.txt", "How long can the cells be frozen?", "可以保存二十年以上"),
    ("subject-title.md", "溃疡性结肠炎维持治疗多久输注一次？", "每八周静脉输注一次"),
    ("headings.md", "输注后多久要测血压？", "两小时内应监测血压"),
    ("headings.md", "什么人不能用？", "活动性结核患者不得使用"),
    ("frontmatter-obsidian.md", "嗅觉减退的患者怎么给药？", "鼻腔给药每日两次"),
    ("html.md", "多发性硬化患者自体移植后两年无复发率是多少？", "百分之六十八"),
    ("html.md", "2021 年有多少例？", "2021 | 47"),
    ("markup.md", "急性胰腺炎患者的死亡率有什么变化？", "由18%降至9%"),
    ("markup.md", "输注速度不超过多少？", "每分钟四毫升"),
    ("markup.md", "肝素的浓度是多少？", "每升五千单位"),
    ("filename", "网球肘要注射几次？", "共13次"),
]

Ask = Callable[[str], Service]


@pytest.fixture(scope="module")
def over(embedder: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Return what gives the service over one or more of the given texts, parted by blanks, each built once."""
    made: dict[str, Service] = {}

    def service(names: str) -> Service:
        if names not in made:
            folder = tmp_path_factory.mktemp("given")
            corpus = folder / "corpus"
            corpus.mkdir()
            for name in names.split():
                place = BUNDLED_CORPUS if name == "bundled" else GIVEN / name
                for path in sorted(place.rglob("*.md")) if place.is_dir() else [place]:
                    (corpus / path.name).write_bytes(path.read_bytes())
            made[names] = wired(Settings(corpus_dir=corpus, data_dir=prepared(folder / "data")), embedder)
            made[names].rebuild()
        return made[names]

    return service


def told(result: Result) -> Sequence[str]:
    assert result.answerable, (result.question, result.confidence, result.answer.missing)
    return [sentence.text for sentence in result.answer.sentences]


@pytest.mark.parametrize(("name", "question", "right"), ASKED)
def test_a_given_text_answers_as_it_reads(over: Ask, name: str, question: str, right: str) -> None:
    """The first sentence of the answer holds what is right, and is none of the text's own questions."""
    (first, *_) = told(over(name).ask(question))
    assert right in first
    assert not first.endswith(("？", "?"))


def test_all_given_texts_together_answer_the_same(over: Ask) -> None:
    """In one folder too, each question finds its text: the right words are in the answer."""
    names = " ".join(sorted({name for name, _, _ in ASKED}))
    service = over(names)
    wrong = [
        (question, result.answer.text)
        for _, question, right in ASKED
        if right not in (result := service.ask(question)).answer.text
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("question", "right"),
    [("排除标准有哪些？", EXCLUDED), ("什么人不能入组？", EXCLUDED), ("纳入标准是什么？", INCLUDED)],
)
def test_a_list_answers_for_its_lead_in(over: Ask, question: str, right: Sequence[str]) -> None:
    """All of its items and nothing else, in their order."""
    assert told(over("list.md").ask(question)) == right


@pytest.mark.parametrize(
    ("name", "question", "header"),
    [
        ("tsv.txt", "丙戊酸的半衰期是多少？", "药物 | 浓度（mg/L） | 半衰期（h）"),
        ("table.md", "系统性红斑狼疮的剂量是多少？", "疾病 | 来源 | 途径 | 剂量（个/公斤） | 次数 | 主要终点"),
        ("table.md", "What dose was used for ARDS?", "疾病 | 来源 | 途径 | 剂量（个/公斤） | 次数 | 主要终点"),
        ("html.md", "2021 年有多少例？", "年份 | 例数"),
    ],
)
def test_a_row_comes_with_its_header(over: Ask, name: str, question: str, header: str) -> None:
    """Column names and units stand with the row that answers, and above it in the answer's text."""
    result = over(name).ask(question)
    assert header in introduction(result.hits[0].passage)
    first = result.answer.sentences[0]
    assert f"{header}\n{first.text}[{first.citations[0]}]" in result.answer.text
    assert all(header not in sentence.text for sentence in result.answer.sentences)


def test_half_a_sentence_is_neither_supported_nor_certified(over: Ask) -> None:
    """What the text denies isn't upheld, and its words before the denial aren't verified as a whole sentence."""
    service = over("flip.txt")
    assert service.serving.verifier.claim(f"{FLIP}。").support == "contradicted"
    assert service.serving.verifier.quote(FLIP).verdict == "altered"


def test_texts_that_contradict_each_other_are_both_shown(over: Ask) -> None:
    """Both sentences answer, and the answer says that they disagree."""
    result = over("conflict-1.md conflict-2.md").ask("舞蹈症评分有什么变化？")
    assert ["降低了百分之四十" in one or "升高了百分之四十" in one for one in told(result)] == [True, True]
    (conflict,) = result.answer.conflict
    assert {result.citations[number - 1].passage.document_id for number in conflict.citations} == {
        "conflict-1",
        "conflict-2",
    }


def test_the_regimen_of_another_disease_answers_nothing(over: Ask) -> None:
    """With the text on it, a question on Behçet's disease is answered; without it, the disease is named missing."""
    question = "白塞病多久输注一次？"
    assert "每三个月静脉输注一次" in told(over("bundled behcet.txt").ask(question))[0]
    without = over("bundled").ask(question)
    assert not without.answerable and without.answer.missing == ("白塞病",)


def test_no_markup_comment_or_running_head_is_read(over: Ask) -> None:
    """Of tags, marks, a struck-out figure, a comment and page furniture, no passage reads anything."""
    service = over("html.md markup.md pages.txt")
    reading = "\n".join(passage.reading.text for passage in service.generation.passages if passage.role == "body")
    assert [
        part for part in ("<", "**", "~~", "`", "](", "12%", "隐藏的评论", "中华细胞治疗杂志", "· 17") if part in reading
    ] == []
    paths = [path for passage in service.generation.passages for path in passage.section_path]
    assert not any("中华细胞治疗杂志" in path for path in paths)


def test_foreign_front_matter_is_taken_as_it_is(over: Ask) -> None:
    """Title, author and date are used, and tags are kept."""
    (document,) = over("frontmatter-obsidian.md").generation.documents.values()
    assert document.title == "带有自定义键的文件"
    assert ([author.family for author in document.source.authors], document.source.year) == (["李某"], 2024)
    assert "tags" in document.front_matter.of(document.text)


def test_a_name_in_wide_letters_is_shown_as_it_is(over: Ask) -> None:
    """Blanks and letters of full width are no reason to leave a file out."""
    (document,) = over("filename").generation.documents.values()
    assert document.filename == "Ｆｕｌｌ　ｗｉｄｔｈ.md"


TURNED = [
    "低氧预处理使细胞的存活时间缩短了两天。",
    "静脉组的疗效差于动脉组。",
    "随访发现的结节均为恶性。",
    "联合用药减轻了皮疹。",
    "该方案被列为二线治疗。",
    "女性的应答率低于男性。",
    "Cells from young donors performed better than cells from old donors in the Ghent assay.",
    "严重肝功能不全的患者可以使用本品。",
    "高血压患者首选肾上腺素。",
    "支原体检测结果为阳性。",
    "输注应当提前到感染控制以前。",
    "右侧病灶明显缩小。",
    "先给予激素，后输注细胞。",
    "The infusion is recommended in patients with active lymphoma.",
]


@pytest.mark.parametrize("claim", TURNED)
def test_the_opposite_of_a_text_is_never_supported(over: Ask, claim: str) -> None:
    """One word turned round makes a claim that the text doesn't uphold."""
    assert over("antonyms.md").serving.verifier.claim(claim).support != "supported"
