"""A citation in plain words: authors, title, journal, and the quote with its place."""

from corpus.model import Author, Source
from qa.formats.links import link_of
from qa.formats.locator import is_chinese, one_line, place_of, read_in
from qa.model import Citation

_MOST_AUTHORS = 6


def plain(citation: Citation) -> str:
    """Return the reference (Vancouver style) on one line, then the quote and where it stands."""
    note = f"{read_in(citation)} {place_of(citation)}".strip()
    return f"{reference_line(citation.source)}\n“{one_line(citation.quote)}”\n{note}\n"


def reference_line(source: Source) -> str:
    """Return who wrote a source, its title, and where and when it stands."""
    chinese = is_chinese(source)
    names = [_name(author) for author in source.authors[:_MOST_AUTHORS]]
    if len(source.authors) > _MOST_AUTHORS:
        names.append("等" if chinese else "et al")
    issue = source.volume + (f"({source.issue})" if source.issue else "")
    numbers = ": ".join(part for part in (issue, source.pages or source.article_number) if part)
    year = str(source.year) if source.year else "[出版年不详]" if chinese else "[n.d.]"
    where = " ".join(part for part in (source.container_title_short or source.container_title, year) if part)
    link = f"https://doi.org/{source.doi}" if source.doi else link_of(source)
    parts = [", ".join(names), source.title, "; ".join(part for part in (where, numbers) if part)]
    return " ".join([*(f"{one_line(part).rstrip('.')}." for part in parts if part), link]).strip()


def _name(author: Author) -> str:
    given = "".join(part[0] for part in author.given.replace(".", " ").replace("-", " ").split())
    return (
        f"{author.family} {given}".strip() if author.family.isascii() else f"{author.family}{author.given.replace(' ', '')}"
    )
