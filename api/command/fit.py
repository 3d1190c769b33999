"""``mscqa fit``: learn the weights anew, where the model, the corpus or the questions changed."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from api.command.terminal import check_writable, progress, say
from corpus.errors import Problem
from qa.evaluation.dataset import DatasetError
from qa.evaluation.dataset_files import read_dataset
from qa.retrieval.weights import neutral_weights, write_weights
from qa.settings import Settings


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    parser = commands.add_parser("fit", help="learn the weights of the signals anew, for another model or other questions")
    parser.add_argument(
        "dataset", nargs="?", type=Path, metavar="DATASET",
        help="questions as JSON lines over MSCQA_CORPUS_DIR (default: the repository's own questions)",
    )  # fmt: skip
    parser.add_argument(
        "--write", type=Path, required=True, metavar="FILE", help="where the weights go (MSCQA_WEIGHTS_FILE names them)"
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Learn from the development half, write the weights, and return 0; raises ``DatasetError`` before anything slow."""
    dataset = read_dataset(parsed.dataset, settings.corpus_dir)
    chosen = [question for question in dataset.questions if question.half == "development"]
    for side in ("zh", "en"):
        of_side = [question for question in chosen if (question.language == "en") == (side == "en")]
        if not any(question.answers for question in of_side) or all(question.answers for question in of_side):
            raise DatasetError(
                [Problem(dataset.name, f"its development half needs answerable and unanswerable questions in {side!r}")]
            )
    check_writable(parsed.write)
    say("Loading the embedding model")
    from index.models.loading import load_embedder
    from qa.evaluation.bench import open_bench
    from qa.evaluation.fitting import fit

    embedder = load_embedder(settings.embedding_model, settings.data_dir, settings.threads)
    with tempfile.TemporaryDirectory(prefix="mscqa-fit-", ignore_cleanup_errors=True) as folder, progress() as report:
        bench = open_bench(
            settings.places, dataset.documents, embedder, neutral_weights(embedder.name), Path(folder), report
        )
        weights = fit(bench, chosen, f"mscqa fit, on the development half of {dataset.name}", report)
    write_weights(parsed.write, weights)
    for language, values in weights.languages.items():
        print(f"{language}: threshold {values.threshold}, {len(values.passage) + len(values.sentence)} signals of ranking")
    return 0
