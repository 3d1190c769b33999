"""The words of the page that checks a text, Chinese beside English (labels.py has those of the other pages)."""

VERIFYING: dict[str, tuple[str, str]] = {
    "verify": ("核查", "Verify"),
    "verify_title": ("核查一段文字", "Check a text"),
    "verify_label": (
        "粘贴一段文字，中文或英文；每句话分别与语料库核对",
        "Paste a text, in Chinese or English; each sentence is held against the corpus",
    ),
    "verify_private": (
        "文字只随请求的正文发送，不写进日志，也不保存。",
        "The text is sent in the request’s body. It is neither logged nor kept.",
    ),
    "verify_button": ("开始核查", "Check it"),
    "verify_empty": ("请粘贴要核查的文字。", "Please paste the text to check."),
    "verify_nothing": ("这段文字里没有可以核查的陈述。", "The text states nothing that could be checked."),
    "verify_long": (
        "文字太长：{count} 个字符，一次最多 {most} 个。更长的文稿可以用命令 mscqa verify 核查。",
        "The text is too long: {count} characters, at most {most} at once. The command ‘mscqa verify’ takes longer ones.",
    ),
    "verify_many": (
        "句子太多：{count} 句，一次最多 {most} 句。更长的文稿可以用命令 mscqa verify 核查。",
        "The text has too many sentences: {count}, at most {most} at once. The command ‘mscqa verify’ takes longer ones.",
    ),
    "verify_result": ("核查结果", "What was found"),
    "verify_yours": ("你的句子", "Your sentence"),
    "verify_theirs": ("原文", "The corpus"),
    "verify_nearest": ("最接近的原文（不是依据）", "The nearest sentence (no evidence)"),
    "verify_differing": ("不同之处", "What differs"),
    "verify_how": ("关系", "How"),
    "verify_markdown": ("导出 Markdown", "Export as Markdown"),
    "verify_csv": ("导出 CSV", "Export as CSV"),
    "verify_meaning": ("各个结论的含义", "What the verdicts mean"),
    "verify_cannot": ("核查不能说明什么", "What a check can’t tell"),
    "verify_limits": (
        "核查只看这个语料库，不知道其他文献，也不判断原文本身对不对。“未找到依据”不等于错误，“有据”只表示语料库里有这样的说法。"
        "每句话单独核查，“它”“这种方法”这类指代前文的词可能判断不了；图、表和公式不在核查之内。"
        "程序会出错，少数错误的句子也会被判为“有据”，请务必对照原文。不构成医疗建议。",
        "It knows the texts of this corpus and no others, and not whether these are right. ‘Not supported’ doesn’t mean "
        "false; ‘supported’ means that the corpus says so. Each sentence is read by itself, so that ‘it’ or ‘this method’ "
        "may be lost; figures, tables and formulas are not read. The program errs, and a few false sentences are called "
        "supported: read the corpus’s own sentence before you rely on one. No medical advice.",
    ),
    "verdict_supported": ("有据", "Supported"),
    "verdict_partial": ("部分有据", "Partly supported"),
    "verdict_contradicted": ("与原文矛盾", "Contradicted"),
    "verdict_unsupported": ("未找到依据", "Not supported"),
    "means_supported": (
        "句子说的每一点都在所示原文里找到了，其中没有相反的说法。",
        "All that the sentence says was found in the sentence shown, and nothing there speaks against it.",
    ),
    "means_partial": (
        "大部分找到了，有些没有找到，或者与原文说的不完全一样；下面列出是哪些词。",
        "Most of it was found, and something wasn’t, or stands there otherwise; the words are listed.",
    ),
    "means_contradicted": (
        "原文说的是同一件事，但有一处说法不同：数字、名称、方向、肯定与否定或先后。",
        "The corpus speaks of the same and says one thing otherwise: a number, a name, a direction, a denial or an order.",
    ),
    "means_unsupported": (
        "语料库里没有找到说这件事的句子。",
        "No sentence of the corpus was found that says so.",
    ),
    "left_heading": ("标题，不核查", "A heading: not checked"),
    "left_question": ("疑问句，不核查", "A question: not checked"),
    "left_row": ("表格，不核查", "A row of a table: not checked"),
    "left_reference": ("参考文献，不核查", "A reference: not checked"),
    "left_notice": ("声明，不核查", "A notice: not checked"),
    "left_byline": ("署名，不核查", "A byline: not checked"),
    "left_code": ("代码，不核查", "Code: not checked"),
    "left_long": ("句子太长，没有核查", "Too long a sentence: not checked"),
    "relation_missing": ("原文没有", "not found there"),
    "relation_opposite": ("方向相反", "the opposite"),
    "relation_stronger": ("说得比原文强", "stronger than there"),
    "relation_wider": ("范围与原文不同", "of more, or of others, than there"),
    "relation_denied": ("一处肯定，一处否定", "one affirms, the other denies"),
    "relation_other_number": ("数字不同", "another number"),
    "relation_other_name": ("名称不同", "another name"),
    "relation_reversed": ("次序或主客颠倒", "the other way round"),
    "relation_elsewhere": ("原文可能说的是别的事物", "perhaps said of something else"),
    "column_number": ("序号", "Number"),
    "column_sentence": ("句子", "Sentence"),
    "column_verdict": ("结论", "Verdict"),
    "column_evidence": ("原文", "Evidence"),
    "column_document": ("文献", "Document"),
    "column_section": ("章节", "Section"),
    "column_place": ("位置", "Place"),
    "column_differences": ("不同之处", "Differences"),
}
