"""Checking a claim: which sentences of the corpus bear on it, and whether they support or contradict it."""

import re
from dataclasses import dataclass

import numpy as np

from corpus.model import Passage, Span
from index.generations.opening import Generation
from index.models.calibration import TextLanguage
from index.models.embedding import Encoded, headings
from qa.retrieval.candidates import Candidates, question_tokens
from qa.retrieval.ranking import Ranked
from qa.statements.reader import Statement, StatementReader
from qa.verification.difference import Difference
from qa.verification.model import ClaimCheck, ClaimEvidence
from qa.verification.pieces.findings import Finding, kind_of
from qa.verification.pieces.judging import decides, judge_sentence, leans_back
from qa.verification.pieces.nearness import Nearness

_STATING = ("body", "notice")  # roles of passages that say something themselves: the title of a paper that is cited doesn't
_MOST_PASSAGES = 8
_MOST_SENTENCES = 10
_SHOWN = 5
_DENIED = re.compile(
    r"排除|禁忌|禁止|不应|不得|不宜|不可|不能|不要|不适|误区|误解|谣言|错误|\b(?:not|never|don['’]ts?|exclu\w*|contraindicat\w*|avoid|myths?)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was found for a statement in ``language``: its vectors, the candidates, and these ranked, best first."""

    language: TextLanguage
    encoded: Encoded
    candidates: Candidates
    ranked: list[Ranked]


@dataclass(frozen=True, slots=True)
class _Near:
    """A sentence near the claim: its passage, its number there, the candidate, and the mean cosine with the claim."""

    passage: Passage
    number: int
    candidate: int
    tokens: float

    @property
    def span(self) -> Span:
        """Where the sentence stands in the document."""
        return self.passage.sentences[self.number]


def check_claim(claim: str, found: LookedUp, generation: Generation, reader: StatementReader) -> ClaimCheck:
    """Return the judgement on ``claim``, given what was found for it: that of the sentence that has most of it."""
    said = reader.read(claim)
    question = question_tokens(found.encoded.tokens.vectors, found.language, generation)
    judged = [_judge(said, near, question, found, generation, reader) for near in _nearest(found)]
    if not judged:
        return ClaimCheck("unsupported", ())
    first = judged[decides([(item.support, item.score) for item in judged])]
    rest = sorted((item for item in judged if item is not first), key=lambda item: -item.score)
    return ClaimCheck(first.support, (first, *rest[: _SHOWN - 1]))


def _nearest(found: LookedUp) -> list[_Near]:
    candidates = found.candidates
    near = []
    for item in [item for item in found.ranked if item.passage.role in _STATING][:_MOST_PASSAGES]:
        tokens = candidates.sentence_signals.tokens[candidates.sentences.of(item.candidate)]
        near += [_Near(item.passage, number, item.candidate, float(value)) for number, value in enumerate(tokens)]
    return sorted(near, key=lambda item: -item.tokens)[:_MOST_SENTENCES]


def _judge(
    claim: Statement, near: _Near, question: np.ndarray, found: LookedUp, generation: Generation, reader: StatementReader
) -> ClaimEvidence:
    document = generation.documents[near.passage.document_id]
    reading = near.passage.reading_of(near.span)
    surroundings = [document.title, *headings(near.passage)]
    if near.number and leans_back(reading):
        surroundings.append(near.passage.reading_of(near.passage.sentences[near.number - 1]))
    nearness = _nearness(near, question, found, generation)
    judgement = judge_sentence(claim, reading, nearness, surroundings, reader, generation.glossary, found.language)
    support = judgement.support
    if support == "supported" and not _may_support(near.passage):
        support = "partial"
    return ClaimEvidence(
        document_id=document.id,
        passage_id=near.passage.id,
        section_path=near.passage.section_path,
        span=near.span,
        text=near.span.of(document.text),
        score=round(max(0.0, min(1.0, (3 * judgement.covered + near.tokens) / 4)), 4),
        support=support,
        differences=tuple(_difference(item, claim.text, reading) for item in judgement.findings),
        parts=judgement.parts,
    )


def _nearness(near: _Near, question: np.ndarray, found: LookedUp, generation: Generation) -> Nearness:
    block = found.candidates.block
    whole, body = block.of(near.candidate), block.body_of(near.candidate)
    spans = block.spans[body].astype(np.int64)
    start, end = found.candidates.sentences.within(near.candidate)[near.number]
    inside = (spans[:, 1] > start) & (spans[:, 0] < end)
    compared = generation.tokens.compare(np.asarray([generation.rows[near.passage.id]]), question)
    cosines = compared.cosines[body.start - whole.start :][inside]
    return Nearness(cosines.T, found.encoded.tokens.spans.astype(np.int64), spans[inside] - start)


def _difference(item: Finding, claim: str, reading: str) -> Difference:
    return Difference(
        kind_of(item.relation),
        item.place.of(reading) if item.place else "",
        item.span.of(claim),
        item.place,
        item.span,
        item.contradicts,
    )


def _may_support(passage: Passage) -> bool:
    """Tell whether sentences of a passage can support a claim: they are content, whole for sure, and not denied by a lead.

    An item of 'exclusion criteria' or 'what not to do' says the opposite of its own words.
    """
    return not passage.doubtful and not (passage.form == "list" and _denies(passage))


def _denies(passage: Passage) -> bool:
    leading = passage.text[: passage.sentences[0].start - passage.span.start]
    return bool(_DENIED.search(" ".join((passage.context.lead, leading, *passage.section_path[-1:]))))
