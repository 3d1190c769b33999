"""Reading the corpus folder: every file that can't be used is named with its reason, and then nothing is read."""

import hashlib
import os
import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from corpus.errors import CorpusError, Problem
from corpus.front_matter import FrontMatter, read_front_matter
from corpus.model import Document, Section, Source, Translation
from corpus.references import parse_reference
from corpus.sections import find_sections
from corpus.translation import align

SUFFIXES = (".md", ".txt")
LARGEST_BYTES = 5_000_000
ENGLISH = ".en.md"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_folder(folder: Path, known: Mapping[str, Document] | None = None) -> tuple[Document, ...]:
    """Return the documents of ``folder`` and its subfolders, ordered by id.

    ``known`` holds documents of an earlier reading by file name; those whose files hold the same bytes are taken from it.
    Takes ``.md`` and ``.txt``, in capitals too; passes over hidden files. ``NAME.en.md`` is no document but the English
    side file of ``NAME.md``, paragraph by paragraph (corpus/translation.py). Raises ``CorpusError`` with every problem
    found: a missing or empty folder, and for files: not UTF-8, empty, too large, control characters, a broken front matter,
    a link that leads out of the folder, no plain file, one that is being written, an id that another file has, a side file
    that doesn't fit or has no original.
    """
    if not folder.is_dir():
        raise CorpusError([Problem(str(folder), "there is no such corpus folder; set MSCQA_CORPUS_DIR to one")])
    found, problems = _files(folder)
    paths = list(filter(_is_text, found))
    if not paths and not problems:
        raise CorpusError([Problem(str(folder), "the corpus folder holds no .md or .txt file")])
    problems += _lone_side_files(found, folder)
    documents: list[Document] = []
    for path in paths:
        try:
            filename = path.relative_to(folder).as_posix()
            documents.append(read_document(path, folder, known.get(filename) if known else None))
        except CorpusError as error:
            problems += error.problems
    by_id: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        by_id[document.id].append(document.filename)
    problems += [
        Problem(names[1], f"its id {identifier!r} is also that of {names[0]}; rename one or give it an id in front matter")
        for identifier, names in by_id.items()
        if len(names) > 1
    ]
    if problems:
        raise CorpusError(problems)
    return tuple(sorted(documents, key=lambda document: document.id))


def read_document(path: Path, folder: Path, known: Document | None = None) -> Document:
    """Return one file of ``folder`` as a document, which is ``known`` where that was made of the same bytes.

    Raises ``CorpusError`` with the file's name and the reason.
    """
    filename = path.relative_to(folder).as_posix()
    content = _content(path, folder, filename)
    side = _side_file(path, folder)
    if (
        known
        and known.sha256 == _sha256(content)
        and (known.translation.sha256 if known.translation else None) == (_sha256(side[1]) if side else None)
    ):
        return known
    text = _decode(content, filename)
    front = read_front_matter(text if _is_markdown(path) else "", filename)
    found_title, sections = find_sections(text, front.span.end, markdown=_is_markdown(path))
    if not any(section.span.of(text).strip() for section in sections):
        raise CorpusError([Problem(filename, "the file has no text")])
    title = front.title or found_title or path.stem
    return Document(
        id=_id(front, filename),
        filename=filename,
        title=title,
        language=front.language or _language(text),
        text=text,
        front_matter=front.span,
        sections=sections,
        source=front.source or _cited_source(text, sections) or Source(title=title, type="document"),
        notice=front.notice,
        sha256=_sha256(content),
        translation=_translation(side, text, front.span.end) if side else None,
    )


def text_files(folder: Path) -> list[Path]:
    """Return the files of ``folder`` and its subfolders that `read_folder` takes for documents, in order."""
    return list(filter(_is_text, _files(folder)[0]))


def read_id(path: Path, folder: Path) -> str:
    """Return the id of one file's document without reading its text on; raises ``CorpusError`` as `read_document` does."""
    filename = path.relative_to(folder).as_posix()
    text = _decode(_content(path, folder, filename), filename)
    return _id(read_front_matter(text if _is_markdown(path) else "", filename), filename)


