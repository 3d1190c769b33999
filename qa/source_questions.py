"""Whether a question is about the source or the notices of a text, which are kept apart from what it says."""

import re

_ASKS = re.compile(
    r"(?:第一|通[讯信])作者|作者.{0,3}(?:谁|名|叫|单位|有哪|列)|谁.{0,3}作者|(?:什么|哪)[^，。？]{0,3}(?:期刊|杂志)|刊(?:登|在|于)"
    r"|第几[卷页]|第几期(?!临床|的?试验|的?研究)|页码|题目|标题|参考(?:文献|资料)|出处|原文|引用|\bdoi\b"
    r"|免责|声明|侵权|版权|转载"
    r"|\bauthors?\s+(?:names?|list|of)\b|\b(?:first|corresponding|which|who\s+(?:are|were)\s+the)\s+authors\b"
    r"|\b(?:first|corresponding)\s+author\b|\b(?:which|what)\s+journal\b|\bvolume\b|\bpage\s+numbers?\b|\btitle\s+of\b"
    r"|\bcit(?:ed|es?|ations?)\b|\breferences?\b(?!\s+(?:range|value|interval|level))|\bbibliograph\w*"
    r"|\bdisclaimers?\b|\bcopyrights?\b|\bpermissions?\b|\breprint\w*",
    re.I,
)


def asks_for_source(question: str) -> bool:
    """Tell whether ``question`` asks who wrote something and where, or what is said about its use."""
    return bool(_ASKS.search(question))
