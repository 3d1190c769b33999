"""The parts of a long sentence that each say something of their own: items of a list, what semicolons part."""

import itertools
import re

from corpus.model import Span

_CUT = re.compile(r"[；;]|(?<=[^\d\s])(?=[(（]\d{1,2}[)）])(?!.{3,4}[-\w])|(?=[①-⑳])|(?<=[。！？])")
_LEAD = re.compile(r"[^：:]*[：:]")


def segments(text: str) -> tuple[Span, ...]:
    """Return the parts of ``text`` in order, without what is blank."""
    cuts = [
        0,
        *sorted({match.end() if match.end() > match.start() else match.start() for match in _CUT.finditer(text)}),
        len(text),
    ]
    spans = [Span(start, end) for start, end in itertools.pairwise(cuts) if text[start:end].strip()]
    return tuple(spans) or (Span(0, len(text)),)


def lead_of(text: str) -> str:
    """Return what stands before the first colon of a sentence of several parts: it is said of them all."""
    match = _LEAD.match(text)
    return match[0] if match else ""
