"""A reading aid for askers in English: the Chinese terms of a sentence with their English names, from the term base."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from corpus.matching import HAN
from corpus.model import Span
from corpus.term_base import TermBase
from qa.model import Answer, Citation, Gloss, Hit

_CHINESE = re.compile(f"[{HAN}]")


class Glosser:
    """Finds the terms of sentences by one term base; what it keeps goes with it."""

    def __init__(self, terms: TermBase) -> None:
        self._terms = terms
        self._held = lru_cache(maxsize=5000)(self._read)  # the same sentences of the corpus are quoted again and again

    def gloss(self, text: str, start: int) -> tuple[Gloss, ...]:
        """Return the terms of ``text`` that are written in Chinese, in order; ``start`` is its place in the document."""
        return tuple(
            Gloss(Span(item.span.start + start, item.span.end + start), item.zh, item.en) for item in self._held(text)
        )

    def _read(self, text: str) -> tuple[Gloss, ...]:
        found = ((match.span, match.span.of(text), match.concept.en) for match in self._terms.find(text))
        return tuple(Gloss(span, written, english) for span, written, english in found if _CHINESE.search(written))


def with_glosses(
    answer: Answer, hits: Sequence[Hit], citations: Sequence[Citation], glosser: Glosser
) -> tuple[Answer, list[Hit]]:
    """Return the answer and the hits with glosses on each quoted sentence; spans are of the documents' text."""
    quoted = {citation.number: citation for citation in citations}
    sentences = []
    for sentence in answer.sentences:
        citation = quoted[sentence.citations[0]] if sentence.citations else None
        verbatim = citation is not None and citation.quote == citation.reading == sentence.text
        glosses = glosser.gloss(sentence.text, citation.span.start) if citation and verbatim else ()
        sentences.append(replace(sentence, glosses=glosses))
    glossed = [
        replace(
            hit,
            evidence=tuple(replace(item, glosses=glosser.gloss(item.text, item.span.start)) for item in hit.evidence),
        )
        for hit in hits
    ]
    return replace(answer, sentences=tuple(sentences)), glossed
