"""What a Markdown file says of itself between ``---`` lines: our own keys, and those of other programs as they are usual."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus.errors import CorpusError, Problem
from corpus.files.front_yaml import FrontError, read_values, texts
from corpus.model import Author, Source, Span

_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # quoted YAML can spell these: "\\x07"
_OPENS = re.compile(r"---[ \t]*\n")
_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.S | re.M)
_KEY_LINE = re.compile(r"\s*(?:[\w\u4e00-\u9fff][\w\u4e00-\u9fff .-]{0,60}:(?:\s|$)|[?&!{\[#])")
_SOURCE_TEXTS = (
    "title", "type", "container_title", "container_title_short", "volume", "issue", "pages", "article_number", "doi", "url",
    "language",
)  # fmt: skip
_SOURCE_KEYS = (*_SOURCE_TEXTS, "authors", "year")
_TEXTS = ("id", "title", "language", "kind", "notice", "license", "translation_of", "status")
_KEYS = (*_TEXTS, "source")
_STATUS = ("", "retracted", "superseded")
_TAKEN_BACK = re.compile(r"retract|supersed|withdr|obsolete|撤|废|取代|替代")
# How other programs spell what is used here.
_SPELLED = {
    "author": "authors", "authors": "authors", "creator": "authors", "作者": "authors", "byline": "authors",
    "date": "date", "published": "date", "pubdate": "date", "publishdate": "date", "publish_date": "date", "created": "date",
    "date_published": "date", "year": "date", "日期": "date", "发布日期": "date",
    "lang": "language", "locale": "language", "语言": "language", "标题": "title", "headline": "title",
    "doi": "doi", "url": "url", "link": "url", "source_url": "url", "canonical_url": "url", "original_url": "url",
    "journal": "container_title", "publication": "container_title", "publisher": "container_title",
    "来源": "container_title", "container": "container_title", "volume": "volume", "issue": "issue", "pages": "pages",
}  # fmt: skip
_KEPT = ("tags", "description", "categories", "keywords", "summary", "abstract", "aliases", "slug", "draft", "layout")
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|2[0-9]{3})(?!\d)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says of itself; texts are empty and ``source`` is None where it doesn't.

    ``notes`` name what was kept and isn't used, each with what may have been meant.
    """

    span: Span
    id: str = ""
    title: str = ""
    language: str = ""
    kind: str = ""
    notice: str = ""
    license: str = ""
    translation_of: str = ""
    status: Literal["", "retracted", "superseded"] = ""
    source: Source | None = None
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Reads the values of one file, and notes every mistake in them."""

    filename: str
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def wrong(self, reason: str, zh: str) -> None:
        self.problems.append(Problem(self.filename, reason, zh=zh))

    def text(self, value: object, key: str) -> str:
        if not isinstance(value, str):
            self.wrong(f"{key} must be a text", f"{key} 必须是文字")
            return ""
        if found := _NO_TEXT.search(value):
            code = f"U+{ord(found[0]):04X}"
            self.wrong(f"{key} holds {code}, which is no character of a text; take it out", f"{key} 含有 {code}，请删去")
        return value.strip()


def read_front_matter(text: str, filename: str) -> FrontMatter:
    """Return the front matter of ``text``, empty where there is none; raises ``CorpusError`` with all mistakes of the file.

    A rule at the head of a text is no front matter.
    """
    opened = _OPENS.match(text)
    if not opened:
        return FrontMatter(Span(0, 0))
    block = _BLOCK.match(text)
    words = block[1] if block else text[opened.end() :]
    first = next((line for line in words.split("\n") if line.strip()), "")
    if first and not _KEY_LINE.match(first):
        return FrontMatter(Span(0, 0))
    if block is None:
        reason = "the front matter that begins with '---' has no closing '---' line"
        raise CorpusError([Problem(filename, reason, 1, zh="以“---”开头的文件头没有结尾的“---”行")])
    try:
        item = read_values(block[1])
    except FrontError as error:
        raise CorpusError([Problem(filename, error.reason, error.line + 1, zh=error.zh)]) from None
    reader = _Reader(filename)
    front = _front(item, Span(0, block.end()), reader)
    if reader.problems:
        raise CorpusError(reader.problems)
    return front


def record_front(record: Mapping[str, str]) -> FrontMatter:
    """Return what a converted file says of itself, under keys as other programs spell them; what can't be used is left."""
    reader = _Reader("")
    kept = {key: _NO_TEXT.sub("", value) for key, value in record.items()}
    return _front(kept, Span(0, 0), reader)


def _front(item: Mapping[str, Any], span: Span, reader: _Reader) -> FrontMatter:
    values: dict[str, Any] = {key: reader.text(item[key], key) for key in _TEXTS if key in item}
    values["status"] = _status(values.get("status", ""), reader)
    foreign = {key: value for key, value in item.items() if key not in _KEYS}
    spelled: dict[str, Any] = {}
    for key, value in foreign.items():
        name = _SPELLED.get(key.strip().lower().replace("-", "_"))
        if name:
            spelled.setdefault(name, value)
        else:
            reader.notes.append(_note(key))
    for name in ("title", "language"):
        if not values.get(name) and isinstance(spelled.get(name), str):
            values[name] = reader.text(spelled[name], name)
    source = _source(item["source"], values.get("title", ""), reader) if item.get("source") else None
    source = _with_foreign(source, spelled, values.get("title", ""), reader)
    return FrontMatter(span, **values, source=source, notes=tuple(reader.notes))


