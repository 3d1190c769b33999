"""What a question takes for granted: what is left of it without the words that ask."""

from pathlib import Path

from corpus.matching import normalise
from corpus.model import Span
from qa.statements.rules import read_patterns

_ASKING = read_patterns(Path(__file__).with_suffix(".toml"), "reasons", "places")
_LEAST = 6  # characters of a premise that says something


def read_premise(question: str) -> str:
    """Return what ``question`` takes for granted, or nothing where it merely asks.

    Blanks stand in place of the words that ask, so that places in one are places in the other.
    """
    form = normalise(question)
    asking = [form.original(*match.span()) for pattern in _ASKING for match in pattern.finditer(form.text)]
    if not asking:
        return ""
    text = question
    for span in asking:
        text = _blanked(text, span)
    end = len(text.rstrip(" ？?。.!！呢吗\n"))
    text = _blanked(text, Span(end, len(text)))
    return text if sum(map(str.isalnum, text)) >= _LEAST else ""


def _blanked(text: str, span: Span) -> str:
    return text[: span.start] + " " * len(span) + text[span.end :]
