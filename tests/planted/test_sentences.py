"""Sentences as a model might write them, each against a passage: true ones with a negation in other words, and false ones.

They were written in two runs, each judged once before anything was mended for it. Of the first run's 131 the
checks then let 12 of 71 false ones through and refused 16 of 60 true ones; of the second run's 51, after the mending for the
first, 1 of 29 and 4 of 22 (before it, 3 and 8).
"""

import csv
from pathlib import Path

import pytest

from qa.generation.drafting import Draft
from qa.generation.support import SupportChecker
from qa.model import Hit
from qa.retrieval.weights import read_weights
from qa.service import Service

SENTENCES = Path(__file__).with_name("sentences.tsv")
# What is known to be let through or refused wrongly. Neither may grow.
LET_THROUGH = {"There are treatments that stop the disease at its root.", "The secretome can lead to tumours."}
# Six were refused before the judgement that claims get was asked too, and eleven with the encoder as it was before training.
MOST_REFUSED = 14


@pytest.fixture(scope="module")
def judged(service: Service) -> list[tuple[bool, bool, str]]:
    """For each sentence whether it is true, whether it is supported, and its text."""
    generation = service.generation
    checker = SupportChecker(service.embedder, service.serving.verifier.statements, read_weights().heading_share)
    found = []
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            (passage,) = [item for item in generation.passages if row["passage"] in item.text]
            hits = [Hit(passage, 1, 1.0, (), {}, ())]
            language = "zh" if row["language"] == "zh" else "en"
            support = checker.check(Draft(row["sentence"], (1,)), language, hits, generation)
            found.append((row["kind"] == "true", not support.problems, row["sentence"]))
    return found


def test_no_planted_sentence_is_supported(judged: list[tuple[bool, bool, str]]) -> None:
    """But for two that are known."""
    assert {text for true, supported, text in judged if supported and not true} <= LET_THROUGH


def test_few_true_sentences_are_refused(judged: list[tuple[bool, bool, str]]) -> None:
    """Of 82 that put a negation in other words."""
    refused = [text for true, supported, text in judged if true and not supported]
    assert len(refused) <= MOST_REFUSED, refused
