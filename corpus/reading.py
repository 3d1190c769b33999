"""Reading the corpus folder: every file that can't be used is left out by name and reason, and all others are read."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.blocks.partition import read_blocks
from corpus.decoding import decode
from corpus.errors import CorpusError, Problem
from corpus.files.front_matter import FrontMatter, read_front_matter, record_front
from corpus.files.listing import ENGLISH as ENGLISH
from corpus.files.listing import LARGEST_BYTES as LARGEST_BYTES
from corpus.files.listing import MARKDOWN, READ, find_files, is_converted, is_markdown, read_content, sha256, side_file
from corpus.files.listing import text_files as text_files
from corpus.files.translation import align
from corpus.formats.converted import Converted, FormatError
from corpus.formats.process import ConversionProcess
from corpus.model import Document, Section, Source, Span, Translation
from corpus.passages.references import parse_reference
from corpus.passages.sections import find_sections


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a folder, ordered by id, what was left out and why, and how many files of other kinds there are."""

    documents: tuple[Document, ...]
    left_out: tuple[Problem, ...]
    passed_over: Mapping[str, int]


def read_folder(folder: Path, known: Mapping[str, Document] | None = None) -> tuple[Document, ...]:
    """Return the documents of ``folder``, ordered by id, if all of its texts can be read.

    Raises ``CorpusError`` with every problem that `read_corpus` finds.
    """
    corpus = read_corpus(folder, known)
    if corpus.left_out:
        raise CorpusError(corpus.left_out)
    return corpus.documents


def read_corpus(folder: Path, known: Mapping[str, Document] | None = None) -> Corpus:
    """Return the documents of ``folder`` and its subfolders, and what was left out.

    ``known`` holds documents of an earlier reading by file name; those whose files hold the same bytes are taken from it.
    Takes ``.md``, ``.markdown``, ``.txt``, ``.rst``, ``.pdf``, ``.docx`` and ``.html``, in capitals too; passes over
    hidden files. ``NAME.en.md`` is no document but the English side file of ``NAME.md``, paragraph by paragraph. Left out,
    each with its reason: files in no known encoding, empty, too large, with control characters, with a broken front matter,
    links that lead out of the folder, what is no plain file or is being written, ids that front matter gives twice, side
    files that don't fit or have no original, what its format's reader refuses.

    Raises ``CorpusError`` where there is no such folder, or nothing that can be read.
    """
    if not folder.is_dir():
        raise CorpusError([Problem(str(folder), "there is no such corpus folder; set MSCQA_CORPUS_DIR to one")])
    found = find_files(folder)
    if not found.texts and not found.problems:
        raise CorpusError(
            [Problem(str(folder), f"the corpus folder holds no .md or .txt file, nor another that is read ({READ})")]
        )
    problems = [*found.problems, *_lone_side_files(found.paths, folder)]
    documents: list[Document] = []
    with ConversionProcess() as converting:
        for path in found.texts:
            try:
                filename = path.relative_to(folder).as_posix()
                documents.append(read_document(path, folder, known.get(filename) if known else None, converting))
            except CorpusError as error:
                problems += error.problems
    documents, collided = _apart(documents)
    documents.sort(key=lambda document: document.id)
    return Corpus(tuple(documents), (*problems, *collided), found.passed_over)


def read_document(
    path: Path, folder: Path, known: Document | None = None, converting: ConversionProcess | None = None
) -> Document:
    """Return one file of ``folder`` as a document, which is ``known`` where that was made of the same bytes.

    ``converting`` is the process that reads what is no text; without one, one is started. Raises
    ``CorpusError`` with the file's name and the reason.
    """
    filename = path.relative_to(folder).as_posix()
    content = read_content(path, folder, filename)
    side = side_file(path, folder)
    if (
        known
        and not known.as_of
        and known.sha256 == sha256(content)
        and (known.translation.sha256 if known.translation else None) == (sha256(side[1]) if side else None)
    ):
        return replace(known, id=own) if (own := _own_id(known)) != known.id else known
    made = _converted(content, path, filename, converting) if is_converted(path) else None
    text, encoding = (made.text, made.converter) if made else decode(content, filename)
    front = record_front(made.record) if made else read_front_matter(text if is_markdown(path) else "", filename)
    blocks = read_blocks(text, front.span.end, markdown=is_markdown(path) or made is not None)
    found_title, sections = find_sections(text, front.span.end, blocks)
    if not any(section.span.of(text).strip() for section in sections):
        raise CorpusError([Problem(filename, "the file has no text", gone=True)])
    title = front.title or found_title or path.stem
    return Document(
        id=_id(front, filename),
        filename=filename,
        title=title,
        language=front.language or _language(text),
        text=text,
        front_matter=front.span,
        sections=sections,
        source=_source_of(front, text, sections, title),
        notice=front.notice,
        sha256=sha256(content),
        translation=_translation(side, text, front.span.end) if side else None,
        blocks=blocks,
        encoding=encoding,
        status=front.status,
        notes=front.notes,
        lines=made.lines if made else (),
        page_labels=made.labels if made else (),
    )


