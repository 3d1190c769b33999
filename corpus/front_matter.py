"""The YAML between ``---`` lines at the head of a Markdown file, read strictly: a misspelt key is an error."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from corpus.errors import CorpusError, Problem
from corpus.model import Author, Source, Span

_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # quoted YAML can spell these: "\\x07"
_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.S | re.M)
_SOURCE_TEXTS = (
    "title",
    "type",
    "container_title",
    "container_title_short",
    "volume",
    "issue",
    "pages",
    "article_number",
    "doi",
    "url",
    "language",
)
_SOURCE_KEYS = (*_SOURCE_TEXTS, "authors", "year")
_TEXTS = ("id", "title", "language", "kind", "notice", "license", "translation_of")
_KEYS = (*_TEXTS, "source")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says of itself; texts are empty and ``source`` is None where it doesn't."""

    span: Span
    id: str = ""
    title: str = ""
    language: str = ""
    kind: str = ""
    notice: str = ""
    license: str = ""
    translation_of: str = ""
    source: Source | None = None


class _Loader(yaml.SafeLoader):
    """Plain YAML in which a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_front_matter(text: str, filename: str) -> FrontMatter:
    """Return the front matter of ``text``, empty where there is none; raises ``CorpusError`` with file and line."""
    if not re.match(r"---[ \t]*\n", text):
        return FrontMatter(Span(0, 0))
    block = _BLOCK.match(text)
    if block is None:
        raise _error(filename, "the front matter that begins with '---' has no closing '---' line", 1)
    try:
        item = yaml.load(block[1], _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise _error(filename, f"the front matter isn't valid YAML: {error.problem}", line) from None
    except RecursionError:
        raise _error(filename, "the front matter is nested too deeply", 1) from None
    except (yaml.YAMLError, ValueError) as error:
        raise _error(filename, f"the front matter isn't valid YAML: {error}", 1) from None
    if item is None:
        item = {}
    _check_keys(item, _KEYS, "the front matter", filename)
    source = item.get("source")
    values = {key: _text(item[key], key, filename) for key in _TEXTS if key in item}
    return FrontMatter(Span(0, block.end()), source=_source(source, filename) if source is not None else None, **values)


def _source(item: object, filename: str) -> Source:
    fields = _check_keys(item, _SOURCE_KEYS, "source", filename)
    values: dict[str, Any] = {key: _text(fields[key], f"source.{key}", filename) for key in _SOURCE_TEXTS if key in fields}
    if not values.get("title"):
        raise _error(filename, "source.title is missing")
    year = fields.get("year")
    if year is not None and not (isinstance(year, int) and 1000 <= year <= 2999):
        raise _error(filename, f"source.year must be a year such as 2025, not {year!r}")
    authors = fields.get("authors") or []
    if not isinstance(authors, list):
        raise _error(filename, "source.authors must be a list")
    return Source(authors=tuple(_author(author, filename) for author in authors), year=year, **values)


def _author(item: object, filename: str) -> Author:
    if isinstance(item, str) and item.strip():
        return Author(_text(item, "an author", filename))
    fields = _check_keys(item, ("family", "given"), "an author", filename)
    family = _text(fields.get("family", ""), "family", filename)
    if not family:
        raise _error(filename, "an author has no family name")
    return Author(family, _text(fields.get("given", ""), "given", filename))


def _check_keys(item: object, known: tuple[str, ...], where: str, filename: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise _error(filename, f"{where} must be a mapping of keys to values")
    for key in item:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
            raise _error(filename, f"{where} has the unknown key {key!r}{hint}")
    return item


def _text(value: object, key: str, filename: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _error(filename, f"{key} must be a text")
    if found := _NO_TEXT.search(str(value)):
        raise _error(filename, f"{key} holds U+{ord(found[0]):04X}, which is no character of a text; take it out")
    return str(value).strip()


def _error(filename: str, reason: str, line: int | None = None) -> CorpusError:
    return CorpusError([Problem(filename, reason, line)])
