"""``mscqa build``: publish what changed in the corpus, or say what that would be."""

import argparse
import json
import threading
from dataclasses import asdict, replace
from typing import Any

from api.command.terminal import progress, say, words
from corpus.errors import CorpusError
from corpus.files.listing import READ
from index.building.build import BuildReport
from index.errors import BuildRunningError
from qa.settings import Settings


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    build = commands.add_parser("build", help="rebuild the index after corpus edits; running servers pick it up")
    build.add_argument(
        "--force",
        action="store_true",
        help="publish even if more than half of the passages are gone, or after a rollback",
    )
    build.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
    build.add_argument("--watch", action="store_true", help="stay, and build again after each edit, until Ctrl+C")
    build.add_argument("--strict", action="store_true", help="fail where any file of the corpus can't be read")
    build.add_argument("--json", action="store_true", help="print the report as JSON")
    build.set_defaults(run=_build)


def edits(report: BuildReport) -> str:
    """Return in words how the corpus differs from the generation before."""
    kinds, embedded = ("added", "changed", "removed"), "embedded" if report.published else "to embed"
    documents = ", ".join(f"{len(getattr(report, kind))} {kind}" for kind in kinds)
    return (
        f"documents: {documents}, {report.unchanged} unchanged; passages: {report.passages_added} added,"
        f" {report.passages_removed} removed, {report.passages_unchanged} unchanged, {report.embedded} {embedded}"
    )


def _build(parsed: argparse.Namespace, settings: Settings) -> int:
    places = replace(settings.places, strict=settings.strict or parsed.strict)
    if parsed.dry_run:
        from index.building.planning import plan_build

        _print_report(plan_build(places, force=parsed.force, summed=True), as_json=parsed.json)
        return 0
    from corpus.reading import read_corpus
    from index.building.publishing import Builder
    from index.generations.lock import build_lock

    found = read_corpus(places.corpus_dir)  # a broken file is named before the model's seconds are spent
    if found.left_out and places.strict:
        raise CorpusError(found.left_out)
    say("Loading the embedding model")
    from index.models.loading import load_embedder

    builder = Builder(places, load_embedder(places.model, places.data_dir, settings.threads))

    def build(*, force: bool = False) -> None:
        with build_lock(places.data_dir), progress() as report:
            built = builder.publish(report, force=force)
        _print_report(built, as_json=parsed.json)

    try:
        build(force=parsed.force)
    except BuildRunningError as error:
        if not parsed.watch:
            raise
        _refused(error)  # what another process builds now is what is there; edits come after it
    if parsed.watch:
        from index.building.watching import build_on_edits

        say(f"Watching {places.corpus_dir} (Ctrl+C stops)")
        build_on_edits((places.corpus_dir, places.terms_dir), build, _refused, threading.Event())
    return 0


def _refused(error: Exception) -> None:
    words.print(f"mscqa: {error}", markup=False, style="red", soft_wrap=True)


def _print_report(report: BuildReport, *, as_json: bool) -> None:
    lines = [json.dumps(asdict(report), ensure_ascii=False)] if as_json else _lines(report)
    print("\n".join(lines), flush=True)
    for line in warnings(report):
        words.print(f"mscqa: {line}", markup=False, style="yellow", soft_wrap=True)


def warnings(report: BuildReport) -> list[str]:
    """Return what people should know of files that aren't in the index as they are."""
    lines = [f"left out: {problem}" for problem in report.left_out]
    lines += [f"shown as it was on {report.as_of[name]}, since it can't be read now: {name}" for name in report.kept]
    if report.passed_over:
        kinds = ", ".join(f"{count} {kind}" for kind, count in report.passed_over.items())
        lines.append(f"passed over, since only {READ} are read: {kinds}")
    return lines


def _lines(report: BuildReport) -> list[str]:
    size = f"{report.documents} documents, {report.passages} passages"
    if report.outcome == "up_to_date":
        return [f"Generation {report.generation} is up to date: {size}.", *_reading(report)]
    if report.outcome == "rolled_back":
        return [
            f"Generation {report.generation} serves since a rollback, and the corpus is as it was then: nothing was built.",
            "To build all the same: mscqa build --force",
        ]
    what = f"Generation {report.generation}:" if report.published else "A build would publish"
    named = [f"  {kind}: {name}" for kind in ("added", "changed", "removed") for name in getattr(report, kind)]
    return [f"{what} {size} ({edits(report)}).", *named, *_reading(report)]


def _reading(report: BuildReport) -> list[str]:
    """Return in words how the texts were understood, where that was summed up."""
    sums = report.reading
    if sums is None:
        return []
    kinds = ", ".join(f"{count} {kind} ({sums.shares[kind]:.1%})" for kind, count in sums.kinds.items())
    encodings = ", ".join(f"{count} {encoding}" for encoding, count in sums.encodings.items())
    return [
        f"In passages: {sums.in_passages:.1%} of the characters of {sums.documents} documents ({encodings}).",
        f"Blocks: {kinds}; {sums.doubtful} of them doubtful. How one text is read: mscqa read FILE",
    ]
