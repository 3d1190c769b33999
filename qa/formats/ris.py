"""RIS: tagged lines as reference managers read them; one line a value, CR LF between lines."""

from collections.abc import Iterator

from corpus.model import Source
from qa.formats.links import link_of
from qa.formats.locator import one_line, place_of, read_in
from qa.model import Citation

_TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "report": "RPRT",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}


def ris(citation: Citation) -> str:
    """Return one record; its notes (``N1``) are where the quote stands, and the quote."""
    lines = [
        *_record(citation.source),
        ("N1", f"{read_in(citation)} {place_of(citation)}"),
        ("N1", f"“{citation.quote}”"),
        ("ID", citation.passage.id),
    ]
    written = [f"{tag}  - {one_line(value)}" for tag, value in lines if one_line(value)]
    return "\r\n".join([*written, "ER  - ", ""])


def _record(source: Source) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES.get(source.type, "GEN")
    for author in source.authors:
        yield "AU", f"{author.family}, {author.given}" if author.given else author.family
    yield "TI", source.title
    yield "T2", source.container_title or source.container_title_short
    yield "J2", source.container_title_short
    yield "PY", str(source.year or "")
    yield "VL", source.volume
    yield "IS", source.issue
    first, _, last = source.pages.replace("–", "-").partition("-")
    yield "SP", first
    yield "EP", last
    yield "C7", source.article_number
    yield "DO", source.doi
    yield "UR", link_of(source)
    yield "LA", source.language
