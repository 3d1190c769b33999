"""What a text is about, in units that both languages share: concepts of the term base, and plain words.

A feature is a key and the place where it stands. ``=`` marks a concept, whatever word, abbreviation or language names it
(``=间充质干细胞``); other keys are normalised words, English ones as stems.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.model import Span
from corpus.segmentation import Segmenter
from corpus.term_base import TermBase

CONCEPT = "="


@dataclass(frozen=True, slots=True)
class Feature:
    """A key of the index and where it stands in the text that it was read from."""

    key: str
    span: Span


class FeatureReader:
    """Reads features out of texts, the same way for passages and for questions."""

    def __init__(self, segmenter: Segmenter, terms: TermBase) -> None:
        self._segmenter = segmenter
        self._terms = terms

    def read(self, text: str) -> list[Feature]:
        """Return the features of ``text`` in order of place; concepts within longer concepts count too, stop words don't."""
        concepts = [Feature(concept_key(match.concept.id), match.span) for match in self._terms.find_all(text)]
        words = [Feature(token.text, token.span) for token in self._segmenter.tokens(text) if not token.stop]
        return sorted({*concepts, *words}, key=lambda feature: (feature.span, feature.key))


def concept_key(concept_id: str) -> str:
    """Return the index key of a concept; keys hold no blanks, since engines split at them."""
    return CONCEPT + concept_id.replace(" ", "_")


def keys(features: Iterable[Feature]) -> list[str]:
    """Return the keys alone, in order."""
    return [feature.key for feature in features]
