"""From documents to a published generation: split, embed what is new, write, verify, publish."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.chunking import CHUNKING, split_passages
from corpus.fingerprint import fingerprint
from corpus.model import Document, Passage
from index.calibration import Centre, TextLanguage, calibrate, centre, centred, text_language
from index.centres import Centres, centres_of, write_centres
from index.contents import write_documents, write_features, write_passages
from index.dense import DenseIndex
from index.durable import write_file
from index.embedding import Embedder, Encoded
from index.embedding_cache import EmbeddingCache, rounded
from index.errors import IndexStoreError, NoGenerationError
from index.features import CONCEPT, Feature, FeatureReader, keys
from index.generations import GenerationStore
from index.glossing import glosses, write_glossary
from index.lexical import LexicalIndex, LexicalRow
from index.manifest import FORMAT, FileRecord, Manifest, ModelRecord, Recipe
from index.tokens import write_tokens

DENSE, LEXICAL = "passages.faiss", "lexical"

Floats = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and its whole size."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a build works with: a model, the cache of its vectors, a reader of features and its fingerprint."""

    embedder: Embedder
    cache: EmbeddingCache
    reader: FeatureReader
    dictionary: str

    @property
    def recipe(self) -> Recipe:
        """What decides a generation's content besides the texts."""
        embedder = self.embedder
        model = ModelRecord(embedder.name, embedder.fingerprint, embedder.dimension)
        return Recipe(model, CHUNKING, self.dictionary)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the generation that serves now, and how its corpus differs from the one before.

    ``published`` is False where nothing had changed; ``embedded`` counts the passages that the cache did not know.
    """

    generation: str
    published: bool
    documents: int
    passages: int
    embedded: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def embedding_text(passage: Passage) -> str:
    """Return what is embedded of a passage: its heading path, a line break, and its text."""
    return heading_text(passage) + passage.text


def heading_text(passage: Passage) -> str:
    """Return what stands before a passage's text where it is embedded."""
    return " > ".join(passage.section_path) + "\n"


