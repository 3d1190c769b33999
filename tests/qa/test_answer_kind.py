"""A sentence without a number doesn't say how many, one without a place doesn't say where, and what defines a thing."""

import pytest

from corpus.model import Span
from qa.questions.focus import background
from qa.questions.kinds import asked_kind, asks_what_it_is, defines

COUNTED = "这种疗法已有 400 多例商业应用和 190 例临床试验，没有出现严重不良事件。"
NOT_COUNTED = "Ⅲ期研究里，NLRP3 和 IL-10 的水平都下降了，这是第一步。"


def lacks_kind(question: str, sentence: str) -> bool:
    """Tell whether ``sentence`` has nothing of the kind that ``question`` asks for."""
    kind = asked_kind(question, background(question))
    return kind is not None and not kind.is_in(sentence)


@pytest.mark.parametrize(
    ("questions", "answer", "no_answer"),
    [
        (["一共治了多少病人？", "有几例商业应用？", "How many people had it?"], COUNTED, "2025 年 6 月公布了结果。"),
        (["百分之几的人好转", "what percentage improved", "What is the risk of it?"], "三成的病人好转。", COUNTED),
        (["p值是多少", "What was the p-value?"], "差异显著（P<0.05）。", COUNTED),
        (["什么时候公布的", "哪一年上市", "When was it published?"], "2025 年 6 月公布了结果。", COUNTED),
        (["Which year was that?"], "It was published in 2025.", "It lowered the level by 25 per cent."),
        (["效果能维持多久？", "How long does it last?"], "疗效持续了 6 个月。", "2025 年公布了结果。"),
        (["刊在第几卷第几期？", "Which volume is it in?"], "World J Stem Cells 2025; 17(3): 1.", "2025 年公布了结果。"),
        (["通讯作者的邮箱是什么", "What is his email?"], "通讯作者：lin@example.org", COUNTED),
        (["保存温度是多少", "At what temperature is it kept?"], "外泌体在 -80 ℃ 保存。", COUNTED),
        (["中位生存期多长", "What is their life expectancy?"], "病人平均存活 3 年。", "干细胞使病人活得更久。"),
        (["有什么副作用", "What are the side effects?"], "没有观察到毒性。", "有毒的星形胶质细胞和神经毒性。"),
        (["要打几次？", "How many times is it given?"], "细胞重复给药三次。", COUNTED),
        (["半衰期多长", "What is its half-life?"], "它的半衰期约为 5 小时。", "疗效持续了 6 个月。"),
        (["我以后得病的可能性大不大"], "约有一半的子女会发病。", "2025 年公布了结果。"),
        (["中国有多少阿尔茨海默病患者？"], "约有 1000 万名患者。", "下降了 25%。"),
        (["捐献者年龄有影响吗", "用自己的细胞好吗", "Does the donor matter?"], "供者越年轻，细胞越好。", COUNTED),
        (["这种情况药该怎么调", "How do I taper this medicine?"], "应逐步减量。", COUNTED),
        (["打一针要多少钱？", "医保能报销吗", "What does it cost?"], "一个疗程的费用约 5 万元。", COUNTED),
        (["每公斤输多少个细胞？", "What dose was given?"], "每公斤体重输入 1×10⁶ 个细胞。", COUNTED),
        (["几岁发病？", "At what age does it start?"], "多在 40 岁前后发病。", "老年痴呆的病因不明。"),
        (["哪家公司做的？", "Who makes it?"], "由一家生物技术公司研制。", COUNTED),
        (["谁最早发现的？", "Who discovered them?"], "由一位教授首次描述。", COUNTED),
        (["入组了多少名患者？", "样本量多大", "How many patients took part?"], COUNTED, "2025 年 6 月公布了结果。"),
        (
            ["主持研究的是哪位教授？", "谁写的", "Who led the trial?"],
            "Lin JT, Feng YP. World J Stem Cells.",
            "2025 年公布了结果。",
        ),
        (["外泌体直径多少纳米", "How big are exosomes?"], "外泌体的直径为 30 至 150 nm。", COUNTED),
        (["是哪个基因突变导致的？", "Which gene is it?"], "SOD1 发生突变的小鼠活得更久。", "2025 年 6 月公布了结果。"),
        (["这个病怎么确诊？", "How is it diagnosed?"], "确诊要看影像检查。", COUNTED),
        (["男女比例如何？"], "男性约占 60%。", COUNTED),
        (["健保有給付嗎？", "要自费吗"], "该疗法尚未纳入医保。", COUNTED),
        (["这种药的商品名是什么？", "What is its brand name?", "该药叫什么"], "该产品的商品名尚未公布。", COUNTED),
        (["有哪些专利？", "Who holds the patents?"], "该专利由大学持有。", COUNTED),
        (["乙肝患者可以接受干细胞移植吗？", "有什么禁忌", "Who is eligible?"], "活动性感染者为禁忌，不纳入试验。", COUNTED),
        (["平时吃什么好？", "有什么忌口", "What should he eat?"], "饮食以清淡为宜。", COUNTED),
        (["打太极拳有用吗？", "Does yoga help?"], "规律锻炼能改善平衡。", COUNTED),
        (["移植後能用核磁共振追蹤嗎？", "Can MRI track them?"], "标记后的细胞可用磁共振成像。", COUNTED),
        (["需要全身麻醉吗？", "Is anaesthesia needed?"], "手术在局部麻醉下进行。", COUNTED),
        (["外泌体用超速离心还是试剂盒提取？", "How are exosomes isolated?"], "外泌体经离心分离。", COUNTED),
        (["有哪些表面标志？", "Which surface markers define them?"], "细胞表达 CD73 和 CD90。", "它是一种生物标志物。"),
        (["在哪几个国家做的？", "去哪报名", "Where was it done?"], "综述由新乡医学院的研究人员完成。", NOT_COUNTED),
    ],
)
def test_what_is_asked_for_must_be_there(questions: list[str], answer: str, no_answer: str) -> None:
    """An amount, a share, a date, a place …: a sentence without one lacks it, whatever other numbers it has."""
    for question in questions:
        assert not lacks_kind(question, answer), question
        assert lacks_kind(question, no_answer) and lacks_kind(question, NOT_COUNTED), question


