"""Checking a whole draft: each of its sentences as a claim, and what of it is none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from corpus.blocks.partition import read_blocks
from corpus.files.front_matter import read_front_matter
from corpus.model import Block, Span
from corpus.passages.chunking import block_sentences
from corpus.readings import cuts_within, read_span
from qa.verification.model import ClaimCheck
from qa.verification.quotes import LONGEST

# Kinds of blocks that state something, and those that a draft isn't told about: they hold no words of its author.
_STATING = ("paragraph", "item", "answer", "caption")
_NO_TEXT = ("front_matter", "furniture", "comment", "image")
_ASKING = ("?", "？")
QUESTION, TOO_LONG = "question", "long"


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft at ``span``; ``text`` is what it reads, and what spans of its check index.

    ``left_out`` tells why it isn't checked: the kind of block that it is (a heading, a row …), that it asks, or that it is
    longer than a claim may be; empty where it is. ``checked`` is None until it was.
    """

    span: Span
    text: str
    left_out: str = ""
    checked: ClaimCheck | None = None


def read_draft(text: str, *, markdown: bool = False) -> tuple[DraftSentence, ...]:
    """Return the sentences of ``text`` in order; raises ``CorpusError`` where its front matter can't be read.

    Where nothing but headings and the like is there, these are sentences too: one who types a claim gives it no full stop.
    """
    start = read_front_matter(text, "draft").span.end if markdown else 0
    blocks = [block for block in read_blocks(text, start, markdown=markdown) if block.kind not in _NO_TEXT]
    stating = any(block.kind in _STATING for block in blocks)
    found = [sentence for block in blocks for sentence in _sentences(block, text, stating)]
    return tuple(found)


def check_sentence(sentence: DraftSentence, check: Callable[[str], ClaimCheck]) -> DraftSentence:
    """Return ``sentence`` with what ``check`` says of it; one that is left out comes back as it is."""
    return sentence if sentence.left_out else replace(sentence, checked=check(sentence.text))


def is_upheld(sentences: tuple[DraftSentence, ...]) -> bool:
    """Tell whether all of the draft that was checked is supported, and there is such."""
    verdicts = [sentence.checked.support for sentence in sentences if sentence.checked]
    unchecked = any(sentence.left_out == TOO_LONG for sentence in sentences)
    return bool(verdicts) and not unchecked and all(verdict == "supported" for verdict in verdicts)


def _sentences(block: Block, text: str, stating: bool) -> Iterator[DraftSentence]:
    for span in block_sentences(block, text):
        read = read_span(span.of(text), span, cuts_within(span, block.joins)).text.strip()
        if block.kind == "heading" and block.title:
            read = block.title
        if not any(map(str.isalnum, read)):
            continue
        left_out: str = "" if block.kind in _STATING or not stating else block.kind
        if read.endswith(_ASKING):
            left_out = QUESTION
        elif not left_out and len(read) > LONGEST:
            left_out = TOO_LONG
        yield DraftSentence(span, read, left_out)
