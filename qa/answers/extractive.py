"""The extractive answer: sentences of the corpus, word for word, each with its citation."""

from collections.abc import Sequence
from dataclasses import replace

from corpus.model import Passage, Span
from index.generations.opening import Generation
from qa.answers.citations import CitationError, cite
from qa.model import Answer, AnswerSentence, Chosen, Citation, Hit
from qa.questions.language import InterfaceLanguage

NOT_FOUND: dict[InterfaceLanguage, str] = {
    "zh": "语料库中没有找到能回答这个问题的内容。下面列出的是最接近的段落，仅供参考。",
    "en": "The corpus does not answer this question. The nearest passages are listed below.",
}
UNSURE: dict[InterfaceLanguage, str] = {
    "zh": "把握不大：下面的句子可能没有直接回答，请核对原文。",
    "en": "Not sure: these sentences may not answer the question. Check them in the text.",
}
# With what the question names and no text does.
_NOT_NAMED: dict[InterfaceLanguage, tuple[str, str, str]] = {
    "zh": ("语料库里没有查到{names}。", "“{name}”", "、"),
    "en": ("{names} can’t be found in the corpus. ", "“{name}”", ", "),
}


def no_answer(language: InterfaceLanguage, missing: Sequence[str] = ()) -> Answer:
    """Return the answer that says that there is none, and which names no text has, in the asker's language."""
    return Answer("none", not_named(language, missing) + NOT_FOUND[language], (), missing=tuple(missing))


def not_named(language: InterfaceLanguage, missing: Sequence[str]) -> str:
    """Return a sentence that says which names no text has; empty where all are there."""
    if not missing:
        return ""
    sentence, quoted, comma = _NOT_NAMED[language]
    return sentence.format(names=comma.join(quoted.format(name=name) for name in missing))


def extract(
    chosen: Sequence[Chosen], hits: Sequence[Hit], citations: Sequence[Citation], generation: Generation
) -> tuple[Answer, list[Hit], list[Citation]]:
    """Return the answer of the ``chosen`` sentences, and hits and citations that carry all of them.

    A sentence that no citation carries yet gets the next number, after its quote was checked; one that fails is left out.
    Each becomes evidence of its passage. In the answer's text a table's rows stand a line each below their column names
    with units, which are no part of the quotes.
    """
    hits, citations = list(hits), list(citations)
    number_of = {(citation.passage.id, citation.span): citation.number for citation in citations}
    sentences: list[AnswerSentence] = []
    pieces: list[str] = []
    columns = ""  # the names that the rows so far stand below
    for item in chosen:
        hit, sentence = hits[item.place], item.evidence
        key = (hit.passage.id, sentence.span)
        if key not in number_of:
            try:
                made = cite(len(citations) + 1, hit.passage, sentence.span, sentence.text, generation)
            except CitationError:
                continue
            citations.append(made)
            number_of[key] = made.number
        if all(sentence.span != other.span for other in hit.evidence):
            hits[item.place] = replace(hit, evidence=(*hit.evidence, sentence))
        sentences.append(AnswerSentence(sentence.reading, (number_of[key],)))
        names = columns_of(hit.passage, sentence.span)
        if names and names != columns:
            pieces += "\n" * bool(pieces), names
        pieces += "\n" * bool(names or columns), f"{sentence.reading}[{number_of[key]}]"
        columns = names
    return Answer("extractive", "".join(pieces), tuple(sentences)), hits, citations


def columns_of(passage: Passage, row: Span) -> str:
    """Return what the header of the table that ``row`` of a passage is in reads; empty where it is no row or has none.

    The header stands in the passage before its first row, or in its context where the table began in an earlier one.
    """
    if passage.form != "table" or passage.context.header:
        return passage.context.header
    place, header = passage.span.start, ""
    for sentence in passage.sentences:
        if sentence.start >= row.end:
            break
        if between := passage.reading_of(Span(place, sentence.start)).strip():
            header = between
        place = sentence.end
    return header
