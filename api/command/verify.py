"""``mscqa verify``: a quote, a claim or a whole draft checked from the command line."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command.terminal import progress, say, words
from qa.settings import Settings
from qa.verification.model import ClaimCheck, QuoteCheck, QuoteError, UnknownDocumentError

if TYPE_CHECKING:
    from qa.verification.drafts import DraftSentence
    from qa.verification.verifier import Verifier

HOLDS, WRONG_USE, DOES_NOT_HOLD = 0, 2, 3
_DRAFTS = (".md", ".markdown", ".txt")


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    parser = commands.add_parser("verify", help="check a quote to the character, a claim, or a whole draft")
    parser.add_argument(
        "text", help="the quote, with --claim a statement, or a .md or .txt file whose sentences are checked"
    )
    parser.add_argument("--claim", action="store_true", help="check what is said, not the words")
    parser.add_argument("--document", metavar="ID", help="look for the quote in this document only")
    parser.add_argument("--json", action="store_true", help="print the whole result as JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the verdict; return 0 where all of it holds, 3 where something doesn't, 2 where it can't be checked.

    Raises ``OSError`` where a draft can't be read, and ``CorpusError`` where it is no text.
    """
    from qa.bootstrap import start

    if parsed.claim and parsed.document:
        words.print("mscqa: --document goes with a quote only", style="red")
        return WRONG_USE
    sentences = read_file(Path(parsed.text)) if _names_draft(parsed) else None
    if sentences is not None and all(sentence.left_out for sentence in sentences):
        words.print("mscqa: the draft states nothing that could be checked", style="red")
        return WRONG_USE
    service = start(settings, say)
    service.refresh()
    verifier = service.serving.verifier
    if sentences is not None:
        return _check_draft(sentences, verifier, as_json=parsed.json)
    try:
        if parsed.claim:
            checked: QuoteCheck | ClaimCheck = verifier.claim(parsed.text)
        else:
            checked = verifier.quote(parsed.text, parsed.document)
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


def read_file(path: Path) -> "tuple[DraftSentence, ...]":
    """Return the sentences of a draft; raises ``OSError`` or ``CorpusError``."""
    from corpus.decoding import decode
    from corpus.files.listing import is_markdown
    from qa.verification.drafts import read_draft

    text, _ = decode(path.read_bytes(), path.name)
    return read_draft(text, markdown=is_markdown(path))


def _names_draft(parsed: argparse.Namespace) -> bool:
    """Tell whether the argument is the name of a draft: one word that ends as such names do, whether or not it is there."""
    name = parsed.text
    return not parsed.claim and not parsed.document and name.lower().endswith(_DRAFTS) and "\n" not in name


def _check_draft(sentences: "Sequence[DraftSentence]", verifier: "Verifier", *, as_json: bool) -> int:
    from qa.verification.drafts import check_sentence, is_upheld

    checked = []
    with progress() as report:
        for done, sentence in enumerate(sentences):
            report("sentences", done, len(sentences))
            checked.append(check_sentence(sentence, verifier.claim))
        report("sentences", len(sentences), len(sentences))
    if as_json:
        print(json.dumps([asdict(sentence) for sentence in checked], ensure_ascii=False))
    else:
        for sentence in checked:
            _print_sentence(sentence)
    return HOLDS if is_upheld(tuple(checked)) else DOES_NOT_HOLD


def _print_sentence(sentence: "DraftSentence") -> None:
    if sentence.checked is None:
        print(f"not checked ({sentence.left_out}): {sentence.text}")
        return
    print(f"{sentence.checked.support}: {sentence.text}")
    if sentence.checked.support in ("partial", "contradicted", "supported"):
        _print_evidence(sentence.checked, sentence.text, most=1)


def _print(checked: QuoteCheck | ClaimCheck, claim: str) -> None:
    if isinstance(checked, QuoteCheck):
        print(checked.verdict)
        for match in checked.matches:
            print(f"  {match.document_id}:{match.span.start}-{match.span.end}  {match.similarity:.2f}  {match.text}")
        for difference in checked.differences:
            print(f"  {difference.kind}: the text has {difference.expected!r}, the quote {difference.found!r}")
        return
    print(checked.support)
    _print_evidence(checked, claim, most=len(checked.evidence))


def _print_evidence(checked: ClaimCheck, claim: str, most: int) -> None:
    for item in checked.evidence[:most]:
        print(f"  {item.score:.2f}  {item.support}  {item.document_id}:{item.span.start}-{item.span.end}  {item.text}")
        for found in item.differences:
            print(f"      {found.kind}: the text has {found.expected!r}, the claim {found.found!r}")
    for part in checked.evidence[0].parts if checked.evidence else ():
        if part.relation == "missing":
            print(f"  not found: {part.span.of(claim)!r}")
