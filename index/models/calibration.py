"""Taking a language's own direction out of a multilingual model's vectors.

Multilingual encoders place a text by its language as well as by its meaning. Passages are centred on the mean of the
passages of their language. A question is centred half way between that point, moved by the difference between the
languages, and the mean of everyday questions of its own language; both come from one list of everyday questions that stand
in both languages, line by line. The passages' centre holds the corpus's subject as well: all of it taken out, questions
on a corpus of one subject lose what they are about; none of it taken out, corpora of many subjects lose.

A second list holds questions about anything else: cooking, law, football. What is nearer to them than to the passages is not
the corpus's business (qa/answers/answerability.py).

The tokens of all these questions also say which directions of a token vector are worth keeping (index/models/reduction.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index.arrays import Floats
from index.durable import write_file
from index.models.embedding import Embedder, Encoded
from index.models.embedding_cache import EmbeddingCache, rounded
from index.models.reduction import Reduction, learn_reduction, token_dimension
from index.processors import processors

TextLanguage = Literal["zh", "en"]
LANGUAGES: tuple[TextLanguage, ...] = ("zh", "en")
CALIBRATION = "calibration.f32"
QUESTIONS = Path(__file__).parent / "everyday"


@dataclass(frozen=True, slots=True)
class Centre:
    """The mean of some texts: of their pooled vectors (d,) and of their reduced token vectors (k,)."""

    pooled: Floats
    tokens: Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a model's vectors are compared with, whatever the corpus.

    The centres of the same everyday ``questions`` in each language, the pooled vectors (n, d) of ``unrelated`` ones, and how
    token vectors are reduced.
    """

    questions: Mapping[TextLanguage, Centre]
    unrelated: Mapping[TextLanguage, Floats]
    reduction: Reduction

    def question_centre(self, asked_in: TextLanguage, passages: Mapping[TextLanguage, Centre]) -> Centre:
        """Return the point to subtract from a question, given the centres of the passages by language."""
        reference = asked_in if asked_in in passages else next(iter(passages), asked_in)
        base = passages.get(reference, self.questions[asked_in])
        here, there = self.questions[asked_in], self.questions[reference]
        pooled = base.pooled + here.pooled - there.pooled
        tokens = base.tokens + here.tokens - there.tokens
        return Centre(_between(pooled, here.pooled), _between(tokens, here.tokens))

    def steadied(self, language: TextLanguage, centre: Centre, passages: int) -> Centre:
        """Return the ``centre`` of so many passages, drawn towards that of everyday questions where they are few.

        The mean of one passage is that passage: taken out, nothing is left that a question could come near to.
        """
        share = np.float32(_OTHERS * max(0.0, 1.0 - passages / _FEW))
        if not share:
            return centre
        known = self.questions[language]
        return Centre(_drawn(centre.pooled, known.pooled, share), _drawn(centre.tokens, known.tokens, share))


# Of how few passages the mean isn't that of a language yet, and what everyday questions count beside a single one.
_FEW, _OTHERS = 30, 0.5


def _drawn(one: Floats, other: Floats, share: np.float32) -> Floats:
    drawn: Floats = one + (other - one) * share
    return drawn


def _between(one: Floats, other: Floats) -> Floats:
    middle: Floats = (one + other) * np.float32(0.5)
    return middle


def text_language(language: str) -> TextLanguage:
    """Return which of the two languages a document's language tag belongs to (Chinese unless it is English)."""
    return "en" if language.lower().startswith("en") else "zh"


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Write ``calibration`` into ``folder``: the reduction, the centres by language, then the unrelated questions."""
    centres = [vector for language in LANGUAGES for vector in _vectors(calibration.questions[language])]
    reduction = calibration.reduction
    unrelated = [calibration.unrelated[language] for language in LANGUAGES]
    parts = [reduction.mean, reduction.basis, *centres, *unrelated]
    write_file(folder / CALIBRATION, b"".join(np.ascontiguousarray(part, np.float32).tobytes() for part in parts))


def read_calibration(folder: Path, dimension: int) -> Calibration:
    """Return the calibration of ``folder``, made with a model of ``dimension``."""
    values = np.frombuffer((folder / CALIBRATION).read_bytes(), np.float32)
    kept, count = token_dimension(dimension), len(LANGUAGES)
    sizes = [dimension, dimension * kept, *([dimension, kept] * count)]
    mean, basis, *parts, unrelated = np.split(values, np.cumsum(sizes))
    centres = [Centre(pooled, tokens) for pooled, tokens in zip(parts[::2], parts[1::2], strict=True)]
    return Calibration(
        dict(zip(LANGUAGES, centres, strict=True)),
        dict(zip(LANGUAGES, unrelated.reshape(count, -1, dimension), strict=True)),  # as many in each language
        Reduction(mean, basis.reshape(dimension, kept)),
    )


def _vectors(centre: Centre) -> tuple[Floats, Floats]:
    return centre.pooled, centre.tokens


def calibrate(embedder: Embedder, cache: EmbeddingCache, known: Reduction | None = None) -> Calibration:
    """Return the calibration of ``embedder``; embeds the questions that ``cache`` lacks.

    Where its reduction is ``known`` but for rounding, it is that one: what was reduced by it can then be kept.
    """
    everyday = {language: list(_encoded(everyday_questions(language), embedder, cache)) for language in LANGUAGES}
    unrelated = {language: list(_encoded(unrelated_questions(language), embedder, cache)) for language in LANGUAGES}
    reduction = learn_reduction(_tokens([*everyday[language], *unrelated[language]]) for language in LANGUAGES)
    if known is not None and reduction.is_close_to(known):
        reduction = known
    return Calibration(
        {language: _centre(everyday[language], reduction) for language in LANGUAGES},
        {language: np.stack([item.pooled for item in unrelated[language]]) for language in LANGUAGES},
        reduction,
    )


def everyday_questions(language: TextLanguage) -> list[str]:
    """Return the everyday questions of the field in ``language``; line by line they mean the same in both."""
    return _lines(f"questions.{language}.txt")


def unrelated_questions(language: TextLanguage) -> list[str]:
    """Return questions in ``language`` about anything but the field; there are as many in each language."""
    return _lines(f"unrelated.{language}.txt")


def _centre(items: Sequence[Encoded], reduction: Reduction) -> Centre:
    return Centre(
        np.mean([item.pooled for item in items], axis=0, dtype=np.float32),
        reduction.of(_tokens(items)).mean(axis=0, dtype=np.float32),
    )


def _tokens(items: Iterable[Encoded]) -> Floats:
    return np.concatenate([item.tokens.vectors for item in items])


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Return ``vectors`` (rows, or one) less ``mean``, each brought back to unit length."""
    moved = vectors - mean
    norms = np.linalg.norm(moved, axis=-1, keepdims=True)
    result: Floats = moved / np.maximum(norms, 1e-9)
    return result


def _lines(name: str) -> list[str]:
    return [line for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines() if line]


def _encoded(questions: Sequence[str], embedder: Embedder, cache: EmbeddingCache) -> Iterator[Encoded]:
    """Yield the vectors of each question; those that ``cache`` lacks are made on all processors, each alone."""

    def one(line: str) -> Encoded:
        key = f"question\x00{line}"
        item = cache.get(key)
        if item is None:
            item = rounded(embedder.encode_question(line))
            cache.put(key, item)
        return item

    with ThreadPoolExecutor(processors(), "calibrate") as pool:
        yield from pool.map(one, questions)
