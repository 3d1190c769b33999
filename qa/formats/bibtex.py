"""BibTeX: an entry in UTF-8 (for biber, or BibTeX with a Unicode engine), its special characters escaped."""

import re
import unicodedata

from pypinyin import lazy_pinyin

from corpus.matching import HAN
from corpus.model import Author
from qa.formats.links import link_of
from qa.formats.locator import one_line, place_of, read_in
from qa.model import Citation

_TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
_CONTAINERS = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
# Braces become commands: BibTeX counts them even after a backslash, so a lone one would swallow the file.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\lbrace{}",
        "}": r"\rbrace{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "&%$#_"},
    }
)
_HAN = re.compile(f"[{HAN}]")


def bibtex(citation: Citation) -> str:
    """Return one entry; ``note`` tells where the quote stands, ``annote`` is the quote."""
    source = citation.source
    kind = _TYPES.get(source.type, "misc")
    container = source.container_title or source.container_title_short
    note = f"{read_in(citation)} {place_of(citation)}".strip()
    fields = {
        "author": " and ".join(_name(author) for author in source.authors),
        "title": f"{{{escape(source.title)}}}",  # braces within keep capitals as they are
        _CONTAINERS.get(kind, "howpublished"): escape(container),
        "year": str(source.year or ""),
        "volume": escape(source.volume),
        "number": escape(source.issue),
        "pages": escape(source.pages or source.article_number).replace("–", "-").replace("-", "--"),
        "doi": _verbatim(source.doi),
        "url": _verbatim(link_of(source)),
        "language": escape(source.language),
        "note": escape(note),
        "annote": escape(citation.quote),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value and value != "{}"]
    return f"@{kind}{{{entry_key(citation)},\n" + ",\n".join(lines) + "\n}\n"


def escape(text: str) -> str:
    """Return ``text`` on one line with the characters escaped that TeX gives a meaning."""
    return one_line(text).translate(_ESCAPES)


def entry_key(citation: Citation) -> str:
    """Return a key of ASCII letters, digits and hyphens: first author, year, and the start of the passage's id."""
    source = citation.source
    first = source.authors[0].family if source.authors else source.title
    plain = unicodedata.normalize("NFKD", "".join(lazy_pinyin(first))).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]", "", plain.lower())[:20] or "source"
    return f"{name}{source.year or ''}-{citation.passage.id[:8]}"


def _name(author: Author) -> str:
    """Return ``Family, Given``; a name in one piece is put in braces, so that no part is taken for another."""
    family, given = escape(author.family), escape(author.given)
    if not given or _HAN.search(family):
        return f"{{{family}{given.replace(' ', '')}}}"
    awkward = "," in family or re.search(r"\band\b", f"{family} {given}")
    return f"{{{family}}}, {{{given}}}" if awkward else f"{family}, {given}"


def _verbatim(text: str) -> str:
    """Return an address or DOI, which styles print as it is: only what would break the entry is percent-encoded."""
    return re.sub(r"[\s{}\\]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text.strip())
