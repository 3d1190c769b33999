"""From a PDF to its text as Markdown, with the page and the rectangle of each line."""

import re
from collections.abc import Sequence
from importlib.metadata import version

import pypdfium2 as pdfium

from corpus.blocks.joins import known_words, line_join
from corpus.formats.converted import Converted, FormatError
from corpus.formats.markup import line_of, row_of
from corpus.formats.nonsense import is_nonsense
from corpus.formats.pdf.characters import open_pdf, pages_of
from corpus.formats.pdf.furniture import furniture, printed_number
from corpus.formats.pdf.page_lines import PageLine, page_lines
from corpus.formats.pdf.paragraphs import Paragraph, paragraphs
from corpus.model import PlacedLine, Span

_FEWEST = 20  # characters a page of a text, on average; fewer are stamps on scans
_YEAR = re.compile(r"D:(\d{4})")
_NO_TITLE = re.compile(r"^(?:untitled|microsoft word|无标题|未命名)|\.(?:docx?|pdf|indd|tex|dvi|wps)$", re.I)


def read_pdf(content: bytes) -> Converted:
    """Return the text of a PDF; raises ``FormatError``."""
    document = open_pdf(content)
    pages = list(pages_of(document))
    count = sum(len(page.characters) for page in pages)
    if count < _FEWEST * len(pages) and any(page.pictured for page in pages):
        raise FormatError(
            f"scanned, {len(pages)} pages: it holds pictures of pages and no text; run OCR over it first",
            f"扫描件，{len(pages)} 页：只有图片没有文字，请先做 OCR",
        )
    if not count:
        raise FormatError("its pages are empty", "PDF 没有文字")
    laid = [page_lines(page, number) for number, page in enumerate(pages)]
    aside = furniture(laid)
    lines = [line for page in laid for line in page if line not in aside]
    if not lines or is_nonsense(" ".join(line.plain for line in lines)):
        raise FormatError(
            "its fonts don't tell which characters they show; run OCR over it", "PDF 字体没有字符对照表，文字无法识别"
        )
    labels = tuple(page.label or printed_number(own, aside) for page, own in zip(pages, laid, strict=True))
    record = _info(document)
    found = paragraphs(lines)
    text, placed = _written(found)
    if (title := next((item for item in found if item.level == 1), None)) is not None and title.lines[0].page == 0:
        record["title"] = title.words
    found_in = dict.fromkeys(record, "PDF Info") | ({"title": "first page"} if title is not None else {})
    return Converted(text, f"pdf, pypdfium2 {version('pypdfium2')}", placed, labels, record, found_in)


def _info(document: pdfium.PdfDocument) -> dict[str, str]:
    given = document.get_metadata_dict(skip_empty=True)
    record = {}
    title = given.get("Title", "").strip()
    if title and not _NO_TITLE.search(title):
        record["title"] = title
    if given.get("Author", "").strip():
        record["authors"] = given["Author"].strip()
    return record


def _written(found: Sequence[Paragraph]) -> tuple[str, tuple[PlacedLine, ...]]:
    """Return paragraphs as Markdown, and where each line of theirs is in it."""
    known = known_words(" ".join(item.words for item in found))
    pieces: list[str] = []
    placed: list[PlacedLine] = []
    length = 0

    def write(words: str) -> Span:
        nonlocal length
        pieces.append(words)
        length += len(words)
        return Span(length - len(words), length)

    for place, item in enumerate(found):
        after_row = place and found[place - 1].kind == "row"
        if place:
            write("\n" if after_row and item.kind == "row" else "\n\n")
        if item.kind == "row":
            line = item.lines[0]
            cells = [PageLine(tuple(cell), line.page, line.column).text for cell in line.cells]
            placed.append(_placed(line, write(row_of(cells))))
            if not after_row:
                write("\n|" + " --- |" * len(cells))
            continue
        write("#" * item.level + " " if item.level else "")
        written = ""
        for line in item.lines:
            words = line_of(line.text) if not written else line.text
            if written:
                drop, between = line_join(written, words, known)
                if drop:
                    pieces[-1] = pieces[-1][:-drop]
                    length -= drop
                write(between)
            placed.append(_placed(line, write(words)))
            written = words
    return "".join(pieces) + "\n", tuple(placed)


def _placed(line: PageLine, span: Span) -> PlacedLine:
    return PlacedLine(span, line.page + 1, line.rectangle)
