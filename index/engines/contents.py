"""The documents of a generation and their passages, one JSON object a line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from corpus.model import (
    Author,
    Block,
    Context,
    Cut,
    Document,
    Passage,
    Place,
    PlacedLine,
    Section,
    Source,
    Span,
    TranslatedBlock,
    Translation,
)
from index.durable import write_file

DOCUMENTS, PASSAGES = "documents.jsonl", "passages.jsonl"


def write_documents(folder: Path, documents: Iterable[Document]) -> None:
    """Write whole documents, one JSON object a line."""
    _write_lines(folder / DOCUMENTS, documents)


def read_documents(folder: Path) -> tuple[Document, ...]:
    """Return the documents of ``folder`` as they were written."""
    return tuple(_document_from_json(item) for item in _read_lines(folder / DOCUMENTS))


def write_passages(folder: Path, passages: Iterable[Passage]) -> None:
    """Write the places of passages, one JSON object a line; their text stays with the documents."""
    _write_lines(folder / PASSAGES, (_passage_to_json(passage) for passage in passages))


def read_passages(folder: Path, texts: Mapping[str, str]) -> tuple[Passage, ...]:
    """Return the passages of ``folder``; ``texts`` gives the text of each document by id."""
    return tuple(_passage_from_json(item, texts) for item in _read_lines(folder / PASSAGES))


def _write_lines(path: Path, items: Iterable[object]) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_fields).encode
    lines = (encode(item) for item in items)
    write_file(path, "".join(line + "\n" for line in lines).encode("utf-8"))


def _read_lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


def _fields(item: Any) -> dict[str, Any] | list[Any]:
    """Return a dataclass as a mapping or a list, one level deep: the encoder comes back for what is inside."""
    if isinstance(item, Cut):
        return [item.start, item.end, item.text, item.why]
    if isinstance(item, PlacedLine):
        return [item.span.start, item.span.end, item.page, *item.rectangle]
    if isinstance(item, Block):  # in order: a long text has thousands
        return [item.kind, item.span.start, item.span.end, item.level, item.joins, item.place, item.doubtful, item.title]
    return {field.name: getattr(item, field.name) for field in fields(item)}


def _document_from_json(item: dict[str, Any]) -> Document:
    source = dict(item["source"])
    source["authors"] = tuple(Author(**author) for author in source["authors"])
    sections = tuple(
        Section(
            tuple(section["path"]),
            Span(**section["heading"]) if section["heading"] else None,
            Span(**section["span"]),
            section["role"],
        )
        for section in item["sections"]
    )
    changed = {
        "source": Source(**source),
        "sections": sections,
        "front_matter": Span(**item["front_matter"]),
        "blocks": tuple(map(_block_from_json, item["blocks"])),
        "notes": tuple(item["notes"]),
        "lines": tuple(_line_from_json(line) for line in item["lines"]),
        "page_labels": tuple(item["page_labels"]),
    }
    return Document(**{**item, **changed, "translation": _translation_from_json(item.get("translation"))})


def _block_from_json(item: Sequence[Any]) -> Block:
    kind, start, end, level, joins, place, doubtful, title = item
    where = Place(place["page"], tuple(place["rectangle"]) if place["rectangle"] else None) if place else None
    return Block(kind, Span(start, end), level, _cuts(joins), where, doubtful, title)


def _line_from_json(item: Sequence[Any]) -> PlacedLine:
    start, end, page, left, top, right, bottom = item
    return PlacedLine(Span(start, end), page, (left, top, right, bottom))


def _cuts(items: Sequence[Sequence[Any]]) -> tuple[Cut, ...]:
    return tuple(Cut(*item) for item in items)


def _translation_from_json(item: Mapping[str, Any] | None) -> Translation | None:
    if item is None:
        return None
    blocks = tuple(TranslatedBlock(Span(**block["span"]), block["text"]) for block in item["blocks"])
    return Translation(**{**item, "blocks": blocks})


def _passage_to_json(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "section_path": passage.section_path,
        "span": [passage.span.start, passage.span.end],
        "sentences": [[sentence.start, sentence.end] for sentence in passage.sentences],
        "role": passage.role,
        "form": passage.form,
        "context": passage.context,
        "joins": passage.joins,
        "doubtful": passage.doubtful,
    }


def _passage_from_json(item: Mapping[str, Any], texts: Mapping[str, str]) -> Passage:
    span = Span(*item["span"])
    return Passage(
        item["id"],
        item["document_id"],
        tuple(item["section_path"]),
        span,
        tuple(Span(*sentence) for sentence in item["sentences"]),
        span.of(texts[item["document_id"]]),
        item["role"],
        item["form"],
        Context(**item["context"]),
        _cuts(item["joins"]),
        item["doubtful"],
    )
