"""The command line: ``mscqa serve | build | ask | verify | evaluate | fit | status | rollback | doctor | export | import``.

Data goes to stdout, words to stderr. Exit codes: 0 done; 1 it failed, with the reason; 2 wrong use; 3 the corpus doesn't
answer (``ask``) or uphold (``verify``); 130 stopped by Ctrl+C; 141 nobody reads the output any more.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial

import anyio

from corpus.errors import CorpusError
from index.errors import IndexStoreError, NoGenerationError
from qa import building_command, care_command
from qa import fit_command as fitting
from qa.answering import UNSURE, not_named
from qa.evaluation import command as evaluation
from qa.evaluation.legs import UnknownLegError
from qa.model import Result
from qa.settings import NOT_CONFIGURED, Settings, SettingsError, read_settings
from qa.terminal import BROKEN_PIPE, OutputError, output, progress, say, words
from qa.verification import command as verification
from qa.weights import WeightsError

NOTICE = "Reference material, not medical advice. 仅供研究参考，不构成医疗建议。"


def main(arguments: Sequence[str] | None = None, *, serve: Callable[[Settings], int]) -> int:
    """Run one command and return its exit code; ``serve`` comes from the layer above (api/command.py)."""
    try:
        with output():
            return _run(_parser(serve).parse_args(arguments))
    except BrokenPipeError:
        return BROKEN_PIPE
    except (OutputError, OSError) as error:
        place = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        words.print(f"mscqa: {place}{reason}", markup=False, style="red", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        words.print("mscqa: stopped")
        return 130


def _run(parsed: argparse.Namespace) -> int:
    try:
        overrides = {
            name: getattr(parsed, name) for name in ("host", "port", "workers") if getattr(parsed, name, None) is not None
        }
        settings = read_settings(**overrides)
        return int(parsed.run(parsed, settings))
    except (SettingsError, CorpusError, IndexStoreError, WeightsError, UnknownLegError) as error:
        if isinstance(error, CorpusError) and getattr(parsed, "json", False):
            print(json.dumps({"refused": list(map(asdict, error.problems))}, ensure_ascii=False))
        words.print(f"mscqa: {error}", markup=False, style="red", soft_wrap=True)
        return 1


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

    building_command.add_command(commands)

    ask = commands.add_parser("ask", help="answer one question", description="Answer one question from the corpus.")
    ask.add_argument("question", help='for instance "外泌体能穿过血脑屏障吗?" or "What is NfL?"')
    ask.add_argument("--limit", type=int, default=5, choices=range(1, 21), metavar="1..20", help="passages to show")
    ask.add_argument(
        "--exact", action="store_true", help="search the question's own words only, no synonyms or translations"
    )
    ask.add_argument("--generated", action="store_true", help="let the configured language model write the answer")
    ask.add_argument("--json", action="store_true", help="print the whole result as JSON")
    ask.set_defaults(run=_ask)

    evaluate = commands.add_parser("evaluate", help="measure retrieval and refusals on questions with known answers")
    evaluation.add_arguments(evaluate)
    evaluate.set_defaults(run=lambda parsed, settings: evaluation.run(parsed, settings, say, progress))

    verify = commands.add_parser("verify", help="check a quote to the character, or a claim against the corpus")
    verification.add_arguments(verify)
    verify.set_defaults(run=lambda parsed, settings: verification.run(parsed, settings, say))

    fit = commands.add_parser("fit", help="learn the weights of the signals anew, for another model or other questions")
    fitting.add_arguments(fit)
    fit.set_defaults(run=lambda parsed, settings: fitting.run(parsed, settings, say, progress))

    care_command.add_commands(commands)
    return parser


def _ask(parsed: argparse.Namespace, settings: Settings) -> int:
    from qa.service import start

    question = parsed.question.strip()
    if not question or len(question) > settings.max_question_characters:
        words.print(f"mscqa: a question has 1 to {settings.max_question_characters} characters", style="red")
        return 2
    if parsed.generated and not settings.llm_base_url:
        raise SettingsError(NOT_CONFIGURED)
    service = start(settings, say)
    try:
        service.refresh()
    except NoGenerationError:
        with progress() as report:
            service.rebuild(report)
    if parsed.generated:
        result = anyio.run(partial(service.generate, question, limit=parsed.limit, expand=not parsed.exact))
    else:
        result = service.ask(question, limit=parsed.limit, expand=not parsed.exact)
    if parsed.json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        _print_result(result)
    return 0 if result.answerable else 3


def _print_result(result: Result) -> None:
    if result.answer.fallback:
        words.print(f"mscqa: {result.answer.fallback.detail}", markup=False)
    if result.answerable and result.answer.missing:
        words.print(f"mscqa: {not_named(result.answer_language, result.answer.missing)}", markup=False)
    if result.unsure:
        words.print(f"mscqa: {UNSURE[result.answer_language]}")
    print(result.answer.text)
    terms = {gloss.zh: gloss.en for sentence in result.answer.sentences for gloss in sentence.glosses}
    if terms:
        print("\nTerms: " + "; ".join(f"{zh} {en}" for zh, en in terms.items()))
    used = {number for sentence in result.answer.sentences for number in sentence.citations}
    for hit in result.hits:
        quotes = [item for item in result.citations if item.passage.id == hit.passage.id]
        print(f"\n{quotes[0].document_title} | {' > '.join(hit.passage.section_path)}")
        for quote in quotes:
            if quote.number == hit.rank or quote.number in used:
                print(f"[{quote.number}] {quote.quote}\n    {hit.passage.document_id}:{quote.span.start}-{quote.span.end}")
        if result.answer_language == "en" and hit.translation and used.intersection(quote.number for quote in quotes):
            print(f"    {hit.translation.text}")
    if result.expansions:
        shown = "; ".join(f"{item.term} = {', '.join(item.translations)}" for item in result.expansions if item.translations)
        words.print(f"\nSearched also: {shown}", markup=False)
    words.print(NOTICE, style="dim")
