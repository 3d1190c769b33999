"""The properties of reading, held by hand over real texts: a folder of them, or JSON lines with ``markdown`` (.gz too).

Run it from the repository's root: ``python -m tests.reading.properties PATH [--most N] [--only N …]``. It prints the share
of characters by kind and how many texts break which property, with the first of each, and exits with 1 where any does:

1. Blocks hold every character that isn't blank once.
2. Wrapping the paragraphs at 20, 38 and 60 characters, with and without hyphens, changes no sentence but for blanks.
3. Every block but headings, furniture, front matter, comments and images is in exactly one passage.
4. A sentence is verbatim or normalised in its reading and as it stands, and altered with one word changed.
5. The same bytes give the same blocks, in a time that grows with the text and no faster.
"""

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from corpus.blocks.partition import read_blocks
from corpus.errors import CorpusError
from corpus.files.listing import find_files, is_markdown
from corpus.model import Document, Passage, Span
from corpus.passages.chunking import block_sentences, split_passages
from corpus.reading import read_document
from corpus.readings import cuts_within, read_span
from corpus.report import sum_up
from corpus.segmentation import Segmenter
from corpus.term_files import read_terms
from index.engines.glossing import is_english
from qa.settings import BUNDLED_TERMS
from qa.statements.reader import StatementReader
from qa.verification.quote_index import build_quote_index
from qa.verification.quotes import check_quote
from tests.reading.wrapping import wrap

_NOWHERE = ("heading", "furniture", "front_matter", "comment", "image")
_QUOTED = 8  # sentences of a text whose quotes are checked
_SLOWEST = 30e-6  # seconds a character; a text's first 2,000 characters are free
_WIDTHS = [(width, hyphens) for width in (20, 38, 60) for hyphens in (False, True)]


def texts(path: Path) -> Iterator[Document]:
    """Yield the documents of a folder, or of JSON lines with ``id`` and ``markdown``; those without text are passed over."""
    if path.is_dir():
        for file in find_files(path).texts:
            try:
                yield read_document(file, path)
            except CorpusError as error:
                print(error, file=sys.stderr)
        return
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for line in content.decode("utf-8").split("\n"):
            if not line:
                continue
            item = json.loads(line)
            file = Path(folder) / f"{item['id']}.md"
            file.write_text(item["markdown"], encoding="utf-8")
            try:
                yield read_document(file, Path(folder))
            except CorpusError as error:
                print(error, file=sys.stderr)
            file.unlink()


def parted(document: Document) -> Iterator[str]:
    """Yield what breaks the first property: a character in no block, or in two."""
    place = 0
    for block in document.blocks:
        if block.span.start < place:
            yield f"two blocks hold {block.span}"
        if document.text[place : block.span.start].strip():
            yield f"no block holds {document.text[place : block.span.start].strip()[:40]!r}"
        place = max(place, block.span.end)
    if document.text[place:].strip():
        yield f"no block holds {document.text[place:].strip()[:40]!r}"


def sentences(text: str, *, markdown: bool) -> list[str]:
    """Return what each sentence of a text reads, blanks left out."""
    found = []
    for block in read_blocks(text, 0, markdown=markdown):
        if block.kind not in _NOWHERE:
            for span in block_sentences(block, text):
                reading = read_span(span.of(text), span, cuts_within(span, block.joins)).text
                found.append(re.sub(r"\s", "", reading))
    return found


def wrapped(document: Document, width: int, *, hyphens: bool) -> tuple[str, str]:
    """Return a text without its front matter, and the same with its paragraphs of one line, if they stand apart, wrapped."""
    text, start = document.text, document.front_matter.end
    pieces, place = [], start
    for block in document.blocks:
        words = block.span.of(text)
        apart = text[: block.span.start].endswith("\n\n") and text.startswith("\n\n", block.span.end)
        if block.kind == "paragraph" and apart and not block.doubtful and "\n" not in words:
            pieces += text[place : block.span.start], "\n".join(wrap(words, width, hyphens=hyphens))
            place = block.span.end
    return text[start:], "".join([*pieces, text[place:]])


