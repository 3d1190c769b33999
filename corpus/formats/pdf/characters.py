"""The characters of a PDF's pages with their places; PDFium gives them, and only this file calls it.

PDFium isn't thread-safe and reads what anybody made: it is used in a process of its own.
"""

import ctypes
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from corpus.formats.converted import FormatError

MOST_PAGES = 1000
_LINE_HYPHEN = 0xFFFE  # what PDFium has for a hyphen at a line's end
_ENCRYPTED = raw.FPDF_ERR_PASSWORD


@dataclass(frozen=True, slots=True)
class Character:
    """A character, its box in points from the page's upper left corner, its base line, size, and whether it is bold."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page's size in points, its characters, and whether it holds pictures."""

    width: float
    height: float
    characters: tuple[Character, ...]
    label: str
    pictured: bool


def open_pdf(content: bytes) -> pdfium.PdfDocument:
    """Return an open PDF; raises ``FormatError`` where it is encrypted, damaged or too long."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError:
        if raw.FPDF_GetLastError() == _ENCRYPTED:
            raise FormatError("it is encrypted; save it without a password", "PDF 已加密，请去掉密码") from None
        raise FormatError("it is damaged, or no PDF", "PDF 已损坏，或不是 PDF 文件") from None
    if len(document) > MOST_PAGES:
        raise FormatError(
            f"it has {len(document)} pages, and {MOST_PAGES} are read; split it", f"超过 {MOST_PAGES} 页，请拆分"
        )
    return document


def pages_of(document: pdfium.PdfDocument) -> Iterator[Page]:
    """Yield the pages of a PDF one by one; a page that can't be read is empty."""
    for number in range(len(document)):
        label = document.get_page_label(number) or ""
        try:
            page = document[number]
        except pdfium.PdfiumError:
            yield Page(0, 0, (), label, pictured=False)
            continue
        width, height = page.get_size()
        text = page.get_textpage()
        found = tuple(_characters(text.raw, page))
        pictured = not found and any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        text.close()
        page.close()
        yield Page(width, height, found, label, pictured)


def _characters(text: object, page: pdfium.PdfPage) -> Iterator[Character]:
    x, y = ctypes.c_double(), ctypes.c_double()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    across = _across(page)
    for place in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, place)
        if raw.FPDFText_IsGenerated(text, place) and code != _LINE_HYPHEN:
            continue
        raw.FPDFText_GetCharOrigin(text, place, x, y)
        raw.FPDFText_GetLooseCharBox(text, place, box)
        raw.FPDFText_GetMatrix(text, place, matrix)
        size = raw.FPDFText_GetFontSize(text, place) * math.hypot(matrix.c, matrix.d)
        base_left, base = across(x.value, y.value)
        one, _ = across(box.left, y.value)
        other, _ = across(box.right, y.value)
        if abs(math.sin(raw.FPDFText_GetCharAngle(text, place))) > 0.2 and page.get_rotation() == 0:
            continue  # stamps along the margin
        raw.FPDFText_GetFontInfo(text, place, name, 128, flags)
        bold = any(word in name.value.lower() for word in (b"bold", b"black", b"heavy", b"simhei"))
        yield Character(_text(code), min(one, base_left), max(one, other), base, size, bold)


def _text(code: int) -> str:
    """Return a character; radicals of the Kangxi table as the characters that they stand for."""
    if code == _LINE_HYPHEN:
        return "-"
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    character = chr(code)
    if 0x2E80 <= code <= 0x2FDF or 0xFB00 <= code <= 0xFB06:
        return unicodedata.normalize("NFKC", character)
    return " " if character.isspace() else "" if unicodedata.category(character) in ("Cc", "Cf") else character


def _across(page: pdfium.PdfPage):  # type: ignore[no-untyped-def]
    """Return what maps a point of the page to points from the upper left corner of the page as it is shown."""
    width, height = page.get_size()
    scale = 100
    corners = []
    for px, py in ((0.0, 0.0), (100.0, 0.0), (0.0, 100.0)):
        dx, dy = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, int(width * scale), int(height * scale), 0, px, py, dx, dy)
        corners.append((dx.value / scale, dy.value / scale))
    (ox, oy), (ax, ay), (bx, by) = corners

    def mapped(px: float, py: float) -> tuple[float, float]:
        return ox + (ax - ox) * px / 100 + (bx - ox) * py / 100, oy + (ay - oy) * px / 100 + (by - oy) * py / 100

    return mapped
