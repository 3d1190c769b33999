"""Passages: whole sentences of one section, packed evenly up to a size."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from corpus.model import Document, Passage, Section, Span
from corpus.sentences import split_lines, split_sentences

CHUNKING = "sentences-300-v1"
LIMIT = 300

# What a passage of few characters costs, and what one costs that runs over a paragraph's end: short paragraphs are
# joined, others stay whole.
_SHORT, _CROSSING, _EACH = 150, 0.3, 0.05
_INNER_MARK = re.compile(r"[；;，,、：:）)]|\s")


def split_passages(document: Document, limit: int = LIMIT) -> tuple[Passage, ...]:
    """Return the passages of ``document`` in order, each of at most ``limit`` characters.

    Every character that isn't white space, front matter or heading is in exactly one passage. A sentence is cut only if
    it alone is over the limit, at its best inner mark.
    """
    seen: Counter[str] = Counter()
    passages = []
    for section in document.sections:
        split = split_lines if section.role == "reference" else split_sentences
        whole = split(document.text, section.span)
        sentences = [part for sentence in whole for part in _cut(document.text, sentence, limit)]
        for group in _pack(document.text, sentences, limit):
            span = Span(group[0].start, group[-1].end)
            text = span.of(document.text)
            seen[text] += 1
            passages.append(_passage(document, section, span, tuple(group), text, seen[text]))
    return tuple(passages)


def passage_id(document_id: str, text: str, occurrence: int) -> str:
    """Return the id of a document's ``occurrence``-th passage of that text: it changes with them and with nothing else."""
    content = f"{document_id}\x00{text}\x00{occurrence}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:16]


def _passage(
    document: Document, section: Section, span: Span, sentences: tuple[Span, ...], text: str, occurrence: int
) -> Passage:
    identifier = passage_id(document.id, text, occurrence)
    return Passage(identifier, document.id, section.path, span, sentences, text, section.role)


def _pack(text: str, sentences: Sequence[Span], limit: int) -> list[list[Span]]:
    """Return ``sentences`` in groups of at most ``limit`` characters at the lowest cost (dynamic programming)."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(sentences) + 1):
        choices = []
        crossings = 0
        for start in range(end - 1, -1, -1):
            length = sentences[end - 1].end - sentences[start].start
            if length > limit and start < end - 1:
                break
            if start < end - 1 and "\n" in text[sentences[start].end : sentences[start + 1].start]:
                crossings += 1
            shortfall = max(0, _SHORT - length) / _SHORT
            choices.append((best[start][0] + shortfall**2 + _CROSSING * crossings + _EACH, start))
        best.append(min(choices))
    groups = []
    end = len(sentences)
    while end:
        start = best[end][1]
        groups.append(list(sentences[start:end]))
        end = start
    return groups[::-1]


def _cut(text: str, sentence: Span, limit: int) -> list[Span]:
    """Return ``sentence`` whole, or in even parts of at most ``limit`` characters, cut after inner marks where it can."""
    parts = []
    start = sentence.start
    while sentence.end - start > limit:
        count = -(-(sentence.end - start) // limit)
        wanted = start + -(-(sentence.end - start) // count)
        marks = [mark.end() for mark in _INNER_MARK.finditer(text, start + limit // 4, start + limit)]
        end = min(marks, key=lambda place: abs(place - wanted)) if marks else start + limit
        parts.append(_trim(text, start, end))
        start = end
    parts.append(_trim(text, start, sentence.end))
    return [part for part in parts if len(part)]


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    if not piece.strip():
        return Span(start, start)
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))
