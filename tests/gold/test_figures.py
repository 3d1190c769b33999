"""The gate: no headline figure on the testing half may fall below the interval that was measured when it was last written.

``figures.json`` is written by ``make figures``, after every change that is meant to move a figure.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from index.models.embedding import Embedder
from qa.evaluation.bench import open_bench
from qa.evaluation.gold import read_gold
from qa.evaluation.legs import Variant
from qa.evaluation.metrics import Figure
from qa.evaluation.running import Asked, evaluate
from qa.retrieval.weights import read_weights
from qa.settings import Settings
from tests.data_folder import read_review
from tests.gold import tables

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "tests/gold/figures.json"
HEADLINES = [
    *((language, measure) for language in ("zh", "en", "mixed") for measure in ("R@1", "R@5", "evidence@1", "answered")),
    *((f"kind {kind} {language}", "refused") for kind in ("near", "far") for language in ("zh", "en")),
]


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    """The figures of the last writing."""
    item: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return item


@pytest.fixture(scope="module")
def measured(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Figure]]:
    """The service's figures now; vectors are kept in the working tree's data folder."""
    documents = (read_review(),)
    dataset = read_gold(ROOT / "tests/gold/questions.jsonl", documents)
    index = tmp_path_factory.mktemp("index")
    bench = open_bench(
        Settings(data_dir=ROOT / "var").places, documents, embedder, read_weights(), index, lambda step, done, whole: None
    )
    questions = [question for question in dataset.questions if question.half == "testing"]
    done = evaluate([Asked("review", bench, questions)], [Variant()], lambda step, done, whole: None, alone=False)
    return done.figures["service"]


@pytest.mark.parametrize(("part", "measure"), HEADLINES)
def test_no_headline_figure_falls_below_its_interval(
    committed: dict[str, Any], measured: Mapping[str, Mapping[str, Figure]], part: str, measure: str
) -> None:
    """Retrieval, marked evidence, answers and refusals are at least as good as they were, chance allowed for."""
    was = committed["figures"]["service"][part][measure]
    assert measured[part][measure].value >= was["low"], f"{part} {measure} was {was['value']}"


def test_the_committed_figures_are_of_the_testing_half(committed: dict[str, Any]) -> None:
    """Nothing is tuned on it, so they say how the service does on questions that it hasn't seen."""
    assert committed["split"] == "testing"
    assert set(committed["figures"]["service"]) >= {part for part, _ in HEADLINES}


def test_the_tables_of_the_page_are_those_of_the_figures() -> None:
    """Nobody writes a figure by hand: writing the tables anew changes nothing."""
    text = tables.PAGE.read_text(encoding="utf-8")
    assert tables.page(text) == text, "run: python -m tests.gold.tables"


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    """A table that silently goes missing would be worse."""
    with pytest.raises(ValueError, match="no place for the table 'left out'"):
        tables.page("# Evaluation")