@pytest.mark.parametrize("question", ["副作用大吗？", "What are the side effects?"])
def test_harm_is_told_by_words_of_harm_or_safety(question: str) -> None:
    """Which say that there was none, too."""
    assert not lacks_kind(question, COUNTED) and not lacks_kind(question, "很少引起免疫排斥，没有形成肿瘤的风险。")
    assert lacks_kind(question, "Ⅲ期研究里，NLRP3 和 IL-10 的水平都下降了，这是第一步。")


@pytest.mark.parametrize(
    "question",
    [
        "它对星形胶质细胞有什么 effect？",
        "Do they protect neurons?",
        "平时饮食不健康会得这种病吗？",
        "My grant application was turned down. What still stands in the way?",
        "How much of the mind is left?",
    ],
)
def test_words_that_only_look_like_it_ask_for_no_kind(question: str) -> None:
    """A part of a word, a subject, a story, an extent."""
    assert not lacks_kind(question, NOT_COUNTED) and not lacks_kind(question, "MSC 主要靠旁分泌起作用。")


def test_a_part_of_another_word_gives_no_kind() -> None:
    """融入组织 is no 入组."""
    assert lacks_kind("乙肝患者能接受干细胞移植吗？", "细胞怎样更好地融入组织，仍是难题。")


@pytest.mark.parametrize("question", ["细胞没几天就死了，那怎么还有用？", "好几年了，还能治吗？"])
def test_vague_times_ask_for_no_time(question: str) -> None:
    """Though 几天 and 几年 do elsewhere."""
    assert not lacks_kind(question, "MSC 主要靠旁分泌起作用。")


@pytest.mark.parametrize(
    "question", ["安全吗？", "有哪些作用？", "从哪几个方面起作用？", "这几年热不热？", "Is it safe?", "外泌体", ""]
)
def test_other_questions_need_neither(question: str) -> None:
    """Nothing is held against a sentence where no kind is asked for."""
    assert not lacks_kind(question, NOT_COUNTED) and not lacks_kind(question, COUNTED)


@pytest.mark.parametrize(
    "question", ["外泌体是什么？", "什么是外泌体", "外泌体指什么", "外泌体的定义是什么", "What is NfL?", "define exosome"]
)
def test_who_asks_what_a_thing_is_is_understood(question: str) -> None:
    """In either language, with or without a mark."""
    assert asks_what_it_is(question)


@pytest.mark.parametrize(
    "question",
    [
        "外泌体有什么作用？",
        "ALS 的病理特点是什么？",
        "有几个特点，分别是什么？",
        "What is the dose that is given?",
        "为什么是外泌体",
    ],
)
def test_other_questions_do_not_ask_what_a_thing_is(question: str) -> None:
    """Though the words are alike."""
    assert not asks_what_it_is(question)


def test_a_sentence_that_says_what_a_thing_is_defines_it() -> None:
    """The name stands before 'is', before its explanation in brackets, or after 'so-called'; mere mention is none."""
    named = Span(0, 3)
    assert defines("外泌体是细胞外囊泡中较小的一类。", named=[named])
    assert defines("外泌体（exosome）即细胞释放的小泡。", named=[named])
    assert defines("所谓归巢，是指 MSC 向受伤的部位迁移。", named=[Span(2, 4)])
    assert not defines("外泌体能够穿过血脑屏障。", named=[named]) and not defines("没有提到它。", named=[])
