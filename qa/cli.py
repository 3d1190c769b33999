"""The command line: ``mscqa serve | build | ask | evaluate | status``. Data goes to stdout, words to stderr.

Exit codes: 0 done; 1 it failed, with the reason; 2 wrong use; 3 the corpus doesn't answer (``ask`` only).
"""

import argparse
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from corpus.errors import CorpusError
from index.building import BuildReport
from index.building import Progress as Report
from index.errors import IndexStoreError, NoGenerationError
from index.generations import GenerationStore
from qa.evaluation import command as evaluation
from qa.evaluation.legs import UnknownLegError
from qa.model import Result
from qa.settings import Settings, SettingsError, read_settings
from qa.weights import WeightsError

NOTICE = "Reference material, not medical advice. 仅供研究参考，不构成医疗建议。"
_STEPS = {"embed": "Embedding passages", "write": "Writing the index", "questions": "Embedding questions"}
_words = Console(stderr=True, highlight=False)


def main(arguments: Sequence[str] | None = None, *, serve: Callable[[Settings], int]) -> int:
    """Run one command and return its exit code; ``serve`` comes from the layer above (api/command.py)."""
    parsed = _parser(serve).parse_args(arguments)
    try:
        overrides = {
            name: getattr(parsed, name) for name in ("host", "port", "workers") if getattr(parsed, name, None) is not None
        }
        settings = read_settings(**overrides)
        return int(parsed.run(parsed, settings))
    except (SettingsError, CorpusError, IndexStoreError, WeightsError, UnknownLegError) as error:
        _words.print(f"mscqa: {error}", markup=False, style="red", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        _words.print("mscqa: stopped")
        return 130


def _parser(serve: Callable[[Settings], int]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mscqa",
        description="Cited answers from Chinese review texts on mesenchymal stem cell therapy, asked in Chinese or English.",
        epilog=f"Settings are read from MSCQA_* variables (README). {NOTICE}",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    server = commands.add_parser("serve", help="serve the API and the page; builds the first index itself")
    server.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    server.add_argument("--port", type=int, help="port to listen on (default 8000; 0: any free one)")
    server.add_argument("--workers", type=int, help="server processes behind the port (default 1)")
    server.set_defaults(run=lambda parsed, settings: serve(settings))

    build = commands.add_parser("build", help="rebuild the index after corpus edits; running servers pick it up")
    build.add_argument("--force", action="store_true", help="publish even if more than half of the passages are gone")
    build.add_argument("--json", action="store_true", help="print the report as JSON")
    build.add_argument("--watch", action="store_true", help="stay, and build again after each edit, until Ctrl+C")
    build.set_defaults(run=_build)

    ask = commands.add_parser("ask", help="answer one question", description="Answer one question from the corpus.")
    ask.add_argument("question", help='for instance "外泌体能穿过血脑屏障吗?" or "What is NfL?"')
    ask.add_argument("--limit", type=int, default=5, choices=range(1, 21), metavar="1..20", help="passages to show")
    ask.add_argument(
        "--exact", action="store_true", help="search the question's own words only, no synonyms or translations"
    )
    ask.add_argument("--json", action="store_true", help="print the whole result as JSON")
    ask.set_defaults(run=_ask)

    evaluate = commands.add_parser("evaluate", help="measure retrieval and refusals on questions with known answers")
    evaluation.add_arguments(evaluate)
    evaluate.set_defaults(run=lambda parsed, settings: evaluation.run(parsed, settings, _say, _progress))

    status = commands.add_parser("status", help="show the index: generations, sizes, model")
    status.add_argument("--json", action="store_true", help="print as JSON")
    status.set_defaults(run=_status)
    return parser


def _build(parsed: argparse.Namespace, settings: Settings) -> int:
    from corpus.reading import read_folder
    from qa.service import start

    read_folder(settings.corpus_dir)  # a broken file is named before the model's seconds are spent
    with _progress() as report:
        service = start(settings, _say)
        built = service.rebuild(report, force=parsed.force)
    _print_report(built, as_json=parsed.json)
    if parsed.watch:
        from qa.watching import build_on_edits

        _say(f"Watching {settings.corpus_dir} (Ctrl+C stops)")
        build_on_edits(
            service,
            lambda report: _print_report(report, as_json=parsed.json),
            lambda error: _words.print(f"mscqa: {error}", markup=False, style="red", soft_wrap=True),
            threading.Event(),
        )
    return 0


def _print_report(built: BuildReport, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(built), ensure_ascii=False), flush=True)
    elif not built.published:
        print(
            f"Generation {built.generation} is up to date: {built.documents} documents, {built.passages} passages.",
            flush=True,
        )
    else:
        edits = ", ".join(f"{len(getattr(built, kind))} {kind}" for kind in ("added", "changed", "removed"))
        print(
            f"Generation {built.generation}: {built.documents} documents ({edits}), {built.passages} passages,"
            f" {built.embedded} newly embedded.",
            flush=True,
        )


def _ask(parsed: argparse.Namespace, settings: Settings) -> int:
    from qa.service import start

    question = parsed.question.strip()
    if not question or len(question) > settings.max_question_characters:
        _words.print(f"mscqa: a question has 1 to {settings.max_question_characters} characters", style="red")
        return 2
    service = start(settings, _say)
    try:
        service.refresh()
    except NoGenerationError:
        with _progress() as report:
            service.rebuild(report)
    result = service.ask(question, limit=parsed.limit, expand=not parsed.exact)
    if parsed.json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        _print_result(result)
    return 0 if result.answerable else 3


def _status(parsed: argparse.Namespace, settings: Settings) -> int:
    store = GenerationStore(settings.data_dir)
    current = store.pointer()
    generations: list[dict[str, Any]] = []
    for name in store.names():
        manifest = store.manifest(name)
        generations.append(
            {
                "generation": name,
                "serving": name == current,
                "built_at": manifest.built_at,
                "documents": len(manifest.documents),
                "passages": manifest.passages,
                "model": manifest.recipe.model.name,
                "bytes": sum(record.bytes for record in manifest.files.values()),
            }
        )
    if parsed.json:
        print(json.dumps({"data_dir": str(settings.data_dir), "generations": generations}, ensure_ascii=False))
        return 0
    if not generations:
        raise NoGenerationError("There is no index yet. Build one: mscqa build")
    for item in generations:
        print(
            f"{'*' if item['serving'] else ' '} {item['generation']}  {item['built_at']}  {item['documents']} documents,"
            f" {item['passages']} passages, {item['bytes'] / 1e6:.1f} MB, {item['model']}"
        )
    return 0


def _print_result(result: Result) -> None:
    print(result.answer.text)
    terms = {gloss.zh: gloss.en for sentence in result.answer.sentences for gloss in sentence.glosses}
    if terms:
        print("\nTerms: " + "; ".join(f"{zh} {en}" for zh, en in terms.items()))
    for hit in result.hits:
        place = " > ".join(hit.passage.section_path)
        quote = next(citation for citation in result.citations if citation.number == hit.rank)
        print(f"\n[{hit.rank}] {quote.document_title} | {place}\n    {quote.quote}")
        print(f"    {hit.passage.document_id}:{quote.span.start}-{quote.span.end}")
    if result.expansions:
        shown = "; ".join(f"{item.term} = {', '.join(item.translations)}" for item in result.expansions if item.translations)
        _words.print(f"\nSearched also: {shown}", markup=False)
    _words.print(NOTICE, style="dim")


def _say(message: str) -> None:
    _words.print(f"mscqa: {message} …", markup=False)


@contextmanager
def _progress() -> Iterator[Report]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_words, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, whole: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(_STEPS.get(step, step), total=whole)
            bar.update(tasks[step], completed=done, total=whole)

        yield report
