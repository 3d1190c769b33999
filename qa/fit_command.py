"""``mscqa fit``: learn the weights anew, where the model, the corpus or the questions changed."""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from corpus.errors import Problem
from index.building import Progress
from qa.evaluation.command import read_dataset
from qa.evaluation.dataset import DatasetError
from qa.settings import Settings
from qa.terminal import check_writable
from qa.weights import write_weights


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``mscqa fit`` takes."""
    parser.add_argument(
        "dataset", nargs="?", type=Path, metavar="DATASET",
        help="questions as JSON lines over MSCQA_CORPUS_DIR (default: the repository's own questions)",
    )  # fmt: skip
    parser.add_argument(
        "--write", type=Path, required=True, metavar="FILE", help="where the weights go (MSCQA_WEIGHTS_FILE names them)"
    )


def run(
    parsed: argparse.Namespace,
    settings: Settings,
    say: Callable[[str], None],
    progress: Callable[[], AbstractContextManager[Progress]],
) -> int:
    """Learn from the development half, write the weights, and return 0; raises ``DatasetError`` before anything slow."""
    dataset = read_dataset(parsed.dataset, settings)
    chosen = [question for question in dataset.questions if question.half == "development"]
    for side in ("zh", "en"):
        of_side = [question for question in chosen if (question.language == "en") == (side == "en")]
        if not any(question.answers for question in of_side) or all(question.answers for question in of_side):
            raise DatasetError(
                [Problem(dataset.name, f"its development half needs answerable and unanswerable questions in {side!r}")]
            )
    check_writable(parsed.write)
    say("Loading the embedding model")
    from index.sentence_transformer import load_embedder
    from qa.evaluation.bench import open_bench
    from qa.fitting import fit

    embedder = load_embedder(settings.embedding_model, settings.data_dir, settings.threads)
    with tempfile.TemporaryDirectory(prefix="mscqa-fit-", ignore_cleanup_errors=True) as folder, progress() as report:
        bench = open_bench(settings, dataset.documents, embedder, Path(folder), report)
        weights = fit(bench, chosen, f"mscqa fit, on the development half of {dataset.name}", report)
    write_weights(parsed.write, weights)
    for language, values in weights.languages.items():
        print(f"{language}: threshold {values.threshold}, {len(values.passage) + len(values.sentence)} signals of ranking")
    return 0
