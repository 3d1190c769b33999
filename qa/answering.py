"""The extractive answer: one to three sentences of the corpus, word for word, each with its citation."""

from collections.abc import Sequence

from corpus.matching import normalise_text
from qa.language import InterfaceLanguage
from qa.model import Answer, AnswerSentence, Citation, Hit

_MOST_SENTENCES = 3
# A further sentence joins the answer if its score comes this close to the first one's.
_CLOSE = 0.94

NOT_FOUND: dict[InterfaceLanguage, str] = {
    "zh": "语料库中没有找到能回答这个问题的内容。下面列出的是最接近的段落，仅供参考。",
    "en": "The corpus does not answer this question. The nearest passages are listed below.",
}


def no_answer(language: InterfaceLanguage) -> Answer:
    """Return the answer that says that there is none, in the asker's language."""
    return Answer("none", NOT_FOUND[language], ())


def extract(hits: Sequence[Hit], citations: Sequence[Citation]) -> Answer:
    """Return an answer made of evidence sentences of the first hits; each of them must have a citation."""
    number_of = {(citation.passage.id, citation.span): citation.number for citation in citations}
    offered = sorted(
        ((evidence, hit) for hit in hits[:_MOST_SENTENCES] for evidence in hit.evidence),
        key=lambda pair: (pair[1].rank != 1, -pair[0].score),
    )
    chosen = [offered[0]]
    for evidence, hit in offered[1:]:
        is_close = evidence.score >= _CLOSE * offered[0][0].score
        is_new = normalise_text(evidence.text) not in {normalise_text(other.text) for other, _ in chosen}
        if len(chosen) < _MOST_SENTENCES and is_close and is_new:
            chosen.append((evidence, hit))
    chosen.sort(key=lambda pair: (pair[1].rank, pair[0].span))
    sentences = tuple(AnswerSentence(evidence.text, (number_of[hit.passage.id, evidence.span],)) for evidence, hit in chosen)
    return Answer("extractive", "".join(f"{item.text}[{item.citations[0]}]" for item in sentences), sentences)
