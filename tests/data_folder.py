"""Data folders for tests, with what each would otherwise make anew in seconds: none of it depends on a corpus."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.model import Document
from corpus.reading import read_folder
from index.building.places import BuildPlaces
from index.building.publishing import read_language
from index.models.calibration import calibrate
from index.models.embedding import Embedder
from index.models.embedding_cache import EmbeddingCache
from qa.service import Service
from qa.settings import BUNDLED_CORPUS, BUNDLED_TERMS, Settings

VAR = Path(__file__).parent.parent / "var"
REVIEW = "msc-neurodegenerative-review"
_KEPT = VAR / "tests"


def prepared(folder: Path) -> Path:
    """Return ``folder`` as a data folder that has the model, the tables and the everyday questions' vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(VAR / "models")
    if _KEPT.is_dir():
        with _held(fcntl.LOCK_SH):
            shutil.copytree(_KEPT, folder, dirs_exist_ok=True)
            shutil.copytree(_KEPT / "embeddings", folder / "evaluation" / "embeddings")
    return folder


def lay_review(folder: Path) -> Path:
    """Lay the bundled review and its English into the new ``folder``, and return it: the corpus of most tests."""
    folder.mkdir(parents=True)
    for path in BUNDLED_CORPUS.glob(f"{REVIEW}*.md"):
        shutil.copy(path, folder)
    return folder


def read_review() -> Document:
    """Return the bundled review."""
    return next(document for document in read_folder(BUNDLED_CORPUS) if document.id == REVIEW)


def settings_of(service: Service) -> Settings:
    """Return settings that name the folders of ``service``."""
    places = service.places
    return Settings(corpus_dir=places.corpus_dir, terms_dir=places.terms_dir, data_dir=places.data_dir)


def keep(embedder: Embedder) -> None:
    """Make what `prepared` copies, where it is missing."""
    with _held(fcntl.LOCK_EX):
        calibrate(embedder, EmbeddingCache(_KEPT / "embeddings", embedder.fingerprint))
        read_language(BuildPlaces(BUNDLED_TERMS, BUNDLED_TERMS, _KEPT))


@contextmanager
def _held(kind: int) -> Iterator[None]:
    """Hold what is kept: tests run in several processes, and none may copy what another is writing."""
    with (VAR / "tests.lock").open("w") as file:
        fcntl.flock(file, kind)
        yield
