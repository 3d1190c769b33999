"""What can be known of an index without loading its model: what it would take to build it, and how it stands."""

from dataclasses import replace
from typing import Any

from corpus.errors import CorpusError
from corpus.report import sum_up
from corpus.term_files import read_terms
from index.building.build import BuildReport, plan
from index.building.inputs import read_inputs
from index.building.places import BuildPlaces
from index.building.previous import open_previous
from index.building.tools import recipe
from index.errors import IndexStoreError, NoGenerationError
from index.generations.manifest import ModelRecord, Recipe
from index.generations.store import GenerationStore
from index.models.embedding_cache import EmbeddingCache
from index.models.loading import model_identity


def expected_recipe(places: BuildPlaces, like: ModelRecord | None) -> Recipe:
    """Return the recipe by which a build would be made here.

    What can't be told of a model without loading it is taken from ``like`` where they seem the same.
    """
    name, fingerprint = model_identity(places.model)
    model = ModelRecord(name, fingerprint or "", 0)
    if like and (fingerprint == like.fingerprint or (fingerprint is None and name == like.name)):
        model = replace(like, name=name)
    return recipe(model, read_terms(places.terms_dir).fingerprint)


def model_of(store: GenerationStore) -> ModelRecord | None:
    """Return the model that made the serving generation, or the newest one."""
    try:
        return store.manifest(store.pointer() or store.names()[-1]).recipe.model
    except (IndexStoreError, IndexError):
        return None


def plan_build(places: BuildPlaces, *, force: bool = False, summed: bool = False) -> BuildReport:
    """Return what a build would do, and if ``summed`` how the texts were understood.

    Raises ``CorpusError`` or ``IndexStoreError`` where the build would.
    """
    store = GenerationStore(places.data_dir)
    expected = expected_recipe(places, model_of(store))
    previous = open_previous(store, expected)
    inputs = read_inputs(places, previous)
    cache = EmbeddingCache(places.data_dir / "embeddings", expected.model.fingerprint)
    report = inputs.told(plan(store, inputs.documents, expected, cache, previous=previous, force=force))
    return replace(report, reading=sum_up(inputs.documents)) if summed else report


def status(places: BuildPlaces) -> dict[str, Any]:
    """Return the generations kept, the one that serves, and what a build would change, for people and scripts.

    ``changes`` is a build's report, or None where the corpus can't be built from; ``refused`` then says why.
    """
    store = GenerationStore(places.data_dir)
    generations = [_generation(store, name) for name in store.names()]
    left = store.rolled_back_from()
    changes, refused, hindered = None, [], ""
    try:
        changes = plan_build(places)
    except CorpusError as error:
        refused = list(error.problems)
    except IndexStoreError as error:
        hindered = str(error)
    return {
        "data_dir": str(places.data_dir),
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
