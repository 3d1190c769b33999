"""Where a quote stands, in words: for the notes of every citation format."""

import re

from corpus.matching import HAN, normalise_text
from corpus.model import Source
from qa.model import Citation

_HAN = re.compile(f"[{HAN}]")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def is_chinese(source: Source) -> bool:
    """Tell whether a work is in Chinese: by its language tag, or by its title where it has none."""
    return source.language.lower().startswith("zh") or (not source.language and bool(_HAN.search(source.title)))


def one_line(text: str) -> str:
    """Return ``text`` with each run of blanks, line breaks and control characters as one blank."""
    return _BLANKS.sub(" ", text).strip()


def place_of(citation: Citation) -> str:
    """Return section path, page and code points of the quote, in the language of the document that it was read in."""
    path = " > ".join(one_line(part) for part in citation.passage.section_path)
    span, document = citation.span, citation.passage.document_id
    if _HAN.search(citation.document_title):
        section = (f"{path}，" if path else "") + _page(citation, "第 {page} 页，", "第 {page} 页（页码 {label}），")
        return f"引文位置：{section}{document} 第 {span.start}–{span.end} 字符（Unicode 码点）。"
    section = (f"{path}, " if path else "") + _page(citation, "page {page}, ", "page {page} (printed {label}), ")
    return f"Quoted at: {section}{document}, characters {span.start}–{span.end} (Unicode code points)."


def _page(citation: Citation, plain: str, printed: str) -> str:
    """Return the page of the quote in words, with the number that is printed there where that is another."""
    if citation.place is None:
        return ""
    page, label = citation.place.page, one_line(citation.place.label)
    return (printed if label and label != str(page) else plain).format(page=page, label=label)


def read_in(citation: Citation) -> str:
    """Return which text the quote was read in, empty where that is the cited work itself.

    A digest or a translation reports another work: the work is cited, and the text that was read is named.
    """
    title = one_line(citation.document_title)
    if normalise_text(title) == normalise_text(citation.source.title):
        return ""
    if _HAN.search(title):
        return f"引文读自《{title}》，并非所引文献的原文。"
    return f"Read in “{title}”, not in the words of the cited work itself."