def build(
    store: GenerationStore,
    documents: Sequence[Document],
    tools: Tools,
    progress: Progress,
    *,
    force: bool = False,
    keep: int = 3,
) -> BuildReport:
    """Publish a generation of ``documents`` and return what was done; the caller holds the build lock.

    Nothing is published where the serving generation was made from the same texts by the same recipe. A corpus of less
    than half the serving one's passages is published only with ``force``: a folder that was emptied by mistake must not
    replace a good index. Raises ``IndexStoreError`` with what to do; the old generation then still serves.
    """
    passages = [passage for document in documents for passage in split_passages(document)]
    if not passages:
        raise IndexStoreError("The corpus holds no passage; the index was left as it was.")
    before = _serving(store)
    changes = _changes(before.documents if before else {}, {item.id: item.fingerprint for item in documents})
    corpus = fingerprint(documents)
    if before and before.corpus == corpus and before.recipe == tools.recipe:
        return BuildReport(before.name, False, len(documents), len(passages), 0, *changes)
    if before and not force and len(passages) * 2 < before.passages:
        raise IndexStoreError(
            f"The corpus fell from {before.passages} passages to {len(passages)}. If that is meant, build with --force;"
            " the index was left as it was."
        )
    encoded, embedded = _encode(passages, tools, progress)
    draft = store.begin()
    try:
        kind = _write_contents(draft.folder, documents, passages, encoded, tools, progress)
        facts = _Facts(tools.recipe, corpus, {item.id: item.fingerprint for item in documents}, passages, kind)
        manifest = store.publish(draft, facts.manifest)
    except BaseException:
        store.discard(draft)
        raise
    store.prune(keep)
    return BuildReport(manifest.name, True, len(documents), len(passages), embedded, *changes)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the manifest says of a build before its files are hashed."""

    recipe: Recipe
    corpus: str
    documents: Mapping[str, str]
    passages: Sequence[Passage]
    dense: str

    def manifest(self, sequence: int, files: dict[str, FileRecord]) -> Manifest:
        content = hashlib.sha256()
        for name, record in sorted(files.items()):
            # The engine names its files at random; what they hold follows from the features, which are hashed.
            if not name.startswith(LEXICAL + "/"):
                content.update(f"{name}\x00{record.sha256}\n".encode())
        return Manifest(
            format=FORMAT,
            sequence=sequence,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            recipe=self.recipe,
            corpus=self.corpus,
            content_hash=content.hexdigest(),
            documents=self.documents,
            passages=len(self.passages),
            sentences=sum(len(passage.sentences) for passage in self.passages),
            dense=self.dense,
            files=files,
        )


def _serving(store: GenerationStore) -> Manifest | None:
    """Return the manifest of the serving generation if it is sound."""
    try:
        verified = store.current()
    except NoGenerationError:
        return None
    return None if verified.problems else verified.manifest


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    added = tuple(sorted(now.keys() - before.keys()))
    changed = tuple(sorted(key for key in now.keys() & before.keys() if now[key] != before[key]))
    return added, changed, tuple(sorted(before.keys() - now.keys()))


def _encode(passages: Sequence[Passage], tools: Tools, progress: Progress) -> tuple[list[Encoded], int]:
    encoded = []
    embedded = 0
    for number, passage in enumerate(passages):
        progress("embed", number, len(passages))
        text = embedding_text(passage)
        item = tools.cache.get(text)
        if item is None:
            item = rounded(tools.embedder.encode_passage(text))
            tools.cache.put(text, item)
            embedded += 1
        encoded.append(item)
    progress("embed", len(passages), len(passages))
    return encoded, embedded


def _write_contents(
    folder: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    encoded: Sequence[Encoded],
    tools: Tools,
    progress: Progress,
) -> str:
    languages = {document.id: text_language(document.language) for document in documents}
    spoken = [languages[passage.document_id] for passage in passages]
    progress("write", 0, 4)
    centres = centres_of(calibrate(tools.embedder, tools.cache), _passage_centres(spoken, encoded))
    write_centres(folder, centres)
    dense = DenseIndex.build(_dense_rows(spoken, encoded, centres))
    write_file(folder / DENSE, dense.to_bytes())
    progress("write", 1, 4)
    write_tokens(folder, [item.tokens for item in encoded], tools.embedder.dimension)
    progress("write", 2, 4)
    _write_words(folder, passages, tools.reader)
    progress("write", 3, 4)
    write_documents(folder, documents)
    write_passages(folder, passages)
    progress("write", 4, 4)
    return dense.kind


def _passage_centres(languages: Sequence[TextLanguage], encoded: Sequence[Encoded]) -> dict[TextLanguage, Centre]:
    groups: dict[TextLanguage, list[Encoded]] = defaultdict(list)
    for language, item in zip(languages, encoded, strict=True):
        groups[language].append(item)
    return {language: centre(items) for language, items in sorted(groups.items())}


def _dense_rows(languages: Sequence[TextLanguage], encoded: Sequence[Encoded], centres: Centres) -> Floats:
    pooled = np.stack([item.pooled for item in encoded])
    means = np.stack([centres.passages[language].pooled for language in languages])
    return centred(pooled, means)


def _write_words(folder: Path, passages: Sequence[Passage], reader: FeatureReader) -> None:
    headings: dict[tuple[str, ...], list[Feature]] = {}
    rows = []
    for passage in passages:
        path = passage.section_path
        if path not in headings:
            headings[path] = [feature for title in path for feature in reader.read(title)]
        rows.append((reader.read(passage.text), headings[path]))
    write_features(folder, rows)
    LexicalIndex.build(folder / LEXICAL, (LexicalRow(keys(text), keys(heading)) for text, heading in rows))
    words = {feature.key for text, heading in rows for feature in (*text, *heading)}
    write_glossary(folder, glosses(sorted(word for word in words if not word.startswith(CONCEPT))))
