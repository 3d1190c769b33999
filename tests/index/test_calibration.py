"""What a model's vectors are calibrated with: everyday questions, and questions about anything else."""

from pathlib import Path

import numpy as np

from index.models.calibration import (
    LANGUAGES,
    Calibration,
    Centre,
    everyday_questions,
    read_calibration,
    unrelated_questions,
    write_calibration,
)
from index.models.reduction import MOST, Reduction


def test_the_lists_are_as_long_in_both_languages_and_share_nothing() -> None:
    """Everyday questions stand line by line in both languages; a file of a generation counts on equal lengths."""
    for read in (everyday_questions, unrelated_questions):
        chinese, english = (read(language) for language in LANGUAGES)
        assert len(chinese) == len(english) >= 50
        assert all(any("\u4e00" <= character <= "\u9fff" for character in line) for line in chinese)
        assert all(line.isascii() for line in english)
    for language in LANGUAGES:
        every = [*everyday_questions(language), *unrelated_questions(language)]
        assert len(set(every)) == len(every)


def test_a_calibration_reads_as_it_was_written(tmp_path: Path) -> None:
    """The reduction, and the centres and unrelated questions of each language, bit for bit."""
    chance = np.random.default_rng(3)

    def vectors(*shape: int) -> np.ndarray:
        return chance.normal(size=shape).astype(np.float32)

    written = Calibration(
        {language: Centre(vectors(200), vectors(MOST)) for language in LANGUAGES},
        {language: vectors(5, 200) for language in LANGUAGES},
        Reduction(vectors(200), vectors(200, MOST)),
    )
    write_calibration(tmp_path, written)
    read = read_calibration(tmp_path, 200)
    assert np.array_equal(read.reduction.mean, written.reduction.mean)
    assert np.array_equal(read.reduction.basis, written.reduction.basis)
    for language in LANGUAGES:
        assert np.array_equal(read.questions[language].pooled, written.questions[language].pooled)
        assert np.array_equal(read.questions[language].tokens, written.questions[language].tokens)
        assert np.array_equal(read.unrelated[language], written.unrelated[language])
