"""Any retrieval set in BEIR's layout (Thakur et al., NeurIPS 2021): corpus.jsonl, queries.jsonl and qrels.tsv.

``lang`` of documents and questions is used where it stands. ``candidates.tsv`` and ``answerable`` (as in NoMIRACL: Thakur
et al. 2024) restrict a question to some documents and tell whether they answer. Ids stay here: they may give answers
away, so documents get numbers.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from corpus.blocks.partition import read_blocks
from corpus.errors import Problem
from corpus.model import Document, Section, Source, Span
from qa.evaluation.dataset import Dataset, DatasetError, Question, read_json_lines, read_lines, text_of
from qa.questions.language import detect_language

CORPUS, QUERIES, QRELS, CANDIDATES = "corpus.jsonl", "queries.jsonl", "qrels.tsv", "candidates.tsv"


def read_beir(folder: Path) -> Dataset:
    """Return the set of ``folder``; raises ``DatasetError`` with every missing file and every line that can't be used.

    Questions without a judgement are left out, as BEIR does, unless they say whether they are ``answerable``.
    """
    problems: list[Problem] = []
    documents, empty, numbers = _documents(folder / CORPUS, problems)
    questions = _questions(folder / QUERIES, problems)
    relevant = _judgements(_qrels(folder), questions, numbers, problems)
    among = _candidates(folder / CANDIDATES, questions, numbers, problems)
    if problems:
        raise DatasetError(problems)
    known = {document.id for document in documents}
    kept = tuple(
        Question(
            id=key,
            text=question.text,
            language=question.language,
            relevant=relevant.get(key, {}),
            answerable=True if relevant.get(key) and question.answerable is None else question.answerable,
            among=tuple(number for number in among.get(key, ()) if number in known),
        )
        for key, question in questions.items()
        if any(relevant.get(key, {}).values()) or question.answerable is not None
    )
    if not kept:
        raise DatasetError([Problem(str(folder), f"no question of {QUERIES} has a judgement in {QRELS}")])
    return Dataset(folder.name, documents, kept, empty)


def _qrels(folder: Path) -> Path:
    """Return the judgements' file: BEIR's own layout has it in a folder, by split."""
    nested = folder / "qrels" / "test.tsv"
    return nested if nested.exists() and not (folder / QRELS).exists() else folder / QRELS


def _documents(path: Path, problems: list[Problem]) -> tuple[tuple[Document, ...], int, dict[str, str]]:
    """Return the documents, how many had no text, and the number that stands for each id."""
    documents = []
    numbers: dict[str, str] = {}
    before = len(problems)
    for line, item in read_json_lines(path, problems):
        key = text_of(item, "_id", path, line, problems)
        if not key:
            continue
        if key in numbers:
            problems.append(Problem(path.name, f"the id {key!r} stands twice", line))
            continue
        number = f"{len(numbers):07d}"
        numbers[key] = number
        title, text, language = (item.get(name) or "" for name in ("title", "text", "lang"))
        if not all(isinstance(value, str) for value in (title, text, language)):
            problems.append(Problem(path.name, "'title', 'text' and 'lang' must be texts", line))
        elif "text" not in item:
            problems.append(Problem(path.name, "'text' is missing", line))
        elif text.strip() or title.strip():
            documents.append(_document(number, title.strip(), text if text.strip() else title, language))
    if not documents and len(problems) == before:
        problems.append(Problem(path.name, "it holds no document"))
    return tuple(documents), len(numbers) - len(documents), numbers


def _document(number: str, title: str, text: str, language: str) -> Document:
    whole = Span(0, len(text))
    return Document(
        id=number,
        filename=number,
        title=title,
        language=language or ("en" if detect_language(text) == "en" else "zh-CN"),
        text=text,
        front_matter=Span(0, 0),
        sections=(Section((), None, whole),),
        blocks=read_blocks(text, 0, markdown=False),
        source=Source(title=title, type="document"),
        notice="",
        sha256=hashlib.sha256(f"{title}\x00{text}".encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _questions(path: Path, problems: list[Problem]) -> dict[str, Question]:
    questions: dict[str, Question] = {}
    before = len(problems)
    for line, item in read_json_lines(path, problems):
        key, text = (text_of(item, name, path, line, problems) for name in ("_id", "text"))
        answerable = item.get("answerable")
        if answerable is not None and not isinstance(answerable, bool):
            problems.append(Problem(path.name, f"'answerable' must be true or false, not {answerable!r}", line))
        elif key in questions and key:
            problems.append(Problem(path.name, f"the id {key!r} stands twice", line))
        else:
            language = item.get("lang") or detect_language(text)
            questions[key] = Question(key, text.strip(), str(language), answerable=answerable)
    if not questions and len(problems) == before:
        problems.append(Problem(path.name, "it holds no question"))
    return questions


def _judgements(
    path: Path, questions: Mapping[str, Question], numbers: Mapping[str, str], problems: list[Problem]
) -> dict[str, dict[str, int]]:
    relevant: dict[str, dict[str, int]] = defaultdict(dict)
    for line, question, document, score in _rows(path, questions, numbers, problems):
        try:
            relevant[question][document] = int(score)
        except ValueError:
            problems.append(Problem(path.name, f"the score must be a whole number, not {score!r}", line))
    return relevant


def _candidates(
    path: Path, questions: Mapping[str, Question], numbers: Mapping[str, str], problems: list[Problem]
) -> dict[str, list[str]]:
    among: dict[str, list[str]] = defaultdict(list)
    if path.exists():
        for _, question, document, _ in _rows(path, questions, numbers, problems):
            among[question].append(document)
    return among


def _rows(
    path: Path, questions: Mapping[str, Question], numbers: Mapping[str, str], problems: list[Problem]
) -> list[tuple[int, str, str, str]]:
    """Return line, question, document and last column below the header line; unknown ids are problems."""
    rows = []
    for place, (line, text) in enumerate(read_lines(path, problems)):
        cells = text.split("\t")
        if len(cells) != 3:
            problems.append(Problem(path.name, f"{len(cells)} columns (parted by tabs) instead of 3", line))
        elif place == 0 and not cells[2].strip().lstrip("-").isdigit():
            continue  # the header
        elif cells[0] not in questions:
            problems.append(Problem(path.name, f"{QUERIES} has no question {cells[0]!r}", line))
        elif cells[1] not in numbers:
            problems.append(Problem(path.name, f"{CORPUS} has no document {cells[1]!r}", line))
        else:
            rows.append((line, cells[0], numbers[cells[1]], cells[2].strip()))
    return rows
