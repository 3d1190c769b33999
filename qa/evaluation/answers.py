"""Is what an answer cites right, and is all there that was asked? Sentence by sentence, with the gold sentences as judge.

The measures are ALCE's citation precision and recall (Gao et al., EMNLP 2023, arXiv 2305.14627), adapted. ALCE lets a
language model judge whether a citation entails a sentence that another model wrote. Here each sentence of an answer is
its own citation, word for word, so that entailment is given; what remains to be judged is whether it answers, and the
gold sentences, which people chose, judge that. So these figures can't be compared with ALCE's.
"""

from collections.abc import Sequence

from corpus.model import Span
from qa.evaluation.dataset import GoldAnswer, Question

Cited = tuple[str, Span]
"""A quoted sentence: its document's id and its place."""

Ratio = tuple[float, float]


def measure_citations(question: Question, cited: Sequence[Cited]) -> dict[str, Ratio]:
    """Return the measures of an answer that cites ``cited``, at least one, to a question with gold answers.

    Precision is the share of citations that quote a gold sentence (those that only lead to the next one count against
    it); recall the share of the question's parts, one where it isn't parted, that some citation answers.
    """
    right = sum(any(_quotes(item, answer) for answer in question.answers) for item in cited)
    parts = {answer.part for answer in question.answers}
    met = {answer.part for answer in question.answers if any(_quotes(item, answer) for item in cited)}
    return {"citation precision": (right / len(cited), 1.0), "citation recall": (len(met) / len(parts), 1.0)}


def _quotes(item: Cited, answer: GoldAnswer) -> bool:
    """Tell whether a citation has more than half of a gold sentence, or lies in one."""
    document, span = item
    shared = max(0, min(span.end, answer.span.end) - max(span.start, answer.span.start))
    return document == answer.document_id and (shared * 2 > len(answer.span) or answer.span.contains(span))
