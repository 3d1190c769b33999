"""``mscqa fit``: learn the weights anew, where the model, the corpus or the questions changed."""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.command.terminal import check_writable, progress, say
from corpus.errors import Problem
from qa.evaluation.collection import Member
from qa.evaluation.dataset import DatasetError
from qa.evaluation.dataset_files import read_sets
from qa.retrieval.weights import neutral_weights, write_weights
from qa.settings import Settings


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    parser = commands.add_parser("fit", help="learn the weights of the signals anew, for another model or other questions")
    parser.add_argument(
        "dataset", nargs="?", type=Path, metavar="DATASET",
        help="questions as JSON lines over MSCQA_CORPUS_DIR, or a TOML file that names sets and their texts"
        " (default: the repository's own questions)",
    )  # fmt: skip
    parser.add_argument(
        "--write", type=Path, required=True, metavar="FILE", help="where the weights go (MSCQA_WEIGHTS_FILE names them)"
    )
    parser.add_argument(
        "--leave-out", type=Path, metavar="FILE",
        help="also measure what is learned on all texts but one on that one, for each, and write the figures into FILE",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Learn, write the weights, and return 0; raises ``DatasetError`` before anything slow."""
    members = read_sets(parsed.dataset, settings.corpus_dir)
    _check(members)
    for path in (parsed.write, parsed.leave_out):
        if path:
            check_writable(path)
    say("Loading the embedding model")
    from index.models.loading import load_embedder
    from qa.evaluation.bench import open_bench
    from qa.evaluation.fitting import Item, ask, ask_unrelated, learn, leave_out
    from qa.evaluation.report import written
    from qa.evaluation.running import tabulate

    embedder = load_embedder(settings.embedding_model, settings.data_dir, settings.threads)
    start = neutral_weights(embedder.name)
    items: list[Item] = []
    unrelated: list[Item] = []
    groups: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="mscqa-fit-", ignore_cleanup_errors=True) as folder, progress() as report:
        for part, own in enumerate(members):
            place = Path(folder) / own.dataset.name
            bench = open_bench(settings.places, own.dataset.documents, embedder, start, place, report)
            items += ask(bench, own.learned_on, report)
            unrelated += ask_unrelated(bench, part, len(members))
            groups |= {question.id: own.dataset.name for question in own.learned_on}
        weights = learn(items, unrelated, start, "mscqa fit, on " + ", ".join(own.dataset.name for own in members))
        write_weights(parsed.write, weights)
        if parsed.leave_out:
            found = [(question, finding, groups[question.id]) for question, finding in leave_out(items, unrelated, start)]
            figures = {
                part: {name: asdict(figure) for name, figure in own.items()}
                for part, own in tabulate(found, kinds=True).items()
            }
            parsed.leave_out.write_text(written({"questions": len(found), "figures": figures}), encoding="utf-8")
            _print(figures)
    for language, values in weights.languages.items():
        print(f"{language}: threshold {values.threshold}, {len(values.passage) + len(values.sentence)} signals of ranking")
    return 0


def _check(members: Sequence[Member]) -> None:
    """Raise ``DatasetError`` unless there are answerable and unanswerable questions in both languages to learn on."""
    chosen = [question for own in members for question in own.learned_on]
    for side in ("zh", "en"):
        of_side = [question for question in chosen if (question.language == "en") == (side == "en")]
        if not any(question.answers for question in of_side) or all(question.answers for question in of_side):
            raise DatasetError(
                [
                    Problem(
                        members[0].dataset.name,
                        f"what is learned on needs answerable and unanswerable questions in {side!r}",
                    )
                ]
            )


def _print(figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """Print what was found on each text by weights that were learned on the others."""
    shown = ("R@1", "R@5", "evidence@1", "answered", "refused")
    print(f"{'left out in turn':28}" + "".join(f"{name:>12}" for name in shown))
    for part, own in figures.items():
        cells = "".join(f"{own[name]['value']:12.3f}" if name in own else " " * 12 for name in shown)
        print(f"{part:28}{cells}")
