"""What a question takes for granted: what is left of it without the words that ask."""

from dataclasses import dataclass
from pathlib import Path

from corpus.matching import normalise
from corpus.model import Span
from qa.statements.rules import read_patterns

_REASONS, _PLACES = read_patterns(Path(__file__).with_suffix(".toml"), "reasons", "places")
_LEAST = 6  # characters of a premise that says something


@dataclass(frozen=True, slots=True)
class Premise:
    """A question with blanks in place of the words that ask, so that places in one are places in the other."""

    text: str


def read_premise(question: str) -> Premise | None:
    """Return what ``question`` takes for granted, or None where it merely asks."""
    form = normalise(question)
    reasons = [form.original(*match.span()) for match in _REASONS.finditer(form.text)]
    places = [form.original(*match.span()) for match in _PLACES.finditer(form.text)]
    if not reasons and not places:
        return None
    text = question
    for span in [*reasons, *places]:
        text = _blanked(text, span)
    end = len(text.rstrip(" ？?。.!！呢吗\n"))
    text = _blanked(text, Span(end, len(text)))
    return Premise(text) if sum(map(str.isalnum, text)) >= _LEAST else None


def _blanked(text: str, span: Span) -> str:
    return text[: span.start] + " " * len(span) + text[span.end :]
