"""A source's address becomes a link only where it is one of http, https or doi, in every format and on the page."""

from dataclasses import replace

import pytest

from corpus.model import Source
from qa.formats.csl import csl
from qa.formats.gbt import reference_of
from qa.formats.links import link_of
from qa.formats.plain import reference_line

SOURCE = Source("Title", year=2024, container_title="Journal")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=c#d",
        "HTTP://example.org",
        "https://例子.中国/路径",
        "doi:10.1000/182",
        " https://example.org/ ",
    ],
)
def test_addresses_that_lead_somewhere_are_kept(url: str) -> None:
    """As they are written, without blanks around them."""
    assert link_of(replace(SOURCE, url=url)) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/",
        "https:evil",
        "https://example.org/\njavascript:alert(1)",
        'https://example.org/"onclick="x',
        "https://exa<b>mple.org/",
        "",
    ],
)
def test_no_other_address_is_cited(url: str) -> None:
    """In no format."""
    source = replace(SOURCE, url=url)
    assert link_of(source) == "" and "URL" not in csl(source)
    for text in (reference_of(source), reference_of(source, 2015), reference_line(source)):
        assert "script:" not in text.lower() and "passwd" not in text and "onclick" not in text
