"""The conditions of a change: `If-Match` and `If-None-Match` (RFC 9110, 13.1); a document's tag is its file's SHA-256."""

import re
from typing import Annotated

from fastapi import Header

from index.building.documents import Agrees

_TAG = r'(W/)?"[!#-~]*"'
_PATTERN = rf"^(\*|{_TAG}([ \t]*,[ \t]*{_TAG})*)$"

IfMatch = Annotated[
    str,
    Header(pattern=_PATTERN, description="`ETag`s of the document that is meant (its SHA-256 in quotes), or `*`: any"),
]
IfNoneMatch = Annotated[
    str, Header(pattern=_PATTERN, description="`*`: only where there is no such document; or `ETag`s that it must not have")
]


def agreement(if_match: str = "", if_none_match: str = "") -> Agrees:
    """Return what tells whether the SHA-256 of the document that is there, or None, is one that the caller means."""

    def agrees(sha256: str | None) -> bool:
        meant = not if_match or _names(if_match, sha256, weak=False)
        return meant and not (if_none_match and _names(if_none_match, sha256, weak=True))

    return agrees


def _names(header: str, sha256: str | None, *, weak: bool) -> bool:
    """Tell whether ``header`` names the document; a weak tag does so only where ``weak`` ones count."""
    if sha256 is None or header == "*":
        return sha256 is not None
    tags = (tag[0] for tag in re.finditer(_TAG, header))
    return f'"{sha256}"' in (tag.removeprefix("W/") if weak else tag for tag in tags)
