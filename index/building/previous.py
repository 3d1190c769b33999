"""What a build takes over from the generation before it, so that an edit costs what it changes and no more.

A passage's vectors follow from its headings, its text and the model; its features from the dictionary and the code too.
What is taken over is copied byte for byte, which makes a build piece by piece equal to a build at once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from corpus.model import Document, Passage
from index.engines.contents import read_documents, read_passages
from index.engines.feature_store import FeatureStore, open_features
from index.engines.tokens import TokenStore, open_tokens
from index.engines.vectors import VectorStore, open_vectors
from index.errors import CorruptGenerationError, NoGenerationError
from index.generations.manifest import Manifest, Recipe
from index.generations.store import GenerationStore
from index.models.calibration import Calibration, read_calibration
from index.models.embedding import embedding_text, headings

Key = tuple[str, int]
"""All that a passage stands under and what is embedded of it, and where its first sentence begins in that.

Vectors and features follow from both.
"""


@dataclass(frozen=True, slots=True)
class Previous:
    """The serving generation, or the newest sound one, open for taking over.

    ``rows`` finds a passage's row and is empty unless the ``same_model`` made the vectors. ``documents`` are by file name,
    and ``passages`` by document; both, and the features, may only be taken over where ``same_recipe``.
    """

    manifest: Manifest
    sound: bool
    same_model: bool
    same_recipe: bool
    documents: Mapping[str, Document]
    passages: Mapping[str, tuple[Passage, ...]]
    rows: Mapping[Key, int]
    calibration: Calibration
    vectors: VectorStore
    tokens: TokenStore
    features: FeatureStore

    def split(self, document: Document) -> tuple[Passage, ...] | None:
        """Return the passages of ``document`` if it was split before just as it is."""
        known = self.same_recipe and self.documents.get(document.filename) == document
        return self.passages.get(document.id, ()) if known else None

    def row(self, passage: Passage) -> int | None:
        """Return the row that holds the vectors of ``passage``."""
        return self.rows.get(passage_key(passage))


def passage_key(passage: Passage) -> Key:
    """Return what the vectors and features of ``passage`` follow from."""
    text = "\n".join((*headings(passage), embedding_text(passage)))
    return text, len(text) - len(passage.reading.text) + passage.reading.to_read(passage.sentences[0].start)


def open_previous(store: GenerationStore, recipe: Recipe) -> Previous | None:
    """Return the generation to build upon after verifying it, or None where there is none that can be read."""
    with ThreadPoolExecutor(1) as aside:
        checking = aside.submit(store.current)
        ahead = _read_ahead(store)  # while its files are hashed
        try:
            verified = checking.result()
        except NoGenerationError:
            return None
    manifest = verified.manifest
    try:
        contents = ahead if ahead and ahead.folder == verified.folder else _read(verified.folder, manifest)
    except (OSError, CorruptGenerationError):
        return None  # it went away, or an earlier version wrote it
    documents, passages = contents.documents, contents.passages
    by_document: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_document[passage.document_id].append(passage)
    same_model = manifest.recipe.model.fingerprint == recipe.model.fingerprint
    return Previous(
        manifest=manifest,
        sound=not verified.problems,
        same_model=same_model,
        same_recipe=manifest.recipe == recipe,
        documents={document.filename: document for document in documents},
        passages={key: tuple(items) for key, items in by_document.items()},
        rows={passage_key(passage): row for row, passage in enumerate(passages)} if same_model else {},
        calibration=contents.calibration,
        vectors=contents.vectors,
        tokens=contents.tokens,
        features=contents.features,
    )


@dataclass(frozen=True, slots=True)
class _Contents:
    """What is taken over from the files of a generation."""

    folder: Path
    documents: Sequence[Document]
    passages: Sequence[Passage]
    calibration: Calibration
    vectors: VectorStore
    tokens: TokenStore
    features: FeatureStore


def _read_ahead(store: GenerationStore) -> _Contents | None:
    """Return what the pointer's generation seems to hold; of use only once its files are found to be what they should."""
    pointer = store.pointer()
    if pointer is None:
        return None
    try:
        return _read(store.folder(pointer), store.manifest(pointer))
    except Exception:  # of whatever kind: the check will tell what is wrong with it
        return None


def _read(folder: Path, manifest: Manifest) -> _Contents:
    documents = read_documents(folder)
    passages = read_passages(folder, {document.id: document.text for document in documents})
    dimension = manifest.recipe.model.dimension
    calibration, vectors = read_calibration(folder, dimension), open_vectors(folder, dimension)
    return _Contents(
        folder, documents, passages, calibration, vectors, open_tokens(folder, dimension), open_features(folder)
    )
