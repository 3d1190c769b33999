"""Citations as proofs: a quote is served only if the text has it, to the character, where the citation says."""

from corpus.model import Passage, Span
from corpus.passages.chunking import passage_id
from corpus.places import page_place
from index.generations.opening import Generation
from qa.model import Citation

_AROUND = 32  # characters of prefix and suffix in a W3C TextQuoteSelector


class CitationError(Exception):
    """A quote isn't in the text where it was said to be; nothing of it may be served."""


def cite(number: int, passage: Passage, span: Span, quote: str, generation: Generation) -> Citation:
    """Return a citation of ``quote`` at ``span`` of the passage's document, checked in ``generation``.

    Raises ``CitationError`` where document, passage, place and quote don't agree in every character. The passage's id is
    a hash of its text, so text and passage can't have been changed together either.
    """
    document = generation.documents.get(passage.document_id)
    row = generation.rows.get(passage.id)
    if document is None or row is None or generation.passages[row] != passage:
        raise CitationError(f"passage {passage.id} isn't of generation {generation.name}")
    text = document.text
    if passage.span.start < 0 or passage.span.of(text) != passage.text or not passage.span.contains(span):
        raise CitationError(f"passage {passage.id} isn't where it should be")
    if not _is_own_id(passage, generation):
        raise CitationError(f"passage {passage.id} isn't the text that was indexed")
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
        reading=passage.reading_of(span),
        status=document.status,
        as_of=document.as_of,
        place=page_place(document, span),
    )


def cite_passage(passage: Passage, span: Span, generation: Generation) -> Citation:
    """Return a citation of what stands at ``span`` of a passage; raises ``CitationError`` where the passage doesn't hold."""
    within = passage.text[max(0, span.start - passage.span.start) : span.end - passage.span.start]
    return cite(1, passage, span, within, generation)


def _is_own_id(passage: Passage, generation: Generation) -> bool:
    """Tell whether the passage's id is the hash of its text, as the first or a further one of that text."""
    if passage.id == passage_id(passage.document_id, passage.text, 1):
        return True
    copies = sum(other.text == passage.text for other in generation.passages if other.document_id == passage.document_id)
    return any(passage.id == passage_id(passage.document_id, passage.text, count) for count in range(2, copies + 1))
