"""Whether the texts bear out what a question takes for granted: what they contradict isn't answered as if it were so."""

from collections.abc import Sequence

from index.generations.opening import Generation
from qa.model import Chosen, Evidence
from qa.questions.language import InterfaceLanguage
from qa.questions.premises import read_premise
from qa.retrieval.ranking import Ranked
from qa.statements.reader import StatementReader
from qa.verification.claims import LookedUp, check_claim
from qa.verification.model import ClaimCheck

WRONG: dict[InterfaceLanguage, str] = {
    "zh": "问题里当作前提的说法与原文不符，原文是：",
    "en": "The question takes for granted what the texts contradict. They say:",
}


def check_premise(question: str, found: LookedUp, generation: Generation, reader: StatementReader) -> ClaimCheck | None:
    """Return the judgement on what ``question`` takes for granted if a sentence contradicts it, else None."""
    premise = read_premise(question)
    if not premise:
        return None
    checked = check_claim(premise, found, generation, reader)
    return checked if checked.support == "contradicted" else None


def contradicting(checked: ClaimCheck | None, shown: Sequence[Ranked]) -> tuple[Chosen, ...]:
    """Return the sentence that contradicts a premise as the answer, if it stands in a passage that is shown."""
    if checked is None:
        return ()
    first = checked.evidence[0]
    for place, item in enumerate(shown):
        if item.passage.id == first.passage_id:
            reading = item.passage.reading_of(first.span)
            return (Chosen(place, Evidence(first.span, first.text, first.score, reading=reading)),)
    return ()
