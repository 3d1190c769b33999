"""GB/T 7714, China's standard for references: the edition of 2025 (in force since July 2026) and that of 2015.

What could be established of the edition of 2025 against 2015, from public notices of its drafters and from the public
style files that follow its final text (the text itself is not free): family names are no longer set in capitals; hyphens
between initials stay; the marks ``， ： （ ） ；`` are full width, the full stop and square brackets half width, in items of
any language; the date of access is dropped but for web pages; preprints (PP) and data sets (DS) have rules of their own.
It also advises against shortening given names in pinyin. A source record can't tell pinyin from other names, so given
names are shortened to initials here, as in 2015.
"""

import re
from dataclasses import dataclass
from typing import Literal

from corpus.matching import HAN
from corpus.model import Author, Source
from qa.formats.links import link_of
from qa.formats.locator import is_chinese, one_line, place_of, read_in
from qa.model import Citation

Edition = Literal[2015, 2025]

_MOST_AUTHORS = 3
_HAN = re.compile(f"[{HAN}]")
_TYPES = {
    "article-journal": "J",
    "article-magazine": "J",
    "article-newspaper": "N",
    "book": "M",
    "chapter": "M",
    "dataset": "DS",
    "paper-conference": "C",
    "patent": "P",
    "report": "R",
    "standard": "S",
    "thesis": "D",
    "webpage": "EB",
}


@dataclass(frozen=True, slots=True)
class _Marks:
    comma: str
    colon: str
    opening: str
    closing: str


_MARKS: dict[Edition, _Marks] = {2025: _Marks("，", "：", "（", "）"), 2015: _Marks(", ", ": ", "(", ")")}


def gbt(citation: Citation, edition: Edition = 2025) -> str:
    """Return the reference by GB/T 7714, and on the next line where its quote stands."""
    reference = reference_of(citation.source, edition)
    note = f"{read_in(citation)}{place_of(citation)}“{one_line(citation.quote)}”"
    return f"{reference}\n{note}\n"


def reference_of(source: Source, edition: Edition = 2025) -> str:
    """Return a source as one entry of a list of references, numeric system."""
    marks = _MARKS[edition]
    chinese = is_chinese(source)
    online = bool(source.doi or link_of(source))
    kind = "PP" if source.type == "article" and edition == 2025 else _TYPES.get(source.type, "Z")
    # 2015 asks for the date of access of everything online, which no source record has; print items need none.
    carrier = "/OL" if online and (edition == 2025 or kind == "EB") else ""
    parts = [
        _people(source, chinese, edition, marks),
        f"{one_line(source.title)}[{kind}{carrier}]",
        _issue(source, chinese, marks),
    ]
    if edition == 2025 or kind == "EB":
        parts.append(link_of(source))
    parts.append(f"DOI:{source.doi}" if source.doi else "")
    return "".join(f"{part.rstrip('.')}. " for part in parts if part).strip()


def _people(source: Source, chinese: bool, edition: Edition, marks: _Marks) -> str:
    names = [_name(author, edition) for author in source.authors[:_MOST_AUTHORS]]
    if len(source.authors) > _MOST_AUTHORS:
        names.append("等" if chinese else "et al")
    return marks.comma.join(names)


def _name(author: Author, edition: Edition) -> str:
    family, given = one_line(author.family), one_line(author.given)
    if _HAN.search(family):
        return family + given.replace(" ", "")
    if not given:
        return family  # an institution, or a name that was given whole
    return f"{family.upper() if edition == 2015 else family} {_initials(given, hyphens=edition == 2025)}"


def _initials(given: str, *, hyphens: bool) -> str:
    """Return the initials of a given name: ``Jean-Luc`` gives J-L (2025) or J L (2015), ``C X`` stays."""
    parts = ["-".join(piece[0].upper() for piece in part.split("-") if piece) for part in given.replace(".", " ").split()]
    joined = " ".join(parts)
    return joined if hyphens else joined.replace("-", " ")


def _issue(source: Source, chinese: bool, marks: _Marks) -> str:
    """Return journal, year, volume, issue and pages, with a word for a year that isn't known."""
    year = str(source.year) if source.year else "[出版年不详]" if chinese else "[n.d.]"
    issue = f"{marks.opening}{source.issue}{marks.closing}" if source.issue else ""
    number = f"{source.volume}{issue}"
    place = source.pages.replace("–", "-") or source.article_number
    where = marks.comma.join(
        part
        for part in (one_line(source.container_title or source.container_title_short), year, source.volume and number)
        if part
    )
    if not source.volume:
        where += issue
    return f"{where}{marks.colon}{place}" if place else where
