"""Whether the parts of a generation fit together: what each place points at is there."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from corpus.model import Document, Passage, Span
from index.engines.feature_store import FeatureStore
from index.engines.tokens import TokenStore
from index.errors import CorruptGenerationError


def check_texts(documents: Mapping[str, Document], passages: Sequence[Passage]) -> None:
    """Raise ``CorruptGenerationError`` where a place of a document or passage isn't within its text, or an id isn't one."""
    for document in documents.values():
        length = len(document.text)
        headings = (section.heading for section in document.sections if section.heading)
        spans = [document.front_matter, *(section.span for section in document.sections), *headings]
        if not all(_is_within(span, length) for span in spans):
            raise CorruptGenerationError(f"a place of document {document.id!r} isn't within its text")
    if len({passage.id for passage in passages}) != len(passages):
        raise CorruptGenerationError("two passages have one id")
    for passage in passages:
        length, whole = len(documents[passage.document_id].text), passage.span
        if not all(_is_within(span, length) and whole.contains(span) for span in (whole, *passage.sentences)):
            raise CorruptGenerationError(f"a place of passage {passage.id!r} isn't within its text")


def check_rows(tokens: TokenStore, features: FeatureStore) -> None:
    """Raise ``CorruptGenerationError`` where a row of tokens or features begins or ends outside of them."""
    rows = (
        (tokens.starts, len(tokens.vectors), len(tokens.spans)),
        (features.starts, len(features.ids), len(features.spans)),
    )
    if not all(_are_starts(starts, sizes) for starts, *sizes in rows):
        raise CorruptGenerationError("the rows of its parts don't fit")
    ids = features.ids
    if len(ids) and not 0 <= int(ids.min()) <= int(ids.max()) < len(features.vocabulary):
        raise CorruptGenerationError("a feature isn't in the vocabulary")


def _is_within(span: Span, length: int) -> bool:
    return type(span.start) is int and type(span.end) is int and 0 <= span.start <= span.end <= length


def _are_starts(starts: npt.NDArray[np.int64], sizes: list[int]) -> bool:
    return bool(len(starts)) and starts[0] == 0 and set(sizes) == {int(starts[-1])} and bool((np.diff(starts) >= 0).all())