def _converted(content: bytes, path: Path, filename: str, converting: ConversionProcess | None) -> Converted:
    """Return what a file that is no text holds; raises ``CorpusError``."""
    try:
        if converting is not None:
            return converting.convert(content, path.suffix.lower())
        with ConversionProcess() as own:
            return own.convert(content, path.suffix.lower())
    except FormatError as error:
        raise CorpusError([Problem(filename, error.reason, zh=error.zh)]) from None


def read_id(path: Path, folder: Path) -> str:
    """Return the id of one file's document without reading its text on; raises ``CorpusError`` as `read_document` does."""
    filename = path.relative_to(folder).as_posix()
    if is_converted(path):
        return _id(FrontMatter(Span(0, 0)), filename)
    text = decode(read_content(path, folder, filename), filename)[0]
    return _id(read_front_matter(text if is_markdown(path) else "", filename), filename)


def id_of_name(filename: str) -> str:
    """Return the id that a file of this name gets where its front matter gives it none."""
    return _slug(filename.rsplit(".", 1)[0])


def id_with_suffix(identifier: str, filename: str) -> str:
    """Return the id of a file whose own id a Markdown file has: ``综述-txt``."""
    return f"{identifier}-{_slug(filename.rsplit('.', 1)[-1])}"


def _id(front: FrontMatter, filename: str) -> str:
    identifier = _slug(front.id) if front.id else id_of_name(filename)
    if not identifier:
        raise CorpusError([Problem(filename, "no id can be made from the file's name; rename it")])
    return identifier


def _own_id(document: Document) -> str:
    """Return the id that a document has where no other has it."""
    own = id_of_name(document.filename)
    return (
        own
        if document.id == id_with_suffix(own, document.filename) and not is_markdown(Path(document.filename))
        else document.id
    )


def _apart(documents: Sequence[Document]) -> tuple[list[Document], list[Problem]]:
    """Return ``documents`` with ids that differ, whatever their order, and the problems of those that can't be kept apart.

    A Markdown file keeps its id, other files get their suffix; files of one kind and one id are all left out.
    """
    by_id: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_id[document.id].append(document)
    made: dict[str, list[Document]] = defaultdict(list)
    for identifier, alike in by_id.items():
        for document in alike:
            renamed = len(alike) > 1 and not document.filename.lower().endswith(MARKDOWN)
            key = id_with_suffix(identifier, document.filename) if renamed else identifier
            made[key].append(replace(document, id=key) if renamed else document)
    kept = [items[0] for items in made.values() if len(items) == 1]
    problems = [
        Problem(
            document.filename,
            f"its id {identifier!r} is also that of {next(other for other in items if other is not document).filename};"
            " rename one or give it an id in front matter",
        )
        for identifier, items in made.items()
        if len(items) > 1
        for document in items
    ]
    return kept, problems


def _translation(side: tuple[str, bytes], text: str, start: int) -> Translation:
    filename, content = side
    return align(text, start, decode(content, filename)[0], filename, sha256(content))


def _lone_side_files(paths: Sequence[Path], folder: Path) -> Iterator[Problem]:
    for path in paths:
        original = path.with_name(path.name.removesuffix(ENGLISH) + ".md")
        if path.name.endswith(ENGLISH) and not original.exists():
            filename = path.relative_to(folder).as_posix()
            yield Problem(filename, f"it is the English side file of {original.name}, which isn't there; rename one of them")


def _slug(name: str) -> str:
    """Return a name as an id that is safe in URLs: letters (Chinese ones too), digits and single hyphens."""
    folded = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\W_]+", "-", folded).strip("-")[:120]


def _language(text: str) -> str:
    han = sum(map(len, re.findall(r"[\u4e00-\u9fff]+", text)))
    latin = len(re.findall(r"[A-Za-z]+", text))
    return "zh-CN" if han >= latin else "en"


def _source_of(front: FrontMatter, text: str, sections: tuple[Section, ...], title: str) -> Source:
    """Return what front matter says of the source, or else the one reference that the text names, or the text itself."""
    if front.source is not None:
        return front.source if front.source.title else replace(front.source, title=title)
    return _cited_source(text, sections) or Source(title=title, type="document")


def _cited_source(text: str, sections: tuple[Section, ...]) -> Source | None:
    """Return the source that a text's own reference names, where it names just one."""
    parts = [section.span.of(text) for section in sections if section.role == "reference"]
    found = [source for source in map(parse_reference, parts) if source]
    return found[0] if len(found) == 1 else None