def _status(value: str, reader: _Reader) -> str:
    """Return whether the text was withdrawn, as ``status`` says; that other programs call it a draft says nothing of it.

    What comes near either word is a mistake: a text that was withdrawn must not be served as if it weren't.
    """
    status = value.casefold()
    if status in _STATUS:
        return status
    if _TAKEN_BACK.search(status) or difflib.get_close_matches(status, _STATUS, 1, 0.6):
        reader.wrong(
            f"status must be 'retracted' or 'superseded', not {value[:40]!r}", "status 只能是 retracted 或 superseded"
        )
    else:
        reader.notes.append(f"the status {value[:40]!r} is kept and not used; 'retracted' and 'superseded' are")
    return ""


def _note(key: str) -> str:
    near = difflib.get_close_matches(key.lower(), (*_KEYS, *_SPELLED), 1, 0.75)
    hint = f"; did you mean {near[0]!r}?" if near and key.lower() not in _KEPT else ""
    return f"the key {key[:60]!r} is kept and not used{hint}"


def _source(item: object, title: str, reader: _Reader) -> Source | None:
    if isinstance(item, str):
        words = reader.text(item, "source")
        is_url = words.startswith(("http://", "https://"))
        return Source(title, type="document", url=words if is_url else "", container_title="" if is_url else words)
    if not isinstance(item, dict):
        reader.wrong("source must be a mapping of keys to values", "source 必须是“键: 值”的形式")
        return None
    fields: dict[str, Any] = {}
    for key, value in item.items():
        known = key if key in _SOURCE_KEYS else {"date": "year"}.get(name := _SPELLED.get(key.lower(), ""), name)
        if known in _SOURCE_KEYS:
            fields.setdefault(known, value)
        else:
            near = difflib.get_close_matches(key, _SOURCE_KEYS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            reader.notes.append(f"the key {'source.' + key[:60]!r} is kept and not used{hint}")
    values: dict[str, Any] = {key: reader.text(fields[key], f"source.{key}") for key in _SOURCE_TEXTS if key in fields}
    values["title"] = values.get("title") or title
    return Source(**values, authors=_authors(fields.get("authors") or [], reader), year=_year(fields.get("year"), reader))


def _year(value: object, reader: _Reader) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, str) and re.fullmatch(r"[12]\d{3}", value.strip()):
        return int(value)
    if isinstance(value, str) and re.match(r"[12]\d{3}[-/.年]", value.strip()):
        return int(value.strip()[:4])
    shown = repr(value)[:40]
    reader.wrong(
        f"source.year must be a year such as 2025, not {shown}", f"source.year 必须是 2025 这样的年份，而不是 {shown}"
    )
    return None


def _authors(value: object, reader: _Reader) -> tuple[Author, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        reader.wrong("source.authors must be a list", "source.authors 必须是列表")
        return ()
    return tuple(filter(None, (_author(author, reader) for author in value)))


def _author(item: object, reader: _Reader) -> Author | None:
    if isinstance(item, str):
        return Author(reader.text(item, "an author")) if item.strip() else None
    if not isinstance(item, dict):
        reader.wrong("an author must be a name, or a mapping with family and given", "作者必须是姓名")
        return None
    family = reader.text(item.get("family", item.get("name", "")), "family")
    if not family:
        reader.wrong("an author has no family name", "作者没有姓")
        return None
    return Author(family, reader.text(item.get("given", ""), "given"))


def _with_foreign(source: Source | None, spelled: Mapping[str, Any], title: str, reader: _Reader) -> Source | None:
    """Return the source with what other programs' keys say of it, where ours say nothing."""
    names = tuple(Author(reader.text(name, "an author")) for name in _names(spelled.get("authors")))
    years = [int(found[0]) for words in texts(spelled.get("date", "")) if (found := _YEAR.search(words))]
    given = {
        key: next(iter(texts(spelled.get(key, ""))), "")
        for key in ("doi", "url", "container_title", "volume", "issue", "pages")
    }
    if not (names or years or any(given.values())):
        return source
    known = source or Source(title, type="document")
    return Source(
        title=known.title,
        authors=known.authors or names,
        type=known.type,
        container_title=known.container_title or given["container_title"],
        container_title_short=known.container_title_short,
        year=known.year or next(iter(years), None),
        volume=known.volume or given["volume"],
        issue=known.issue or given["issue"],
        pages=known.pages or given["pages"],
        article_number=known.article_number,
        doi=known.doi or given["doi"].removeprefix("https://doi.org/").removeprefix("doi:").strip(),
        url=known.url or (given["url"] if given["url"].startswith(("http://", "https://")) else ""),
        language=known.language,
    )


def _names(value: object) -> Iterator[str]:
    items: Sequence[object] = value if isinstance(value, list) else [value]
    for item in items:
        if isinstance(item, dict):
            item = item.get("name", item.get("family", ""))
        if isinstance(item, str):
            yield from (name.strip() for name in re.split(r"[、;；]|，|,(?=\s*[\u4e00-\u9fff])", item) if name.strip())
