"""``mscqa evaluate``: how well the service finds, marks and refuses, on its own questions or on any BEIR folder."""

import argparse
import errno
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from api.command.terminal import check_writable, progress, say
from corpus.errors import Problem
from corpus.reading import read_folder
from qa.evaluation.dataset import DatasetError
from qa.evaluation.dataset_files import read_sets
from qa.evaluation.legs import Variant, check_variant, leg_names, signal_names
from qa.retrieval.weights import Weights, read_weights
from qa.settings import Settings


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    parser = commands.add_parser("evaluate", help="measure retrieval and refusals on questions with known answers")
    parser.add_argument(
        "dataset",
        nargs="?",
        type=Path,
        metavar="DATASET",
        help="a BEIR folder, questions as JSON lines over MSCQA_CORPUS_DIR, or a TOML file that names sets and their texts"
        " (default: the repository's own questions)",
    )
    parser.add_argument("--claims", type=Path, metavar="FILE", help="check the claims of FILE instead of asking questions")
    parser.add_argument(
        "--about", action="append", default=[], metavar="ID", help="only claims on this document; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the figures as JSON into FILE too")
    parser.add_argument("--without", action="append", default=[], metavar="LEG", help="leave a leg out; may be repeated")
    parser.add_argument("--only", default="", metavar="LEG", help="rank by one signal alone")
    parser.add_argument(
        "--ablations", action="store_true", help="also ask without each leg in turn, and with each signal alone"
    )
    parser.add_argument(
        "--split", choices=("development", "testing", "all"), default="all", help="which half of the questions"
    )
    parser.add_argument("--index", type=Path, metavar="FOLDER", help="keep the index there (default: a temporary folder)")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Evaluate, print tables or JSON, and return 0.

    Raises ``DatasetError``, ``UnknownLegError`` or ``OSError`` before anything slow.
    """
    _check_places(parsed)
    if parsed.claims:
        return _claims(parsed, settings)
    variants = _variants(parsed, read_weights(settings.weights_file))
    members = read_sets(parsed.dataset, settings.corpus_dir)
    chosen = [[one for one in own.dataset.questions if parsed.split in ("all", one.half)] for own in members]
    if not any(chosen):
        raise DatasetError([Problem(members[0].dataset.name, f"it has no question in the half {parsed.split!r}")])

    say("Loading the embedding model")
    from index.models.loading import load_embedder
    from qa.evaluation.bench import open_bench
    from qa.evaluation.report import to_json, written
    from qa.evaluation.running import Asked, evaluate

    embedder = load_embedder(settings.embedding_model, settings.data_dir, settings.threads)
    weights = read_weights(settings.weights_file, embedder.name)  # those of another model are refused here
    with _folder(parsed.index) as folder, progress() as report:
        sets = [
            Asked(
                own.dataset.name, open_bench(settings.places, own.dataset.documents, embedder, weights, place, report), part
            )
            for own, part in zip(members, chosen, strict=True)
            if part and (place := folder / own.dataset.name if len(members) > 1 else folder)
        ]
        evaluation = evaluate(sets, variants, report)
    asked = [(own.dataset, one.bench) for one in sets for own in members if own.dataset.name == one.name]
    name = members[0].dataset.name if len(members) == 1 else (parsed.dataset or Path("own questions")).stem
    item = to_json(evaluation, name, asked, parsed.split)
    if parsed.write:
        parsed.write.write_text(written(item), encoding="utf-8")
    if parsed.json:
        print(json.dumps(item, ensure_ascii=False))
        return 0
    _print(item)
    return 0


def _claims(parsed: argparse.Namespace, settings: Settings) -> int:
    """Check claims, print how many of each kind got which verdict and each false one that passes, and return 0."""
    from qa.evaluation.claims import claim_figures, judge_claims, read_claims

    documents = read_folder(settings.corpus_dir)
    claims = read_claims(parsed.claims, documents, parsed.about)
    weights = read_weights(settings.weights_file)
    say("Loading the embedding model")
    from index.models.loading import load_embedder
    from qa.answers.engine import Engine
    from qa.evaluation.bench import open_bench
    from qa.evaluation.report import circumstances, written
    from qa.verification.verifier import Verifier

    embedder = load_embedder(settings.embedding_model, settings.data_dir, settings.threads)
    with _folder(parsed.index) as folder, progress() as report:
        bench = open_bench(settings.places, documents, embedder, weights, folder, report)
        engine = Engine(embedder, bench.reader(), weights)
        verifier = Verifier(engine.look_up, bench.generation, engine.statements)
        figures = claim_figures(judge_claims(verifier.claim, claims, report))
    item = {"made": circumstances(bench.generation.manifest), **figures}
    if parsed.write:
        parsed.write.write_text(written(item), encoding="utf-8")
    print(json.dumps(item, ensure_ascii=False) if parsed.json else _claim_table(item))
    return 0


def _check_places(parsed: argparse.Namespace) -> None:
    """Look at where the figures and the index go before the minutes that a run takes; raises ``OSError``."""
    if parsed.write:
        check_writable(parsed.write)
    if parsed.index and parsed.index.exists() and not parsed.index.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is no folder, and the index needs one", str(parsed.index))


def _variants(parsed: argparse.Namespace, weights: Weights) -> list[Variant]:
    """Return the ways to ask, the chosen one first; raises ``UnknownLegError``."""
    variants = [Variant(tuple(parsed.without), parsed.only)]
    if parsed.ablations:
        variants += [Variant((*parsed.without, leg)) for leg in leg_names(weights) if leg not in parsed.without]
        variants += [Variant(tuple(parsed.without), only=signal) for signal in signal_names(weights)]
    for variant in variants:
        check_variant(variant, weights)
    return variants


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    if named:
        named.mkdir(parents=True, exist_ok=True)
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="mscqa-evaluation-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def _print(item: dict[str, Any]) -> None:
    from qa.evaluation.tables import for_terminal, tables

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=180)
    for table in tables(item):
        console.print(for_terminal(table))
    console.print(_summary(item), soft_wrap=True)


def _claim_table(item: dict[str, Any]) -> str:
    verdicts = ("supported", "partial", "contradicted", "unsupported")
    lines = [f"| claims | number | {' | '.join(verdicts)} |", "|---|---:|---:|---:|---:|---:|"]
    for name, counts in item["groups"].items():
        lines.append(f"| {name} | {counts['claims']} | {' | '.join(str(counts.get(verdict, 0)) for verdict in verdicts)} |")
    lines.append(
        f"{item['contradictions_found']} of {item['contradictions']} contradictions found, by the right sentence"
        f" {item['contradictions_found_in_the_right_place']}; a claim takes {item['milliseconds']['median']} ms (median) and"
        f" {item['milliseconds']['late']} ms (95th percentile)."
    )
    for title, key in (("false and supported", "passed"), ("true and contradicted", "wrongly_contradicted")):
        for claim in item[key]:
            lines += [f"{title}: {claim['id']} ({claim['kind']}) {claim['text']}", f"    {claim['sentence']}"]
            lines += [f"    {reason}" for reason in claim["reasons"]]
    return "\n".join(lines)


def _summary(item: dict[str, Any]) -> str:
    times = item["milliseconds"]
    embedding = times["embedding"]
    shown = f"; embedding it {embedding[0]} and {embedding[1]} ms" if embedding else ""
    left_out = f" ({item['empty_documents']} without text left out)" if item["empty_documents"] else ""
    return (
        f"{item['questions']} questions, {item['documents']} documents{left_out}, {item['passages']} passages."
        f" A question takes {times['ask'][0]} ms (median) and {times['ask'][1]} ms (95th percentile){shown}."
        f"\nCommit {item['made']['commit'][:12]}, {item['made']['machine']['processor']}. Intervals: 95 %, bootstrap."
    )
