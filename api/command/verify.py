"""``mscqa verify``: a quote or a claim checked from the command line."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from api.command.terminal import say, words
from qa.settings import Settings
from qa.verification.model import ClaimCheck, QuoteCheck, QuoteError, UnknownDocumentError

HOLDS, WRONG_USE, DOES_NOT_HOLD = 0, 2, 3


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    parser = commands.add_parser("verify", help="check a quote to the character, or a claim against the corpus")
    parser.add_argument("text", help="the quote, or with --claim a statement in Chinese or English")
    parser.add_argument("--claim", action="store_true", help="check what is said, not the words")
    parser.add_argument("--document", metavar="ID", help="look for the quote in this document only")
    parser.add_argument("--json", action="store_true", help="print the whole result as JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the verdict; return 0 where the quote or claim holds, 3 where it doesn't, 2 where it can't be checked."""
    from qa.bootstrap import start

    if parsed.claim and parsed.document:
        words.print("mscqa: --document goes with a quote only", style="red")
        return WRONG_USE
    service = start(settings, say)
    service.refresh()
    try:
        if parsed.claim:
            checked: QuoteCheck | ClaimCheck = service.serving.verifier.claim(parsed.text)
        else:
            checked = service.serving.verifier.quote(parsed.text, parsed.document)
    except QuoteError as error:
        words.print(f"mscqa: {error}", markup=False, style="red")
        return WRONG_USE
    except UnknownDocumentError as error:
        words.print(f"mscqa: there is no document {error.args[0]!r}", markup=False, style="red")
        return WRONG_USE
    if parsed.json:
        print(json.dumps(asdict(checked), ensure_ascii=False))
    else:
        _print(checked, parsed.text)
    verdict = checked.verdict if isinstance(checked, QuoteCheck) else checked.support
    return HOLDS if verdict in ("verbatim", "normalised", "supported") else DOES_NOT_HOLD


def _print(checked: QuoteCheck | ClaimCheck, claim: str) -> None:
    if isinstance(checked, QuoteCheck):
        print(checked.verdict)
        for match in checked.matches:
            print(f"  {match.document_id}:{match.span.start}-{match.span.end}  {match.similarity:.2f}  {match.text}")
        for difference in checked.differences:
            print(f"  {difference.kind}: the text has {difference.expected!r}, the quote {difference.found!r}")
        return
    print(checked.support)
    for item in checked.evidence:
        print(f"  {item.score:.2f}  {item.support}  {item.document_id}:{item.span.start}-{item.span.end}  {item.text}")
        for found in item.differences:
            print(f"      {found.kind}: the text has {found.expected!r}, the claim {found.found!r}")
    for part in checked.evidence[0].parts if checked.evidence else ():
        if part.relation == "missing":
            print(f"  not found: {part.span.of(claim)!r}")
