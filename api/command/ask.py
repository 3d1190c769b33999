"""``mscqa ask``: one question answered on the terminal, with its quotes."""

import argparse
import json
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

import anyio

from api.command.notice import NOTICE
from api.command.terminal import progress, say, words
from index.errors import NoGenerationError
from qa.answers.extractive import UNSURE, not_named
from qa.generation.generator import Done
from qa.model import Result
from qa.serving import Serving
from qa.settings import NOT_CONFIGURED, Settings, SettingsError


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    ask = commands.add_parser("ask", help="answer one question", description="Answer one question from the corpus.")
    ask.add_argument("question", help='for instance "外泌体能穿过血脑屏障吗?" or "What is NfL?"')
    ask.add_argument("--limit", type=int, default=5, choices=range(1, 21), metavar="1..20", help="passages to show")
    ask.add_argument(
        "--exact", action="store_true", help="search the question's own words only, no synonyms or translations"
    )
    ask.add_argument("--generated", action="store_true", help="let the configured language model write the answer")
    ask.add_argument("--json", action="store_true", help="print the whole result as JSON")
    ask.set_defaults(run=_ask)


def _ask(parsed: argparse.Namespace, settings: Settings) -> int:
    from qa.bootstrap import start

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
    serving = service.serving
    result = serving.ask(question, limit=parsed.limit, expand=not parsed.exact)
    if parsed.generated:
        result = anyio.run(_written, serving, result)
    if parsed.json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        _print_result(result)
    return 0 if result.answerable else 3


async def _written(serving: Serving, result: Result) -> Result:
    """Return the answer that the language model writes to what was asked."""
    async with aclosing(serving.told(result, generated=True)) as told:
        async for event in told:
            if isinstance(event, Done):
                return event.result
    raise AssertionError("the events of an answer end with the whole of it")


def _print_result(result: Result) -> None:
    if result.answer.fallback:
        words.print(f"mscqa: {result.answer.fallback.detail}", markup=False)
    if result.answer.premise:
        words.print(f"mscqa: {result.answer.premise}", markup=False)
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
                print(f"[{quote.number}] {quote.reading}\n    {hit.passage.document_id}:{quote.span.start}-{quote.span.end}")
        if result.answer_language == "en" and hit.translation and used.intersection(quote.number for quote in quotes):
            print(f"    {hit.translation.text}")
    if result.expansions:
        shown = "; ".join(f"{item.term} = {', '.join(item.translations)}" for item in result.expansions if item.translations)
        words.print(f"\nSearched also: {shown}", markup=False)
    words.print(NOTICE, style="dim")
