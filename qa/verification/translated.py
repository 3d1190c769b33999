"""Recognising a quote of the translation that stands beside a text: an aid to reading, whose place is in the text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.model import Document, Span
from qa.statements.clauses import negation_marks
from qa.verification.loose_form import LooseForm, loosen
from qa.verification.taken_back import is_taken_back

_SENTENCE_ENDS = (". ", "? ", "! ", "; ", "。", "？", "！", "；", "\n")


@dataclass(frozen=True, slots=True)
class TranslatedForm:
    """A translated block: the number of its document, the place that it translates, its words and their loose form."""

    number: int
    span: Span
    text: str
    form: LooseForm


def translated_forms(documents: Sequence[Document]) -> tuple[TranslatedForm, ...]:
    """Return all translated blocks of ``documents``."""
    return tuple(
        TranslatedForm(number, block.span, block.text, loosen(block.text))
        for number, document in enumerate(documents)
        if document.translation
        for block in document.translation.blocks
    )


def find_translated(form: LooseForm, numbers: Sequence[int], blocks: Iterable[TranslatedForm]) -> list[TranslatedForm]:
    """Return the blocks of the numbered documents that hold the quote of loose ``form`` whole: no word and no denial cut."""
    return [block for block in blocks if block.number in numbers and _holds(block, form)]


def _holds(block: TranslatedForm, form: LooseForm) -> bool:
    place = block.form.text.find(form.text)
    while place >= 0:
        span = block.form.original(place, place + len(form.text))
        if not _is_cut(block.text, span):
            return True
        place = block.form.text.find(form.text, place + 1)
    return False


def _is_cut(text: str, span: Span) -> bool:
    """Tell whether a quote at ``span`` begins or ends within a word or number, or leaves out what denies it."""
    for edge in (span.start, span.end):
        beside = text[max(edge - 1, 0) : edge + 1]
        if len(beside) == 2 and all(map(str.isalnum, beside)):
            return True
    begin = max(
        (text.rfind(mark, 0, span.start) + len(mark) for mark in _SENTENCE_ENDS if mark in text[: span.start]), default=0
    )
    ends = [place for mark in _SENTENCE_ENDS if (place := text.find(mark, span.end)) >= 0]
    sentence = text[begin : min(ends, default=len(text))]
    return bool(negation_marks(text[begin : span.start])) or (is_taken_back(sentence) and not is_taken_back(span.of(text)))
