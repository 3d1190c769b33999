"""The centres that vectors are compared around, kept with a generation."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.durable import write_file
from index.models.calibration import LANGUAGES, Calibration, Centre, TextLanguage
from index.models.reduction import token_dimension

CENTRES = "centres.f32"


@dataclass(frozen=True, slots=True)
class Centres:
    """Where questions of each language and passages of each language are centred."""

    questions: dict[TextLanguage, Centre]
    passages: dict[TextLanguage, Centre]


def centres_of(calibration: Calibration, passages: dict[TextLanguage, Centre]) -> Centres:
    """Return the centres for a corpus whose passages have the centres ``passages``, by language."""
    questions = {language: calibration.question_centre(language, passages) for language in LANGUAGES}
    return Centres(questions, {language: passages.get(language, questions[language]) for language in LANGUAGES})


def write_centres(folder: Path, centres: Centres) -> None:
    """Write ``centres`` into ``folder``: eight vectors, in the order that `read_centres` reads."""
    vectors = [
        vector
        for side in (centres.questions, centres.passages)
        for language in LANGUAGES
        for vector in (side[language].pooled, side[language].tokens)
    ]
    write_file(folder / CENTRES, np.concatenate(vectors).astype(np.float32).tobytes())


def read_centres(folder: Path, dimension: int) -> Centres:
    """Return the centres of ``folder``, made with a model of ``dimension``."""
    values = np.frombuffer((folder / CENTRES).read_bytes(), np.float32)
    made = [Centre(row[:dimension], row[dimension:]) for row in values.reshape(-1, dimension + token_dimension(dimension))]
    count = len(LANGUAGES)
    return Centres(dict(zip(LANGUAGES, made[:count], strict=True)), dict(zip(LANGUAGES, made[count:], strict=True)))
