"""What the pages for people name is there: files, sections, settings, commands and their options."""

import argparse
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.command.main import _parser
from qa.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# What starts with one of these is a file of the repository; anything else may be the reader's own.
_PLACE = re.compile(
    r"(?<![\w./-])((?:api|corpus|docs|index|qa|tests|faults)/[\w*./-]*\.(?:csv|html|json|jsonl|md|png|py|toml|tsv|txt))"
)
_FENCE = re.compile(r"^```.*?^```", re.S | re.M)
_OF_TESTS = {"MSCQA_FAULT_CASES"}  # read by tests/faults, no setting of the program

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code(page: Path) -> Iterator[str]:
    """Yield the lines of fenced code and the code within sentences."""
    text = read(page)
    for block in _FENCE.findall(text):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))


def sections(page: Path) -> set[str]:
    """Return the names of a page's sections as addresses have them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", read(page)), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> dict[str, set[str]]:
    """Return the options of each command."""
    (chosen,) = (action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))
    return {name: set(parser._option_string_actions) for name, parser in chosen.choices.items()}


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file that there is, and to a section that it has."""
    for link in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", read(page))):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, section = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        assert not section or target.suffix != ".md" or section in sections(target), link


@every_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    """In the repository, or below tests/ where a table is about tests; what is to be run can be loaded."""
    for name in _PLACE.findall(read(page)):
        assert any(ROOT.glob(name)) or any((ROOT / "tests").glob(name)), name
    for module in re.findall(r"python -m (tests[\w.]+\w)", read(page)):
        importlib.import_module(module)


@every_page
def test_every_variable_that_is_named_is_a_setting(page: Path) -> None:
    """Or one of the tests'."""
    settings = {f"MSCQA_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"MSCQA_[A-Z][A-Z_]*[A-Z]", read(page))) <= settings | _OF_TESTS


@every_page
def test_every_command_that_is_named_exists(page: Path) -> None:
    """With the options that stand behind it."""
    known = commands()
    for line in code(page):
        for name, rest in re.findall(r"\bmscqa ([a-z]+)((?:(?!\bmscqa ).)*)", line.partition(" # ")[0]):
            assert name in known, line
            assert set(re.findall(r"(?<![\w-])--[a-z-]+", rest)) <= known[name], line
