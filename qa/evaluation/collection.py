"""Several sets of questions at once, each over texts of its own: what is learned on some texts is judged on others.

A collection is a TOML file; each of its tables is a set::

    [clinic]
    texts = ["texts/clinic.md"]     # files or folders, from where the TOML file stands
    questions = "clinic.jsonl"
    learn = "all"                   # or "development" (half of the facts), or "none"
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.errors import Problem
from corpus.model import Document
from corpus.reading import read_folder
from qa.evaluation.dataset import Dataset, DatasetError, Question
from qa.evaluation.gold import read_gold

Learn = Literal["all", "development", "none"]
_LEARN: tuple[Learn, ...] = ("all", "development", "none")
_KEYS = {"texts", "questions", "learn"}


@dataclass(frozen=True, slots=True)
class Member:
    """A set of a collection, and which of its questions weights may be learned on."""

    dataset: Dataset
    learn: Learn

    @property
    def learned_on(self) -> tuple[Question, ...]:
        """The questions that weights may be learned on."""
        if self.learn == "development":
            return tuple(question for question in self.dataset.questions if question.half == "development")
        return self.dataset.questions if self.learn == "all" else ()


def read_collection(path: Path) -> tuple[Member, ...]:
    """Return the sets of the TOML file ``path`` in order; raises ``DatasetError`` with all that is wrong with it."""
    problems: list[Problem] = []
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError([Problem(path.name, f"it isn't a collection: {error}")]) from error
    members = [_member(name, table, path, problems) for name, table in tables.items()]
    if not members:
        problems.append(Problem(path.name, "it names no set"))
    if problems:
        raise DatasetError(problems)
    return tuple(member for member in members if member)


def _member(name: str, table: object, path: Path, problems: list[Problem]) -> Member | None:
    if not isinstance(table, dict) or not {"texts", "questions"} <= set(table) <= _KEYS:
        problems.append(Problem(path.name, f"[{name}] must have 'texts' and 'questions', and may have 'learn'"))
        return None
    learn = table.get("learn", "all")
    if learn not in _LEARN:
        problems.append(Problem(path.name, f"[{name}] 'learn' must be one of {', '.join(_LEARN)}, not {learn!r}"))
        return None
    documents: list[Document] = []
    for text in table["texts"]:
        place = path.parent / text
        if not place.exists():
            problems.append(Problem(path.name, f"[{name}] there is no {text} (docs/evaluation.md says where to get it)"))
            return None
        found = read_folder(place if place.is_dir() else place.parent)
        documents += [one for one in found if place.is_dir() or one.filename == place.name]
    try:
        dataset = read_gold(path.parent / table["questions"], documents)
    except DatasetError as error:
        problems.extend(error.problems)
        return None
    return Member(Dataset(name, dataset.documents, dataset.questions), learn)
