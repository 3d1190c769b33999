"""The features of all passages, in flat files: ids into a vocabulary, and places."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, ranges
from index.durable import write_file
from index.engines.features import Feature
from index.engines.lexical import LexicalRow

VOCABULARY, IDS, SPANS, STARTS = "vocabulary.json", "feature_ids.i32", "feature_spans.i32", "feature_starts.i64"

PassageFeatures = tuple[Sequence[Feature], Sequence[Feature]]
"""The features of a passage's text, and those of its headings."""


@dataclass(frozen=True, slots=True)
class FeatureStore:
    """The features of each passage: row ``starts[i]`` to ``starts[i + 1]``; ``spans`` index the passage's text.

    A span of (-1, -1) is a feature of the passage's headings. ``vocabulary`` is sorted.
    """

    vocabulary: Mapping[str, int]
    ids: npt.NDArray[np.int32]
    spans: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    def of(self, row: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return feature ids (f,) and spans (f, 2) of one passage."""
        start, end = int(self.starts[row]), int(self.starts[row + 1])
        return self.ids[start:end], self.spans[start:end]

    def of_rows(self, rows: Ints) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Ints]:
        """Return feature ids (f,) and spans (f, 2) of the passages ``rows`` in turn, and which of them each is of (f,)."""
        counts = self.starts[rows + 1] - self.starts[rows]
        places = ranges(self.starts[rows], counts)
        return self.ids[places], self.spans[places], np.repeat(np.arange(len(rows)), counts)

    def document_frequencies(self) -> npt.NDArray[np.int32]:
        """Return for each feature id the number of passages that hold it."""
        count = len(self.starts) - 1
        pairs = self.ids.astype(np.int64) * count + np.repeat(np.arange(count), np.diff(self.starts))
        pairs.sort()  # ten times as fast as np.unique
        first = np.diff(pairs, prepend=-1) != 0
        return np.bincount(pairs[first] // max(count, 1), minlength=len(self.vocabulary)).astype(np.int32)

    def lexical_rows(self) -> Sequence[LexicalRow]:
        """Return the keys of each passage, of its text and of its headings, in order of place."""
        words = np.asarray(list(self.vocabulary), object)
        rows = []
        for row in range(len(self.starts) - 1):
            ids, spans = self.of(row)
            inside = spans[:, 0] >= 0
            rows.append(LexicalRow(words[ids[inside]].tolist(), words[ids[~inside]].tolist()))
        return rows


def merge_features(passages: Sequence[PassageFeatures | int], before: FeatureStore | None = None) -> FeatureStore:
    """Return the features of ``passages``; a number stands for what ``before`` holds in that row."""
    kept = [row for row in passages if isinstance(row, int)]
    fresh = [row for row in passages if not isinstance(row, int)]
    keys = {feature.key for text, heading in fresh for feature in (*text, *heading)}
    old_ids = np.zeros(0, np.int32)
    if before is not None and kept:
        old_keys = list(before.vocabulary)
        used = np.concatenate([before.of(row)[0] for row in kept])
        keys.update(old_keys[number] for number in np.flatnonzero(np.bincount(used, minlength=len(old_keys))))
    vocabulary = {key: number for number, key in enumerate(sorted(keys))}
    if before is not None:
        renumbered = np.asarray([vocabulary.get(key, -1) for key in before.vocabulary], np.int32)
        old_ids = renumbered[before.ids] if len(before.ids) else old_ids
    ids, spans = [np.zeros(0, np.int32)], [np.zeros((0, 2), np.int32)]
    for row in passages:
        if isinstance(row, int):
            assert before is not None  # noqa: S101 - rows are of something
            ids.append(old_ids[int(before.starts[row]) : int(before.starts[row + 1])])
            spans.append(before.of(row)[1])
        else:
            text, heading = row
            ids.append(np.asarray([vocabulary[feature.key] for feature in (*text, *heading)], np.int32))
            places = [(feature.span.start, feature.span.end) for feature in text] + [(-1, -1)] * len(heading)
            spans.append(np.asarray(places, np.int32).reshape(-1, 2))
    starts = np.cumsum([len(part) for part in ids], dtype=np.int64)
    return FeatureStore(vocabulary, np.concatenate(ids), np.concatenate(spans), starts)


def write_features(folder: Path, store: FeatureStore) -> None:
    """Write ``store`` into ``folder``."""
    write_file(folder / VOCABULARY, json.dumps(list(store.vocabulary), ensure_ascii=False).encode())
    write_file(folder / IDS, store.ids.tobytes())
    write_file(folder / SPANS, np.ascontiguousarray(store.spans).tobytes())
    write_file(folder / STARTS, store.starts.tobytes())


def open_features(folder: Path) -> FeatureStore:
    """Return the features of ``folder``."""
    keys = json.loads((folder / VOCABULARY).read_bytes())
    return FeatureStore(
        {key: number for number, key in enumerate(keys)},
        np.frombuffer((folder / IDS).read_bytes(), np.int32),
        np.frombuffer((folder / SPANS).read_bytes(), np.int32).reshape(-1, 2),
        np.frombuffer((folder / STARTS).read_bytes(), np.int64),
    )
