"""What one asked question yields: hits, evidence, citations and an answer."""

from dataclasses import dataclass
from typing import Literal

from corpus.model import Passage, Source, Span, Translation
from corpus.places import PagePlace
from qa.questions.language import InterfaceLanguage, Language

AnswerMode = Literal["extractive", "generated", "none"]

# Of questions answered with less confidence, about half are answered by the corpus (docs/evaluation.md, reliability).
_UNSURE_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Expansion:
    """A term of the question and what it was also searched as; ``origin`` tells which dictionary knew it."""

    term: str
    span: Span
    translations: tuple[str, ...]
    origin: Literal["terms", "typo", "dictionary"]


@dataclass(frozen=True, slots=True)
class Gloss:
    """A Chinese term at ``span`` of the document's text, as written there, and its English name."""

    span: Span
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage that answers; ``span`` is in the document's text, ``score`` grows with support.

    ``text`` is the slice of the document's text, ``reading`` what it reads. ``glosses`` are for askers in English only.
    """

    span: Span
    text: str
    score: float
    glosses: tuple[Gloss, ...] = ()
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer and the number of its passage among those shown."""

    place: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Alignment:
    """A word of the question and the words of the passage that it met, with their cosine."""

    question: str
    passage: str
    span: Span
    similarity: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage: ``rank`` from 1, ``score`` between 0 and 1, higher is better.

    ``signals`` holds each leg's own score by name; ``matches`` the places (in the document's text) of words of the question
    or their translations; ``also_in`` the documents that hold the same passage; ``translation`` that of its paragraphs.
    """

    passage: Passage
    rank: int
    score: float
    evidence: tuple[Evidence, ...]
    signals: dict[str, float]
    matches: tuple[Span, ...]
    alignments: tuple[Alignment, ...] = ()
    also_in: tuple[str, ...] = ()
    translation: Translation | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands, checked against the document's text when it was made.

    ``place`` is its page in the original, where that has pages.
    """

    number: int
    passage: Passage
    document_title: str
    quote: str
    span: Span
    prefix: str
    suffix: str
    source: Source
    reading: str = ""
    status: Literal["", "retracted", "superseded"] = ""
    as_of: str = ""
    place: PagePlace | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of the answer and the numbers of the citations that carry it.

    ``glosses`` are for askers in English only, and index the text of the document that the citation quotes. A generated
    sentence that its citations don't bear out is not ``supported``, for the reasons in ``problems`` (`SupportChecker`).
    """

    text: str
    citations: tuple[int, ...]
    glosses: tuple[Gloss, ...] = ()
    supported: bool = True
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two quoted sentences of different texts that contradict each other; ``about`` is what they differ in."""

    citations: tuple[int, int]
    about: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """Why an answer that was to be generated is extractive: a reason for programs, and one in the asker's language."""

    reason: Literal["timeout", "endpoint", "unsupported", "empty"]
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service says: sentences with citations, or that the corpus doesn't answer.

    ``missing`` are names of the question, in its words, that no text has: what there is doesn't answer for them.
    ``conflict`` are the pairs of its quotes that contradict each other. ``premise`` says, in the asker's language, what is
    wrong with what the question takes for granted; the sentence then is the one that contradicts it.
    """

    mode: AnswerMode
    text: str
    sentences: tuple[AnswerSentence, ...]
    fallback: Fallback | None = None
    missing: tuple[str, ...] = ()
    conflict: tuple[Conflict, ...] = ()
    premise: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one question yielded, all of it from the one generation that it names."""

    question: str
    language: Language
    answer_language: InterfaceLanguage
    answerable: bool
    confidence: float
    answer: Answer
    hits: tuple[Hit, ...]
    citations: tuple[Citation, ...]
    expansions: tuple[Expansion, ...]
    generation: str
    built_at: str
    took_ms: float

    @property
    def unsure(self) -> bool:
        """Whether it is answered though the corpus answers only about half of such questions, or fewer."""
        return self.answerable and self.confidence < _UNSURE_BELOW
