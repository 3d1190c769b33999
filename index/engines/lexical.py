"""The lexical side: BM25 by tantivy over keys that we made ourselves (index/engines/features.py), split at blanks only."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy

from index.errors import IndexStoreError

LEXICAL = "lexical"  # the folder of a generation that holds it
FIELDS = ("body", "heading")
_ROW = "row"
_HEAP_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """The keys of one passage: of its text, and of the headings above it."""

    body: Sequence[str]
    heading: Sequence[str]


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """A BM25 index of passages, opened from a folder that may be read-only."""

    index: Any
    searcher: Any

    @classmethod
    def build(cls, folder: Path, rows: Iterable[LexicalRow]) -> None:
        """Write an index of ``rows``, numbered from 0, into the empty ``folder``: one thread, one segment."""
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _write(folder, rows)
        except ValueError as error:  # what the engine raises for anything, a full disk too
            raise IndexStoreError(f"The lexical index can't be written in {folder.parent.parent}: {error}") from error
        for lock in folder.glob("*.lock"):
            lock.unlink()

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """Return the index of ``folder``."""
        index = tantivy.Index.open(str(folder))
        index.config_reader(reload_policy="manual")  # else a thread goes on watching the folder
        return cls(index, index.searcher())

    @classmethod
    def open_apart(cls, folder: Path) -> "LexicalIndex":
        """Return the index of ``folder``, opened through links from elsewhere: the engine leaves a lock where it opens."""
        with tempfile.TemporaryDirectory(prefix="mscqa-", ignore_cleanup_errors=True) as temporary:
            for path in folder.iterdir():
                (Path(temporary) / path.name).symlink_to(path.resolve())
            return cls.open(Path(temporary))

    def search(self, weights: Mapping[str, float], boosts: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Return up to ``limit`` rows with their BM25 scores, best first; keys count by weight, fields by boost."""
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self.index.schema, field, key, "freq"), weight * boosts[field]
                ),
            )
            for key, weight in weights.items()
            for field in FIELDS
            if boosts.get(field, 0) > 0 and weight > 0
        ]
        if not clauses or limit < 1 or not self.searcher.num_docs:
            return []
        found = self.searcher.search(tantivy.Query.boolean_query(clauses), limit).hits
        rows = [(int(self.searcher.doc(address)[_ROW][0]), float(score)) for score, address in found]
        return sorted(rows, key=lambda row: (-row[1], row[0]))


def _write(folder: Path, rows: Iterable[LexicalRow]) -> None:
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
    for number, row in enumerate(rows):
        document = tantivy.Document()
        document.add_unsigned(_ROW, number)
        document.add_text("body", " ".join(row.body))
        document.add_text("heading", " ".join(row.heading))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(_ROW, stored=True, indexed=True)
    for field in FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
