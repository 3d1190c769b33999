"""What a case of ``cases.jsonl`` asks of a text, put to the reader and to the real service.

A line names its ``case`` (a text or a folder of ``texts/``) and holds one check: ``ask`` with what the answer must and
mustn't contain, or that it is refused; ``claim`` with a verdict that it must never get; ``quote`` with the verdicts that
are right; ``sentences_include`` and ``sentences_lack`` (whole sentences of the reading; a sentence that ends in one of the
latter was cut); ``blocks`` (a kind, and what some block of it reads).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.blocks.headings import plain_title
from corpus.errors import CorpusError
from corpus.model import Document
from corpus.passages.chunking import reading_of, split_passages
from corpus.reading import read_folder
from index.errors import IndexStoreError
from qa.service import Service

Check = dict[str, Any]


def read_checks(path: Path) -> list[tuple[str, Check]]:
    """Return the checks of a file, each with a name: its case and its number within that."""
    counts: dict[str, int] = {}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        counts[item["case"]] = counts.get(item["case"], 0) + 1
        found.append((f"{item['case']}-{counts[item['case']]}", item))
    return found


def problems_of(check: Check, corpus: Path, service: Service | None) -> Iterator[str]:
    """Yield what is wrong; ``service`` is None where nothing of the folder could be built."""
    if "sentences_include" in check or "sentences_lack" in check or "blocks" in check:
        yield from _reading_problems(check, corpus)
    if "ask" in check:
        yield from _answer_problems(check, service)
    if "claim" in check and service is not None and service.serving.verifier.claim(check["claim"]).support == check["never"]:
        yield f"the claim is {check['never']}"
    if "quote" in check:
        verdict = service.serving.verifier.quote(check["quote"]).verdict if service else "nothing"
        if verdict not in check["verdict"]:
            yield f"the quote is {verdict}"


def _answer_problems(check: Check, service: Service | None) -> Iterator[str]:
    if service is None:
        if not check.get("refused"):
            yield "nothing could be built"
        return
    result = service.ask(check["ask"])
    if check.get("refused"):
        if result.answerable:
            yield f"answered {result.answer.text!r} ({result.confidence})"
        return
    if not result.answerable:
        yield f"refused ({result.confidence}; missing {result.answer.missing})"
    text = _plain("\n".join(sentence.text for sentence in result.answer.sentences))
    yield from (
        f"the answer {text!r} lacks {part!r}" for part in check.get("answer_contains", []) if _plain(part) not in text
    )
    yield from (f"the answer {text!r} has {part!r}" for part in check.get("answer_lacks", []) if _plain(part) in text)


def _reading_problems(check: Check, corpus: Path) -> Iterator[str]:
    try:
        documents = read_folder(corpus)
    except (CorpusError, IndexStoreError) as error:
        if "sentences_include" in check or "blocks" in check:
            yield f"not read: {error}"
        return
    sentences = [_plain(sentence) for document in documents for sentence in _sentences(document)]
    yield from (f"no sentence {part!r}" for part in check.get("sentences_include", []) if _plain(part) not in sentences)
    for part in check.get("sentences_lack", []):
        yield from (f"the sentence {item!r} ends in {part!r}" for item in sentences if item.endswith(_plain(part)))
    for kind, parts in check.get("blocks", {}).items():
        read = [text for document in documents for text in _blocks(document, kind)]
        yield from (f"no {kind} {part!r}" for part in parts if not any(_plain(part) in text for text in read))


def _sentences(document: Document) -> list[str]:
    passages = [passage for passage in split_passages(document) if passage.role == "body"]
    return [passage.reading_of(sentence) for passage in passages for sentence in passage.sentences]


def _blocks(document: Document, kind: str) -> list[str]:
    """Return what the blocks of a kind read and say raw; furniture within a sentence is in the sentence's joins."""
    text = document.text
    found = [
        one for block in document.blocks if block.kind == kind for one in (reading_of(block, text), block.span.of(text))
    ]
    if kind == "furniture":
        found += [text[cut.start : cut.end] for block in document.blocks for cut in block.joins if cut.why == "page"]
        found += [plain_title(one) for one in found]
    return [_plain(one) for one in found]


def _plain(text: str) -> str:
    """Return ``text`` with the cells of a row a blank apart, and blanks as one."""
    return re.sub(r"\s+", " ", text.replace("|", " ")).strip()
