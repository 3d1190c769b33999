"""What can be known of an index without loading its model: what it would take to build it, and how it stands."""

from dataclasses import dataclass, replace

from corpus.errors import CorpusError, Problem
from corpus.report import sum_up
from corpus.term_files import read_terms
from index.building.build import BuildReport, plan
from index.building.inputs import read_inputs
from index.building.places import BuildPlaces
from index.building.previous import open_previous
from index.building.tools import recipe
from index.errors import IndexStoreError, NoGenerationError
from index.generations.manifest import Manifest, ModelRecord, Recipe
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation on disk: its manifest, or ``trouble`` where that can't be read."""

    name: str
    serving: bool
    manifest: Manifest | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The generations kept, the names of the one that serves and of the one left by a rollback, and what a build would do.

    ``changes`` is None where the corpus can't be built from: ``refused`` or ``hindered`` then says why.
    """

    generations: tuple[Kept, ...]
    serving: str | None
    rolled_back_from: str | None
    changes: BuildReport | None
    refused: tuple[Problem, ...] = ()
    hindered: str = ""


def status(places: BuildPlaces) -> IndexStatus:
    """Return how the index stands, for people and scripts; loads no model."""
    store = GenerationStore(places.data_dir)
    generations = tuple(_kept(store, name) for name in store.names())
    left = store.rolled_back_from()
    found = IndexStatus(generations, store.pointer(), left.name if left else None, None)
    try:
        return replace(found, changes=plan_build(places))
    except CorpusError as error:
        return replace(found, refused=tuple(error.problems))
    except IndexStoreError as error:
        return replace(found, hindered=str(error))


def serving(store: GenerationStore) -> str:
    """Return the name of the generation that the pointer names; raises ``NoGenerationError`` where there is none."""
    name = store.pointer()
    if name is None:
        raise NoGenerationError("There is no index yet. Build one: mscqa build")
    return name


def _kept(store: GenerationStore, name: str) -> Kept:
    serves = name == store.pointer()
    try:
        return Kept(name, serves, store.manifest(name))
    except IndexStoreError as error:
        return Kept(name, serves, None, str(error))
