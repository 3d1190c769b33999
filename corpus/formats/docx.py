"""Word's files (DOCX), by mammoth: tracked insertions, content controls, footnotes and text boxes are kept."""

import io
import zipfile
from importlib.metadata import version
from xml.etree import ElementTree

import mammoth
from selectolax.lexbor import LexborHTMLParser

from corpus.formats.converted import Converted, FormatError
from corpus.formats.elements import markdown_of

_LARGEST_PARTS = 200_000_000  # bytes that all parts unpack to
_OLE = b"\xd0\xcf\x11\xe0"
_TITLES = "\n".join(
    (
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => p:fresh",
        *(f"p[style-name='{name} {n}'] => h{n}:fresh" for n in range(1, 7) for name in ("heading", "Heading", "标题")),
    )
)
_CORE = {"title": "title", "creator": "authors", "created": "date"}


def read_docx(content: bytes) -> Converted:
    """Return the text of a Word file; raises ``FormatError``."""
    if content.startswith(_OLE):
        raise FormatError(
            "it is encrypted or an old .doc; save it as .docx without a password", "文件已加密或为旧版 .doc，请另存为 .docx"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _check(parts)
            record = _core(parts)
        made = mammoth.convert_to_html(
            io.BytesIO(content), style_map=_TITLES, convert_image=mammoth.images.img_element(lambda image: {"src": ""})
        )
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, ElementTree.ParseError) as error:
        raise FormatError(f"it is damaged: {str(error)[:120]}", "文件已损坏") from None
    body = LexborHTMLParser(f"<body>{made.value}</body>").body
    text = markdown_of(body) if body is not None else ""
    if not text.strip():
        raise FormatError("the file has no text", "文件没有文字")
    return Converted(
        text, f"docx, mammoth {version('mammoth')}", record=record, found_in=dict.fromkeys(record, "docProps/core.xml")
    )


def _check(parts: zipfile.ZipFile) -> None:
    """Refuse what would unpack to too much, and parts with entities of their own."""
    names = parts.namelist()
    if sum(item.file_size for item in parts.infolist()) > _LARGEST_PARTS:
        raise FormatError("it unpacks to more than 200 MB", "解压后超过 200 MB")
    if "word/document.xml" not in names:
        raise FormatError("it is no Word file", "不是 Word 文件")
    for name in names:
        if name.endswith((".xml", ".rels")):
            with parts.open(name) as part:
                head = part.read(4096).replace(b"\x00", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise FormatError(f"its part {name[:80]!r} declares entities", "文件含有外部实体声明")


def _core(parts: zipfile.ZipFile) -> dict[str, str]:
    if "docProps/core.xml" not in parts.namelist():
        return {}
    root = ElementTree.fromstring(parts.read("docProps/core.xml"))  # noqa: S314 - parts with entities were refused
    found = {_CORE.get(item.tag.rpartition("}")[2], ""): (item.text or "").strip() for item in root}
    return {key: value for key, value in found.items() if key and value and key != "authors"} | (
        {"authors": found["authors"]} if found.get("authors", "") not in ("", "python-docx", "Administrator") else {}
    )