def unwrapped(document: Document) -> Iterator[str]:
    """Yield what breaks the second property."""
    markdown = is_markdown(Path(document.filename))
    for width, hyphens in _WIDTHS:
        whole, broken = wrapped(document, width, hyphens=hyphens)
        before, after = sentences(whole, markdown=markdown), sentences(broken, markdown=markdown)
        if hyphens:  # whether a word that nobody knows has one can't be told
            before, after = ([one.replace("-", "") for one in side] for side in (before, after))
        if before != after:
            place = next(
                (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
            )
            yield f"at {width}{' with hyphens' * hyphens}: {(before[place : place + 1], after[place : place + 2])!r:.400}"


def placed(document: Document, passages: tuple[Passage, ...]) -> Iterator[str]:
    """Yield what breaks the third property."""
    spans = sorted(passage.span for passage in passages)
    for one, other in pairwise(spans):
        if one.overlaps(other):
            yield f"two passages hold {Span(other.start, one.end).of(document.text)[:40]!r}"
    for block in document.blocks:
        if block.kind in _NOWHERE or (block.kind == "question" and block.title):
            continue
        left, place = 0, block.span.start
        for span in spans:
            if span.overlaps(block.span):
                left += len(document.text[place : max(place, span.start)].strip())
                place = max(place, span.end)
        left += len(document.text[place : block.span.end].strip())
        if left:
            yield f"no passage holds all of the {block.kind} {block.span.of(document.text)[:60]!r}"


@cache
def statements() -> StatementReader:
    """Return the reader of statements that quotes are checked with."""
    terms = read_terms(BUNDLED_TERMS)
    return StatementReader(terms, Segmenter(terms), is_english)


def quoted(document: Document, passages: tuple[Passage, ...]) -> Iterator[str]:
    """Yield what breaks the fourth property, of some sentences of the text."""
    held: Any = SimpleNamespace(
        documents={document.id: document},
        passages=passages,
        rows={passage.id: row for row, passage in enumerate(passages)},
    )
    index = build_quote_index(held)
    chance = random.Random(document.id)
    whole = [
        (passage, span)
        for passage in passages
        if passage.role == "body" and passage.form == "prose" and not passage.doubtful
        for span in passage.sentences
        if 12 <= len(span) <= 300 and re.search(r"[\u4e00-\u9fff]{6}", passage.reading_of(span))
    ]
    for passage, span in chance.sample(whole, min(_QUOTED, len(whole))):
        reading, raw = passage.reading_of(span), span.of(document.text)
        for form in dict.fromkeys((reading, raw)):
            verdict = check_quote(form, held, index, statements()).verdict
            if verdict not in ("verbatim", "normalised"):
                yield f"{verdict}: {form[:120]!r}"
        word = chance.choice(
            list(re.finditer(r"(?<=[\u4e00-\u9fff]{2})[\u4e00-\u9fff]{2}(?=[\u4e00-\u9fff])", reading)) or [None]
        )  # type: ignore[list-item]
        if word is not None:
            changed = f"{reading[: word.start()]}鲸鱼{reading[word.end() :]}"
            verdict = check_quote(changed, held, index, statements()).verdict
            if verdict != "altered":
                yield f"changed, and {verdict}: {changed[:120]!r}"


def pure(document: Document) -> Iterator[str]:
    """Yield what breaks the fifth property."""
    markdown = is_markdown(Path(document.filename))
    began = time.process_time()
    again = read_blocks(document.text, document.front_matter.end, markdown=markdown)
    took = time.process_time() - began
    if again != document.blocks:
        yield "read again, its blocks differ"
    if took > _SLOWEST * (len(document.text) + 2000):
        yield f"{took:.2f} s for {len(document.text)} characters"


def check(document: Document, properties: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the number of each of the ``properties`` that a text breaks, with what breaks it."""
    passages = split_passages(document)
    found = (parted(document), unwrapped(document), placed(document, passages), quoted(document, passages), pure(document))
    for number, broken in enumerate(found, 1):
        if number in properties:
            yield from ((number, problem) for problem in broken)


def main() -> int:
    """Check every text, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.reading.properties", description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--most", type=int, metavar="N", help="look at the first N texts only")
    parser.add_argument("--examples", type=int, default=5, metavar="N", help="how many breaches of each property are shown")
    parser.add_argument("--only", type=int, nargs="+", default=[1, 2, 3, 4, 5], metavar="N", help="the properties to check")
    parsed = parser.parse_args()
    broken: dict[int, list[str]] = defaultdict(list)
    breaking: Counter[int] = Counter()
    documents = []
    for document in islice(texts(parsed.path), parsed.most):
        documents.append(document)
        found = list(check(document, parsed.only))
        breaking.update({number for number, _ in found})
        for number, problem in found:
            broken[number].append(f"{document.id}: {problem}")
    sums = sum_up(documents)
    print(f"{sums.documents} texts, {sums.in_passages:.2%} of the characters in passages, {sums.doubtful} doubtful blocks")
    for kind, count in sums.kinds.items():
        print(f"  {kind}: {count} blocks, {sums.shares[kind]:.2%} of the characters")
    for number in parsed.only:
        print(f"property {number}: {breaking[number]} texts break it, {len(broken[number])} times")
        print("".join(f"    {line}\n" for line in broken[number][: parsed.examples]), end="")
    return int(any(broken.values()))


if __name__ == "__main__":
    sys.exit(main())
