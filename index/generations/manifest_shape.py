"""What may stand in a manifest: each field's kind and bounds, checked before anything of it is used.

A right seal only tells that a manifest is as somebody wrote it; an archive may come from anybody.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

_MANIFEST = "manifest.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_COUNT = 2**53  # what every JSON reader keeps whole
_LONGEST_WORDS = 4096


def check_shape(item: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` naming the first field of a manifest that can't be what it should."""
    _check("", item, _FIELDS)
    _check("recipe.", item["recipe"], _RECIPE)
    _check("recipe.model.", item["recipe"]["model"], _MODEL)
    for name, record in item["files"].items():
        if not is_place(name):
            raise ValueError(f"the manifest names {name!r}, which is no place in a generation")
        _check(f"files.{name}.", record, _FILE)


def is_place(name: str) -> bool:
    """Tell whether ``name`` can be a file within a generation's folder, and be shown on one line."""
    path = PurePosixPath(name)
    plain = str(path) == name and name.isprintable() and "\\" not in name and len(name) <= 255
    return plain and not path.is_absolute() and ".." not in path.parts and name not in ("", ".", _MANIFEST)


def _check(place: str, item: object, fields: Mapping[str, Callable[[Any], bool]]) -> None:
    if not isinstance(item, Mapping) or set(item) - set(fields):
        raise ValueError(f"the manifest's {place or 'content'} is of another shape")
    for name, holds in fields.items():
        if name not in item or not holds(item[name]):
            raise ValueError(f"the manifest's {place}{name} is missing or can't be what it says")


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < _LARGEST_COUNT


def _is_number(value: object) -> bool:
    return _is_count(value) and value != 0


def _is_words(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_WORDS and value.isprintable()


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _are_words(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) and _is_words(words) for key, words in value.items())


def _is_object(value: object) -> bool:
    return isinstance(value, dict) and bool(value)


_FIELDS: dict[str, Callable[[Any], bool]] = {
    "format": _is_count,
    "sequence": _is_number,
    "built_at": _is_moment,
    "recipe": _is_object,
    "corpus": _is_words,
    "content_hash": _is_words,
    "documents": _are_words,
    "passages": _is_count,
    "sentences": _is_count,
    "dense": _is_words,
    "files": _is_object,
    "packages": _are_words,
}
_RECIPE: dict[str, Callable[[Any], bool]] = {
    "model": _is_object,
    "chunking": _is_words,
    "dictionary": _is_words,
    "code": _is_words,
}
_MODEL: dict[str, Callable[[Any], bool]] = {"name": _is_words, "fingerprint": _is_words, "dimension": _is_number}
_FILE: dict[str, Callable[[Any], bool]] = {"bytes": _is_count, "sha256": _is_hash}
