"""From documents to a published generation: split, embed what is new, write, verify, publish."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from corpus.model import Document, Passage, fingerprint
from corpus.passages.chunking import split_passages
from corpus.report import ReadingSums
from index.building.previous import Previous, open_previous
from index.building.tools import Progress as Progress
from index.building.tools import Tools as Tools
from index.building.writing import embed, unknown, write_contents
from index.engines.lexical import LEXICAL
from index.errors import IndexStoreError
from index.generations.manifest import FORMAT, FileRecord, Manifest, Recipe
from index.generations.probing import probe
from index.generations.provenance import package_versions
from index.generations.store import GenerationStore
from index.models.embedding_cache import EmbeddingCache
from index.models.reduction import token_dimension

# Bytes a character and number of a token's vector: tokens are one or two characters long, and cached in full.
_KEPT, _CACHED = 1.25, 1.7


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, or would do: the generation that serves now, and how the corpus differs from its own.

    ``outcome`` says why nothing was ``published``: nothing had changed; somebody rolled back, and the corpus is still that
    of the generation that they left; or it was only asked what would be done. ``embedded`` counts the texts of passages
    that neither the generation before nor the cache knew. Documents are named, passages counted. ``left_out`` are the
    files that couldn't be read, with reasons, ``kept`` those of which the last good version is used (``as_of`` gives its
    date), and ``passed_over`` counts files of other kinds by suffix. ``reading`` sums up how the texts were understood,
    where that was asked.
    """

    generation: str
    published: bool
    outcome: Literal["published", "up_to_date", "rolled_back", "planned"]
    documents: int
    passages: int
    embedded: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    passages_added: int
    passages_removed: int
    passages_unchanged: int
    left_out: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    as_of: Mapping[str, str] = field(default_factory=dict)
    passed_over: Mapping[str, int] = field(default_factory=dict)
    reading: ReadingSums | None = None


def build(
    store: GenerationStore,
    documents: Sequence[Document],
    tools: Tools,
    progress: Progress,
    *,
    previous: Previous | None = None,
    force: bool = False,
    keep: int = 3,
) -> BuildReport:
    """Publish a generation of ``documents`` and return what was done; the caller holds the build lock.

    Only documents that ``previous`` (what `open_previous` gives, if it is open already) doesn't know are split, and only
    passages that it doesn't know are embedded. Nothing is published where the serving generation was made from the same
    texts by the same recipe, nor after a rollback until the corpus changes. A corpus of less than half the serving one's
    passages is published only with ``force``: a folder that was emptied by mistake must not replace a good index. Raises
    ``IndexStoreError`` with what to do; the old generation then still serves.
    """
    previous = previous or open_previous(store, tools.recipe)
    passages = _split(documents, previous)
    missing = unknown(passages, previous, tools.cache)
    report = _report(store, documents, passages, missing, tools.recipe, previous, force=force)
    if report.outcome != "planned":
        return report
    _check_size(passages, previous, force=force)
    draft = store.begin(_room(passages, missing, tools.embedder.dimension))
    try:
        with store.nothing_lost("The new generation can't be written"):
            embed(missing, tools, progress)
            kind = write_contents(draft, documents, passages, tools, previous, progress)
        facts = _Facts(tools.recipe, documents, passages, kind)
        manifest = store.publish(draft, facts.manifest, probe)
    except BaseException:
        store.discard(draft)
        raise
    store.prune(keep)
    return replace(report, generation=manifest.name, published=True, outcome="published")


def plan(
    store: GenerationStore,
    documents: Sequence[Document],
    recipe: Recipe,
    cache: EmbeddingCache,
    *,
    previous: Previous | None = None,
    force: bool = False,
) -> BuildReport:
    """Return what `build` would do, and write nothing; needs no model. Raises ``IndexStoreError`` where it would."""
    previous = previous or open_previous(store, recipe)
    passages = _split(documents, previous)
    missing = unknown(passages, previous, cache)
    report = _report(store, documents, passages, missing, recipe, previous, force=force)
    _check_size(passages, previous, force=force)
    return report


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the manifest says of a build before its files are hashed."""

    recipe: Recipe
    documents: Sequence[Document]
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
            corpus=fingerprint(self.documents),
            content_hash=content.hexdigest(),
            documents=_fingerprints(self.documents),
            passages=len(self.passages),
            sentences=sum(len(passage.sentences) for passage in self.passages),
            dense=self.dense,
            files=files,
            packages=package_versions(),
        )


def _split(documents: Sequence[Document], previous: Previous | None) -> list[Passage]:
    """Return the passages of all documents, row by row; raises ``IndexStoreError`` where there is none."""
    passages: list[Passage] = []
    for document in documents:
        known = previous.split(document) if previous else None
        passages += split_passages(document) if known is None else known
    if not passages:
        raise IndexStoreError("The corpus holds no passage; the index was left as it was.")
    return passages


def _report(
    store: GenerationStore,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    missing: Sequence[str],
    recipe: Recipe,
    previous: Previous | None,
    *,
    force: bool,
) -> BuildReport:
    now, before = _fingerprints(documents), previous.manifest.documents if previous else {}
    common = now.keys() & before.keys()
    changed = sorted(key for key in common if now[key] != before[key])
    here = {passage.id for passage in passages}
    there = {passage.id for items in previous.passages.values() for passage in items} if previous else set()
    report = BuildReport(
        generation=previous.manifest.name if previous else "",
        published=False,
        outcome="planned",
        documents=len(documents),
        passages=len(passages),
        embedded=len(missing),
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(changed),
        removed=tuple(sorted(before.keys() - now.keys())),
        unchanged=len(common) - len(changed),
        passages_added=len(here - there),
        passages_removed=len(there - here),
        passages_unchanged=len(here & there),
    )
    if previous is None or not previous.sound:
        return report
    corpus = fingerprint(documents)
    if previous.manifest.corpus == corpus and previous.manifest.recipe == recipe:
        return replace(report, outcome="up_to_date")
    left = store.rolled_back_from()
    if left and not force and (left.corpus, left.recipe) == (corpus, recipe):
        return replace(report, outcome="rolled_back")
    return report


def _check_size(passages: Sequence[Passage], previous: Previous | None, *, force: bool) -> None:
    if previous and previous.sound and not force and len(passages) * 2 < previous.manifest.passages:
        raise IndexStoreError(
            f"The corpus fell from {previous.manifest.passages} passages to {len(passages)}. If that is meant, build with"
            " --force; the index was left as it was."
        )


def _room(passages: Sequence[Passage], missing: Sequence[str], dimension: int) -> int:
    """Return about how many bytes a generation and the vectors of ``missing`` will take."""
    kept, cached = sum(len(passage.text) for passage in passages), sum(map(len, missing))
    return int(token_dimension(dimension) * _KEPT * kept + dimension * _CACHED * cached)


def _fingerprints(documents: Sequence[Document]) -> Mapping[str, str]:
    return {document.id: document.fingerprint for document in documents}
