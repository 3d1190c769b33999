"""Addresses of sources, as far as they may become links: what a text says of itself is anybody's word."""

import re

from corpus.model import Source

_LINK = re.compile(r"(?:https?://|doi:)[^\s\x00-\x1f\x7f-\x9f\\<>\"]+", re.IGNORECASE)


def link_of(source: Source) -> str:
    """Return the source's address where it is one of http, https or doi, else nothing: no ``javascript:`` is cited."""
    url = source.url.strip()
    return url if _LINK.fullmatch(url) else ""
