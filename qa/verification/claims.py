"""Checking a claim: which sentences of the corpus bear on it, and whether they support or contradict it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from corpus.model import Passage, Span
from index.generations.opening import Generation
from index.models.embedding import headings
from qa.retrieval.candidates import Candidates
from qa.retrieval.ranking import Ranked
from qa.statements.reader import Statement, StatementReader
from qa.verification.consistency import check, context_of
from qa.verification.coverage import NEAR, find_gaps
from qa.verification.model import ClaimCheck, ClaimEvidence, Support
from qa.verification.taken_back import is_taken_back

_MOST_PASSAGES = 8
_MOST_SENTENCES = 12
_SHOWN = 5
# A sentence that begins so speaks of what the one before it named.
_LEANS_BACK = re.compile(
    r"^[\W_]*(?:这|该|此|其|它|上述|两者|二者|前者|后者|同样|因此|[Tt]his|[Tt]hese|[Tt]hey|[Ii]ts?\b|[Tt]hose|[Ss]uch)"
)

_DENIED = re.compile(
    r"排除|禁忌|禁止|不应|不得|不宜|不可|不能|不要|不适|误区|误解|谣言|错误|\b(?:not|never|don['’]ts?|exclu\w*|contraindicat\w*|avoid|myths?)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Near:
    """A sentence near the claim: its passage, its number there, and the mean cosine of the claim's tokens with it."""

    passage: Passage
    number: int
    tokens: float

    @property
    def span(self) -> Span:
        """Where the sentence stands in the document."""
        return self.passage.sentences[self.number]


def check_claim(
    claim: str, candidates: Candidates, ranked: list[Ranked], generation: Generation, reader: StatementReader
) -> ClaimCheck:
    """Return the judgement on ``claim``, given the passages that were found for it, best first.

    It is that of the sentence nearest to the claim that supports or contradicts it; 'unsupported' where none does.
    """
    said = reader.read(claim)
    evidence = [_judge(said, near, generation, reader) for near in _nearest(candidates, ranked)]
    decisive = {"supported": 0, "contradicted": 1, "unsupported": 2}
    best = sorted(evidence, key=lambda item: (-item.score, decisive[item.support]))
    first = next((item for item in best if item.support != "unsupported"), None)
    if first is None:
        return ClaimCheck("unsupported", tuple(best[:_SHOWN]))
    return ClaimCheck(first.support, (first, *[item for item in best if item is not first][: _SHOWN - 1]))


def _nearest(candidates: Candidates, ranked: list[Ranked]) -> list[_Near]:
    found = []
    for item in ranked[:_MOST_PASSAGES]:
        for row in np.flatnonzero(candidates.owner == item.candidate):
            tokens = float(candidates.sentence_signals.tokens[row])
            found.append(_Near(item.passage, int(candidates.number[row]), tokens))
    return sorted(found, key=lambda near: -near.tokens)[:_MOST_SENTENCES]


def _judge(claim: Statement, near: _Near, generation: Generation, reader: StatementReader) -> ClaimEvidence:
    document = generation.documents[near.passage.document_id]
    text = near.span.of(document.text)
    reading = near.passage.reading_of(near.span)
    sentence = reader.read_held(reading)
    surroundings = [document.title, *headings(near.passage)]
    if near.number and _LEANS_BACK.match(reading):
        surroundings.append(near.passage.reading_of(near.passage.sentences[near.number - 1]))
    around = context_of(reader.read_held("\n".join(surroundings)))
    differences = check(claim, sentence, reader.terms, context=around, glossary=generation.glossary)
    vocabulary = generation.features.vocabulary
    gaps = find_gaps(claim, sentence, around, reader, generation.glossary, vocabulary)
    support: Support = "unsupported"
    if gaps.about_the_same and near.tokens >= NEAR:
        support = _support([item.contradicts for item in differences], decisive_gap=bool(gaps.decisive))
    if support == "supported" and is_taken_back(reading) and not is_taken_back(claim.text):
        support = "contradicted"
    if support == "supported" and not _may_support(near.passage):
        support = "unsupported"
    return ClaimEvidence(
        document_id=document.id,
        passage_id=near.passage.id,
        section_path=near.passage.section_path,
        span=near.span,
        text=text,
        score=round(max(0.0, min(1.0, (gaps.covered + near.tokens) / 2)), 4),
        support=support,
        differences=differences,
    )


def _may_support(passage: Passage) -> bool:
    """Tell whether sentences of a passage can support a claim: they are content, whole for sure, and not denied by a lead.

    An item of 'exclusion criteria' or 'what not to do' says the opposite of its own words.
    """
    return passage.role in ("body", "notice") and not passage.doubtful and not (passage.form == "list" and _denies(passage))


def _denies(passage: Passage) -> bool:
    leading = passage.text[: passage.sentences[0].start - passage.span.start]
    return bool(_DENIED.search(" ".join((passage.context.lead, leading, *passage.section_path[-1:]))))


def _support(contradicting: Collection[bool], *, decisive_gap: bool) -> Support:
    if any(contradicting):
        return "contradicted"
    return "unsupported" if contradicting or decisive_gap else "supported"
