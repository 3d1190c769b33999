"""Citations as proofs: a quote is served only if the text has it, to the character, where the citation says."""

from corpus.model import Passage, Span
from index.opening import Generation
from qa.model import Citation

_AROUND = 32  # characters of prefix and suffix in a W3C TextQuoteSelector


class CitationError(Exception):
    """A quote isn't in the text where it was said to be; nothing of it may be served."""


def cite(number: int, passage: Passage, span: Span, quote: str, generation: Generation) -> Citation:
    """Return a citation of ``quote`` at ``span`` of the passage's document, checked in ``generation``.

    Raises ``CitationError`` where document, passage, place and quote don't agree in every character.
    """
    document = generation.documents.get(passage.document_id)
    if document is None or passage.id not in generation.rows:
        raise CitationError(f"passage {passage.id} isn't of generation {generation.name}")
    text = document.text
    if passage.span.of(text) != passage.text or not passage.span.contains(span):
        raise CitationError(f"passage {passage.id} isn't where it should be")
    if not quote or span.of(text) != quote:
        raise CitationError(f"the quote isn't at {span.start} to {span.end} of {document.id}")
    return Citation(
        number=number,
        passage=passage,
        document_title=document.title,
        quote=quote,
        span=span,
        prefix=text[max(0, span.start - _AROUND) : span.start],
        suffix=text[span.end : span.end + _AROUND],
        source=document.source,
    )