def id_of_name(filename: str) -> str:
    """Return the id that a file of this name gets where its front matter gives it none."""
    return _slug(filename.rsplit(".", 1)[0])


def _id(front: FrontMatter, filename: str) -> str:
    identifier = _slug(front.id) if front.id else id_of_name(filename)
    if not identifier:
        raise CorpusError([Problem(filename, "no id can be made from the file's name; rename it")])
    return identifier


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.endswith(ENGLISH)


def _is_markdown(path: Path) -> bool:
    return path.suffix.lower() == ".md"


def _side_file(path: Path, folder: Path) -> tuple[str, bytes] | None:
    """Return the name and the bytes of a Markdown file's English side file, or None where there is none."""
    side = path.with_name(path.stem + ENGLISH)
    if not _is_markdown(path) or not side.exists():
        return None
    filename = side.relative_to(folder).as_posix()
    return filename, _content(side, folder, filename)


def _translation(side: tuple[str, bytes], text: str, start: int) -> Translation:
    filename, content = side
    return align(text, start, _decode(content, filename), filename, _sha256(content))


def _lone_side_files(paths: Sequence[Path], folder: Path) -> Iterator[Problem]:
    for path in paths:
        original = path.with_name(path.name.removesuffix(ENGLISH) + ".md")
        if path.name.endswith(ENGLISH) and not original.exists():
            filename = path.relative_to(folder).as_posix()
            yield Problem(filename, f"it is the English side file of {original.name}, which isn't there; rename one of them")


def _files(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Return the files of ``folder``, in order, and what can't be looked into; hidden files and folders are passed over."""
    paths: list[Path] = []
    problems: list[Problem] = []

    def unreadable(error: OSError) -> None:
        problems.append(Problem(str(error.filename), f"the folder can't be read: {error.strerror}"))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(place)
        for name in folders:
            if (here / name).is_symlink():
                filename = (here / name).relative_to(folder).as_posix()
                problems.append(Problem(filename, "it is a link to a folder, which isn't followed; move its texts here"))
        for name in names:
            if not name.isprintable():  # bytes that are no UTF-8, and line breaks, which would forge a message
                problems.append(Problem(ascii(name), "its name holds characters that can't be shown; rename it"))
            elif not name.startswith("."):
                paths.append(here / name)
    return sorted(paths), problems


def _content(path: Path, folder: Path, filename: str) -> bytes:
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise CorpusError([Problem(filename, "it is a link that leads out of the corpus folder")])
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):  # reading a pipe would wait for a writer
            raise CorpusError([Problem(filename, "it isn't a plain file")])
        if before.st_size > LARGEST_BYTES:
            raise CorpusError([Problem(filename, f"it is larger than {LARGEST_BYTES // 1_000_000} MB; split it")])
        content = path.read_bytes()
        after = path.stat()
    except (OSError, RuntimeError) as error:  # the latter: links in a circle
        reason = error.strerror if isinstance(error, OSError) else "its links go in a circle"
        raise CorpusError([Problem(filename, f"it can't be read: {reason}")]) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise CorpusError([Problem(filename, "it was being written while it was read; build again when that is done")])
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _decode(content: bytes, filename: str) -> str:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reason = f"it isn't UTF-8 (byte {error.start}); save it as UTF-8"
        raise CorpusError([Problem(filename, reason, line)]) from None
    if not text.strip():
        raise CorpusError([Problem(filename, "the file is empty")])
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise CorpusError([Problem(filename, f"it holds the control character U+{ord(control[0]):04X}", line)])
    return text


def _slug(name: str) -> str:
    """Return a name as an id that is safe in URLs: letters (Chinese ones too), digits and single hyphens."""
    folded = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\W_]+", "-", folded).strip("-")[:120]


def _language(text: str) -> str:
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    latin = len(re.findall(r"[A-Za-z]+", text))
    return "zh-CN" if han >= latin else "en"


def _cited_source(text: str, sections: tuple[Section, ...]) -> Source | None:
    """Return the source that a text's own reference names, where it names just one."""
    parts = [section.span.of(text) for section in sections if section.role == "reference"]
    found = [source for source in map(parse_reference, parts) if source]
    return found[0] if len(found) == 1 else None
