"""What a generation holds besides vectors: the documents, their passages, and the features of each sentence."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.model import Author, Document, Passage, Section, Source, Span, TranslatedBlock, Translation
from index.durable import write_file
from index.features import Feature

DOCUMENTS, PASSAGES, VOCABULARY = "documents.jsonl", "passages.jsonl", "vocabulary.json"
FEATURE_IDS, FEATURE_SPANS, FEATURE_STARTS = "feature_ids.i32", "feature_spans.i32", "feature_starts.i64"


def write_documents(folder: Path, documents: Iterable[Document]) -> None:
    """Write whole documents, one JSON object a line."""
    _write_lines(folder / DOCUMENTS, (_document_to_json(document) for document in documents))


def read_documents(folder: Path) -> tuple[Document, ...]:
    """Return the documents of ``folder`` as they were written."""
    return tuple(_document_from_json(item) for item in _read_lines(folder / DOCUMENTS))


def write_passages(folder: Path, passages: Iterable[Passage]) -> None:
    """Write the places of passages, one JSON object a line; their text stays with the documents."""
    _write_lines(folder / PASSAGES, (_passage_to_json(passage) for passage in passages))


def read_passages(folder: Path, texts: Mapping[str, str]) -> tuple[Passage, ...]:
    """Return the passages of ``folder``; ``texts`` gives the text of each document by id."""
    return tuple(_passage_from_json(item, texts) for item in _read_lines(folder / PASSAGES))


@dataclass(frozen=True, slots=True)
class FeatureStore:
    """The features of each passage: row ``starts[i]`` to ``starts[i + 1]``; ``spans`` index the passage's text.

    A span of (-1, -1) is a feature of the passage's headings.
    """

    vocabulary: Mapping[str, int]
    ids: npt.NDArray[np.int32]
    spans: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    def of(self, row: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return feature ids (f,) and spans (f, 2) of one passage."""
        start, end = int(self.starts[row]), int(self.starts[row + 1])
        return self.ids[start:end], self.spans[start:end]

    def document_frequencies(self) -> npt.NDArray[np.int32]:
        """Return for each feature id the number of passages that hold it."""
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        pairs = np.unique(np.stack([self.ids.astype(np.int64), rows]), axis=1)
        return np.bincount(pairs[0], minlength=len(self.vocabulary)).astype(np.int32)


def write_features(folder: Path, passages: Sequence[tuple[Sequence[Feature], Sequence[Feature]]]) -> None:
    """Write the features of each passage's text and of its headings, in order, into ``folder``."""
    keys = sorted({feature.key for text, heading in passages for feature in (*text, *heading)})
    vocabulary = {key: number for number, key in enumerate(keys)}
    ids: list[int] = []
    spans: list[tuple[int, int]] = []
    starts = [0]
    for text, heading in passages:
        ids += [vocabulary[feature.key] for feature in (*text, *heading)]
        spans += [(feature.span.start, feature.span.end) for feature in text]
        spans += [(-1, -1)] * len(heading)
        starts.append(len(ids))
    write_file(folder / VOCABULARY, json.dumps(keys, ensure_ascii=False).encode())
    write_file(folder / FEATURE_IDS, np.asarray(ids, np.int32).tobytes())
    write_file(folder / FEATURE_SPANS, np.asarray(spans, np.int32).tobytes())
    write_file(folder / FEATURE_STARTS, np.asarray(starts, np.int64).tobytes())


def open_features(folder: Path) -> FeatureStore:
    """Return the features of ``folder``."""
    keys = json.loads((folder / VOCABULARY).read_bytes())
    return FeatureStore(
        {key: number for number, key in enumerate(keys)},
        np.frombuffer((folder / FEATURE_IDS).read_bytes(), np.int32),
        np.frombuffer((folder / FEATURE_SPANS).read_bytes(), np.int32).reshape(-1, 2),
        np.frombuffer((folder / FEATURE_STARTS).read_bytes(), np.int64),
    )


def _write_lines(path: Path, items: Iterable[Mapping[str, Any]]) -> None:
    lines = (json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items)
    write_file(path, "".join(line + "\n" for line in lines).encode("utf-8"))


def _read_lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


def _document_to_json(document: Document) -> dict[str, Any]:
    return asdict(document)


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
    changed = {"source": Source(**source), "sections": sections, "front_matter": Span(**item["front_matter"])}
    return Document(**{**item, **changed, "translation": _translation_from_json(item.get("translation"))})


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
    )
