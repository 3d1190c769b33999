"""The formats by the endings of their files, and which library reads each: loaded when one is read."""

from corpus.formats.converted import Converted

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".htm": "text/html",
}
CONVERTED = tuple(MEDIA_TYPES)
LARGEST_BYTES = 50_000_000


def convert(content: bytes, suffix: str) -> Converted:
    """Return what a file of this ending holds; raises ``FormatError``, or whatever its library does."""
    if suffix == ".pdf":
        from corpus.formats.pdf.reading import read_pdf

        return read_pdf(content)
    if suffix == ".docx":
        from corpus.formats.docx import read_docx

        return read_docx(content)
    from corpus.formats.web_page import read_html

    return read_html(content)
