"""JSON lines read strictly: each object with its line number, each broken line a named problem."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import Problem


def read_json_lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line numbers and objects of ``path``; what isn't a JSON object goes to ``problems`` with its line."""
    for line, text in read_lines(path, problems):
        try:
            item = json.loads(text)
        except ValueError as error:
            problems.append(Problem(path.name, f"it isn't JSON: {error}", line))
            continue
        if isinstance(item, dict):
            yield line, item
        else:
            problems.append(Problem(path.name, "it isn't a JSON object", line))


def read_lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    """Yield the lines of ``path`` that aren't blank, numbered from 1; a file that can't be read is a problem."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        problems.append(Problem(str(path), "there is no such file"))
        return
    except OSError as error:
        problems.append(Problem(str(path), f"it can't be read: {error.strerror}"))
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.append(Problem(path.name, f"it isn't UTF-8 (byte {error.start})", line))
        return
    for number, line_text in enumerate(text.split("\n"), 1):
        if line_text.strip():
            yield number, line_text.rstrip("\r")


def text_of(item: dict[str, Any], key: str, path: Path, line: int, problems: list[Problem]) -> str:
    """Return the text ``item[key]``, or note that it is missing, empty or no text and return an empty one."""
    value = item.get(key)
    if isinstance(value, str) and value.strip():
        return value
    reason = f"{key!r} is missing" if key not in item else f"{key!r} must be a text that isn't empty, not {value!r}"
    problems.append(Problem(path.name, reason, line))
    return ""
