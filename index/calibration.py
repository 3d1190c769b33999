"""Taking a language's own direction out of a multilingual model's vectors.

Multilingual encoders place a text by its language as well as by its meaning. Passages are centred on the mean of the
passages of their language. A question is centred half way between that point, moved by the difference between the
languages, and the mean of everyday questions of its own language; both come from one list of everyday questions that stand
in both languages, line by line. The passages' centre holds the corpus's subject as well: all of it taken out, questions
on a corpus of one subject lose what they are about; none of it taken out, corpora of many subjects lose.

A second list holds questions about anything else: cooking, law, football. What is nearer to them than to the passages is not
the corpus's business (qa/answerability.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from index.durable import write_file
from index.embedding import Embedder, Encoded
from index.embedding_cache import EmbeddingCache, rounded

Floats = npt.NDArray[np.float32]
TextLanguage = Literal["zh", "en"]
LANGUAGES: tuple[TextLanguage, ...] = ("zh", "en")
CALIBRATION = "calibration.f32"
QUESTIONS = Path(__file__).parent / "everyday"


@dataclass(frozen=True, slots=True)
class Centre:
    """The mean of some texts: of their pooled vectors and of their token vectors, both of shape (d,)."""

    pooled: Floats
    tokens: Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """The centres of the same everyday questions in each language, and the pooled vectors (n, d) of unrelated ones."""

    questions: Mapping[TextLanguage, Centre]
    unrelated: Mapping[TextLanguage, Floats]

    def question_centre(self, asked_in: TextLanguage, passages: Mapping[TextLanguage, Centre]) -> Centre:
        """Return the point to subtract from a question, given the centres of the passages by language."""
        reference = asked_in if asked_in in passages else next(iter(passages), asked_in)
        base = passages.get(reference, self.questions[asked_in])
        here, there = self.questions[asked_in], self.questions[reference]
        pooled = base.pooled + here.pooled - there.pooled
        tokens = base.tokens + here.tokens - there.tokens
        return Centre(_between(pooled, here.pooled), _between(tokens, here.tokens))


def _between(one: Floats, other: Floats) -> Floats:
    middle: Floats = (one + other) * np.float32(0.5)
    return middle


def text_language(language: str) -> TextLanguage:
    """Return which of the two languages a document's language tag belongs to (Chinese unless it is English)."""
    return "en" if language.lower().startswith("en") else "zh"


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Write ``calibration`` into ``folder``: a pooled and a token vector for each language, then the unrelated questions."""
    centres = [vector for language in LANGUAGES for vector in _vectors(calibration.questions[language])]
    rows = np.concatenate([np.stack(centres), *(calibration.unrelated[language] for language in LANGUAGES)])
    write_file(folder / CALIBRATION, rows.astype(np.float32).tobytes())


def read_calibration(folder: Path, dimension: int) -> Calibration:
    """Return the calibration of ``folder``."""
    rows = np.frombuffer((folder / CALIBRATION).read_bytes(), np.float32).reshape(-1, dimension)
    count = 2 * len(LANGUAGES)
    centres = rows[:count].reshape(len(LANGUAGES), 2, dimension)
    unrelated = rows[count:].reshape(len(LANGUAGES), -1, dimension)  # as many in each language
    return Calibration(
        {language: Centre(*row) for language, row in zip(LANGUAGES, centres, strict=True)},
        dict(zip(LANGUAGES, unrelated, strict=True)),
    )


def _vectors(centre: Centre) -> tuple[Floats, Floats]:
    return centre.pooled, centre.tokens


def calibrate(embedder: Embedder, cache: EmbeddingCache) -> Calibration:
    """Return the calibration of ``embedder``; embeds the questions that ``cache`` lacks."""
    return Calibration(
        {language: centre(_encoded(everyday_questions(language), embedder, cache)) for language in LANGUAGES},
        {
            language: np.stack([item.pooled for item in _encoded(unrelated_questions(language), embedder, cache)])
            for language in LANGUAGES
        },
    )


def everyday_questions(language: TextLanguage) -> list[str]:
    """Return the everyday questions of the field in ``language``; line by line they mean the same in both."""
    return _lines(f"questions.{language}.txt")


def unrelated_questions(language: TextLanguage) -> list[str]:
    """Return questions in ``language`` about anything but the field; there are as many in each language."""
    return _lines(f"unrelated.{language}.txt")


def centre(encoded: Iterable[Encoded]) -> Centre:
    """Return the mean of the pooled and of the token vectors of ``encoded``, which may not be empty."""
    items = list(encoded)
    tokens = np.concatenate([item.tokens.vectors for item in items])
    return Centre(
        np.mean([item.pooled for item in items], axis=0, dtype=np.float32),
        tokens.mean(axis=0, dtype=np.float32),
    )


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Return ``vectors`` (rows, or one) less ``mean``, each brought back to unit length."""
    moved = vectors - mean
    norms = np.linalg.norm(moved, axis=-1, keepdims=True)
    result: Floats = moved / np.maximum(norms, 1e-9)
    return result


def _lines(name: str) -> list[str]:
    return [line for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines() if line]


def _encoded(questions: Iterable[str], embedder: Embedder, cache: EmbeddingCache) -> Iterator[Encoded]:
    for line in questions:
        key = f"question\x00{line}"
        item = cache.get(key)
        if item is None:
            item = rounded(embedder.encode_question(line))
            cache.put(key, item)
        yield item
