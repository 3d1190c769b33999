"""CSL-JSON: the item of the Citation Style Language (schema 1.0), which other formats here are made beside."""

import json
from typing import Any

from corpus.model import Source
from qa.formats.links import link_of
from qa.formats.locator import place_of, read_in
from qa.model import Citation


def csl(source: Source) -> dict[str, Any]:
    """Return a source as a CSL-JSON item, without empty fields."""
    item: dict[str, Any] = {
        "type": source.type,
        "title": source.title,
        "author": [
            {key: value for key, value in (("family", author.family), ("given", author.given)) if value}
            for author in source.authors
        ],
        "container-title": source.container_title,
        "container-title-short": source.container_title_short,
        "issued": {"date-parts": [[source.year]]} if source.year else None,
        "volume": source.volume,
        "issue": source.issue,
        "page": source.pages,
        "number": source.article_number,
        "DOI": source.doi,
        "URL": link_of(source),
        "language": source.language,
    }
    return {key: value for key, value in item.items() if value}


def csl_text(citation: Citation) -> str:
    """Return a list of one CSL-JSON item, its ``annote`` the quote and its ``note`` where the quote stands."""
    item = {"id": citation.passage.id, **csl(citation.source), "note": place_of(citation), "annote": citation.quote}
    if where := read_in(citation):
        item["note"] = f"{where} {item['note']}"
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"
