"""The small language of front matter: scalars, lists and maps, nested four deep at most, and every scalar a text.

It is YAML without aliases, tags and implicit types: what could blow up, build objects or turn a date into a number isn't
read. Lines that are no YAML but that everybody understands (``title: a: b``) are taken as they are meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import yaml

LARGEST = 16_384  # characters
DEEPEST = 4
_LINE = re.compile(r"(?P<head>[ ]*(?:-[ ]+)?[^\s:#\[\]{}\"'&*!|>%@`,-][^:\n]{0,80}):[ \t]+(?P<value>\S.*?)[ \t]*$")
_MERGED = ("author", "authors", "tags", "categories", "keywords", "creator", "aliases")
_NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class FrontError(Exception):
    """What is no front matter: the line of it, from 1, and the reason in English and in Chinese."""

    line: int
    reason: str
    zh: str


def read_values(block: str) -> dict[str, object]:
    """Return the top-level keys of ``block`` with texts, lists and maps of texts; raises ``FrontError``."""
    if len(block) > LARGEST:
        raise FrontError(1, f"the front matter is larger than {LARGEST // 1024} KB", f"文件头超过 {LARGEST // 1024} KB")
    text = "\n".join(map(_plain_line, block.split("\n")))
    try:
        events = yaml.parse(text, yaml.SafeLoader)
        return _read(events)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FrontError(line, f"the front matter isn't valid YAML: {error.problem}", "文件头不是有效的 YAML") from None
    except (yaml.YAMLError, ValueError) as error:
        raise FrontError(1, f"the front matter isn't valid YAML: {str(error)[:200]}", "文件头不是有效的 YAML") from None
    except RecursionError:
        raise _deep(1) from None


def _plain_line(line: str) -> str:
    """Return a line with its value in quotes where YAML would stumble over what everybody understands."""
    line = line.replace("\t", " ")
    found = _LINE.match(line)
    if not found:
        return line
    value = found["value"]
    if value[0] in "[{'\"|>&!#" or not (value[0] in "*@%`" or re.search(r":(?:\s|$)| #", value)):
        return line
    if value[0] not in "*@%`" and " #" in value and not re.search(r":\s", value.split(" #")[0]):
        return line  # a comment
    return f"{found['head']}: '{value.replace(chr(39), chr(39) * 2)}'"


def _read(events: Iterator[yaml.Event]) -> dict[str, object]:
    for event in events:
        if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            continue
        if isinstance(event, yaml.StreamEndEvent | yaml.DocumentEndEvent):
            return {}
        value = _value(event, events, 1)
        rest = [one for one in events if not isinstance(one, yaml.DocumentEndEvent | yaml.StreamEndEvent)]
        if rest:
            raise FrontError(_line(rest[0]), "the front matter has more than one document", "文件头有多个文档")
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise FrontError(
                _line(event), "the front matter must be a mapping of keys to values", "文件头必须是“键: 值”的形式"
            )
        return value
    return {}


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> object:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise FrontError(_line(event), "front matter has no aliases: write the value itself", "文件头不支持别名（& 和 *）")
    if getattr(event, "tag", None):
        raise FrontError(_line(event), "front matter has no tags (!): every value is a text", "文件头不支持标签（!）")
    if isinstance(event, yaml.ScalarEvent):
        return "" if event.style is None and event.value in _NOTHING else event.value
    if depth > DEEPEST:
        raise _deep(_line(event))
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[object] = []
        for one in events:
            if isinstance(one, yaml.SequenceEndEvent):
                return items
            items.append(_value(one, events, depth + 1))
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, depth)
    raise FrontError(_line(event), "the front matter isn't valid YAML", "文件头不是有效的 YAML")


def _mapping(events: Iterator[yaml.Event], depth: int) -> dict[str, object]:
    made: dict[str, object] = {}
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            return made
        if not isinstance(key, yaml.ScalarEvent):
            raise FrontError(_line(key), "a key must be plain text", "键必须是普通文字")
        value = _value(next(events), events, depth + 1)
        if key.value in made:
            if depth > 1 or key.value.lower() not in _MERGED:
                raise FrontError(_line(key), f"the key {key.value[:60]!r} stands twice", f"键“{key.value[:60]}”出现了两次")
            before = made[key.value]
            value = [*(before if isinstance(before, list) else [before]), *(value if isinstance(value, list) else [value])]
        made[key.value] = value
    raise FrontError(1, "the front matter isn't valid YAML", "文件头不是有效的 YAML")


def _deep(line: int) -> FrontError:
    return FrontError(line, "the front matter is nested too deeply", f"文件头嵌套超过 {DEEPEST} 层")


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1


def texts(value: object) -> tuple[str, ...]:
    """Return a value as texts: a list's, or one alone; empty ones left out."""
    items = value if isinstance(value, list) else [value]
    return tuple(item.strip() for item in chain(items) if isinstance(item, str) and item.strip())
