"""What a generation says of itself: how it was made, from what, and the hash of each of its files."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from index.errors import CorruptGenerationError, IncompatibleGenerationError
from index.generations.manifest_shape import check_shape

FORMAT = 6
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """The embedding model that made the vectors."""

    name: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what a generation holds besides the texts: two equal recipes make equal generations.

    ``code`` is the fingerprint of the code that read and split (`code_fingerprint`). A generation of other code is served,
    and made anew by the next build.
    """

    model: ModelRecord
    chunking: str
    dictionary: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a generation: its size in bytes and its SHA-256 in hexadecimal."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A generation's record. ``documents`` maps ids to the fingerprints of their files; ``built_at`` is UTC, ISO 8601.

    ``content_hash`` covers what is served (texts, passages, vectors, features) and is equal for equal corpora and recipes,
    whether they were built at once or piece by piece. ``packages`` are the versions that it was made with.
    """

    format: int
    sequence: int
    built_at: str
    recipe: Recipe
    corpus: str
    content_hash: str
    documents: Mapping[str, str]
    passages: int
    sentences: int
    dense: str
    files: Mapping[str, FileRecord]
    packages: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The generation's name, by which answers and people refer to it."""
        return generation_name(self.sequence)

    def to_bytes(self) -> bytes:
        """Return the manifest as JSON, sealed with the SHA-256 of its own content: it has no other keeper."""
        item = asdict(self)
        return _json({**item, "seal": hashlib.sha256(_json(item)).hexdigest()})


def generation_name(sequence: int) -> str:
    """Return the name of a generation: its number in six digits or more."""
    return f"{sequence:06d}"


def _json(item: dict[str, Any]) -> bytes:
    return json.dumps(item, ensure_ascii=False, indent=1, sort_keys=True).encode()


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest of ``content``.

    Raises ``IncompatibleGenerationError`` for another format and ``CorruptGenerationError`` for anything but a manifest.
    """
    try:
        item: dict[str, Any] = json.loads(content)
        if item["format"] != FORMAT:
            raise IncompatibleGenerationError(
                f"format {item['format']}, and this version reads format {FORMAT}; rebuild with `mscqa build`"
            )
        item.pop("seal")
        check_shape(item)
        recipe = item.pop("recipe")
        files = {name: FileRecord(**record) for name, record in item.pop("files").items()}
        made = Recipe(ModelRecord(**recipe.pop("model")), **recipe)
        manifest = Manifest(recipe=made, files=files, **item)
        # Equal bytes mean an equal seal, and that not even a blank was changed.
        if manifest.to_bytes() != content:
            raise ValueError
    except json.JSONDecodeError as error:
        raise CorruptGenerationError("the manifest is damaged") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f": {error}" if type(error) is ValueError and str(error) else ""
        raise CorruptGenerationError(f"the manifest is damaged{what}") from error
    return manifest


def check_recipe(found: Recipe, wanted: Recipe) -> None:
    """Raise ``IncompatibleGenerationError``, naming the differences and the mend, where two recipes differ."""
    differences = []
    if found.model.fingerprint != wanted.model.fingerprint:
        differences.append(f"model {found.model.name!r} instead of {wanted.model.name!r}")
    if found.model.dimension != wanted.model.dimension:
        differences.append(f"dimension {found.model.dimension} instead of {wanted.model.dimension}")
    if found.chunking != wanted.chunking:
        differences.append(f"chunking {found.chunking!r} instead of {wanted.chunking!r}")
    if found.dictionary != wanted.dictionary:
        differences.append("another term base or dictionary")
    if differences:
        raise IncompatibleGenerationError(f"made with {'; '.join(differences)}; rebuild with `mscqa build`")
