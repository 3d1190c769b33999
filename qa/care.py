"""What can be known of an index without loading its model: what it would take to build it, and how it stands."""

from dataclasses import replace
from typing import Any

from corpus.errors import CorpusError
from corpus.reading import read_folder
from corpus.term_base import read_terms
from index.building import BuildReport, plan
from index.embedding_cache import EmbeddingCache
from index.errors import IndexStoreError, NoGenerationError
from index.generations import GenerationStore
from index.manifest import ModelRecord, Recipe
from index.previous import open_previous
from index.sentence_transformer import model_identity
from index.tools import recipe
from qa.settings import Settings


def expected_recipe(settings: Settings, like: ModelRecord | None) -> Recipe:
    """Return the recipe by which a build would be made here.

    What can't be told of a model without loading it is taken from ``like`` where they seem the same.
    """
    name, fingerprint = model_identity(settings.embedding_model, settings.data_dir)
    model = ModelRecord(name, fingerprint or "", 0)
    if like and (fingerprint == like.fingerprint or (fingerprint is None and name == like.name)):
        model = replace(like, name=name)
    return recipe(model, read_terms(settings.terms_dir).fingerprint)


def model_of(store: GenerationStore) -> ModelRecord | None:
    """Return the model that made the serving generation, or the newest one."""
    try:
        return store.manifest(store.pointer() or store.names()[-1]).recipe.model
    except (IndexStoreError, IndexError):
        return None


def plan_build(settings: Settings, *, force: bool = False) -> BuildReport:
    """Return what a build would do; raises ``CorpusError`` or ``IndexStoreError`` where it would."""
    store = GenerationStore(settings.data_dir)
    expected = expected_recipe(settings, model_of(store))
    previous = open_previous(store, expected)
    documents = read_folder(settings.corpus_dir, previous.documents if previous and previous.same_recipe else None)
    cache = EmbeddingCache(settings.data_dir / "embeddings", expected.model.fingerprint)
    return plan(store, documents, expected, cache, previous=previous, force=force)


def status(settings: Settings) -> dict[str, Any]:
    """Return the generations kept, the one that serves, and what a build would change, for people and scripts.

    ``changes`` is a build's report, or None where the corpus can't be built from; ``refused`` then says why.
    """
    store = GenerationStore(settings.data_dir)
    generations = [_generation(store, name) for name in store.names()]
    left = store.rolled_back_from()
    changes, refused, hindered = None, [], ""
    try:
        changes = plan_build(settings)
    except CorpusError as error:
        refused = list(error.problems)
    except IndexStoreError as error:
        hindered = str(error)
    return {
        "data_dir": str(settings.data_dir),
        "serving": store.pointer(),
        "rolled_back_from": left.name if left else None,
        "generations": generations,
        "changes": changes,
        "refused": refused,
        "hindered": hindered,
    }


def serving(store: GenerationStore) -> str:
    """Return the name of the generation that the pointer names; raises ``NoGenerationError`` where there is none."""
    name = store.pointer()
    if name is None:
        raise NoGenerationError("There is no index yet. Build one: mscqa build")
    return name


def _generation(store: GenerationStore, name: str) -> dict[str, Any]:
    try:
        manifest = store.manifest(name)
    except IndexStoreError as error:
        return {"generation": name, "serving": name == store.pointer(), "trouble": str(error)}
    return {
        "generation": name,
        "serving": name == store.pointer(),
        "built_at": manifest.built_at,
        "documents": len(manifest.documents),
        "passages": manifest.passages,
        "model": manifest.recipe.model.name,
        "bytes": sum(record.bytes for record in manifest.files.values()),
        "content_hash": manifest.content_hash,
    }
