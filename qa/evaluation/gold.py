"""Questions of our own kind: JSON lines that name the places in the corpus which answer."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import Problem
from corpus.model import Document, Span
from qa.evaluation.dataset import Dataset, DatasetError, GoldAnswer, Question, read_json_lines, text_of

_LANGUAGES = ("zh", "en", "mixed")


def read_gold(path: Path, documents: Sequence[Document]) -> Dataset:
    """Return the questions of ``path`` over ``documents``.

    Each line: ``id`` (fact, slash, wording), ``question``, ``language``, ``kinds``, and ``answers``, each with
    ``document_id``, ``start``, ``end``, ``quote`` and perhaps ``part``; none where the corpus doesn't answer. Of texts that
    aren't ours ``sha256``, the first 16 digits of the quote's hash, stands in the place of ``quote``. ``text`` names the
    text that a question was written from, where that isn't the first answer's. Raises ``DatasetError`` with the line of
    everything wrong: above all a quote that doesn't stand where it is said to.
    """
    problems: list[Problem] = []
    texts = {document.id: document.text for document in documents}
    questions: dict[str, Question] = {}
    for line, item in read_json_lines(path, problems):
        question = _question(item, texts, path, line, problems)
        if question.id and question.id in questions:
            problems.append(Problem(path.name, f"the id {question.id!r} stands twice", line))
        questions[question.id] = question
    if not questions and not problems:
        problems.append(Problem(path.name, "it holds no question"))
    if problems:
        raise DatasetError(problems)
    return Dataset(path.stem, tuple(documents), tuple(questions.values()))


def _question(item: dict[str, Any], texts: Mapping[str, str], path: Path, line: int, problems: list[Problem]) -> Question:
    key, text, language = (text_of(item, name, path, line, problems) for name in ("id", "question", "language"))
    if language and language not in _LANGUAGES:
        problems.append(Problem(path.name, f"'language' must be one of {', '.join(_LANGUAGES)}, not {language!r}", line))
    kinds, answers = item.get("kinds", []), item.get("answers")
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        problems.append(Problem(path.name, "'kinds' must be a list of texts", line))
        kinds = []
    if not isinstance(answers, list):
        problems.append(Problem(path.name, "'answers' must be a list (empty where the corpus doesn't answer)", line))
        answers = []
    made = [_answer(answer, texts, path, line, problems) for answer in answers]
    found = tuple(answer for answer in made if answer)
    about = item.get("text") or (found[0].document_id if found else "")
    return Question(key, text.strip(), language, tuple(kinds), found, answerable=bool(answers), about=str(about))


def _answer(item: object, texts: Mapping[str, str], path: Path, line: int, problems: list[Problem]) -> GoldAnswer | None:
    if not isinstance(item, dict):
        problems.append(Problem(path.name, "an answer must be a JSON object", line))
        return None
    document, quote, start, end = (item.get(name) for name in ("document_id", "quote", "start", "end"))
    if quote is None and isinstance(document, str) and document in texts and isinstance(start, int) and isinstance(end, int):
        there = texts[document][start:end]
        quote = there if hashlib.sha256(there.encode()).hexdigest()[:16] == item.get("sha256") else ""
    if not isinstance(document, str) or document not in texts:
        problems.append(Problem(path.name, f"the corpus has no document {document!r}", line))
    elif not isinstance(quote, str) or not isinstance(start, int) or not isinstance(end, int):
        problems.append(Problem(path.name, "an answer needs 'quote' (a text), 'start' and 'end' (whole numbers)", line))
    elif not quote or not 0 <= start < end or texts[document][start:end] != quote:
        place = texts[document].find(quote) if quote else -1
        hint = f"; it stands at {place}" if place >= 0 else "; it stands nowhere in that text"
        problems.append(Problem(path.name, f"the quote isn't at {start} to {end} of {document}{hint}", line))
    else:
        return GoldAnswer(document, Span(start, end), quote, str(item.get("part", "")))
    return None
