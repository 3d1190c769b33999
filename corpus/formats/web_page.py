"""Web pages, as they were saved by a browser or by a script, WeChat's articles too."""

import re
from collections.abc import Iterator
from importlib.metadata import version

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.decoding import decode
from corpus.errors import CorpusError
from corpus.formats.converted import Converted, FormatError
from corpus.formats.elements import markdown_of

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_CHINESE = ("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80")
# Where a page's own text stands, the surest first.
_ROOTS = ("#js_content", "article", "main", "[role=main]", "#content", ".content", "body")
_ASIDE = "script,style,noscript,template,nav,aside,footer,form,button,iframe,svg,select,textarea,object,embed"
_LEAST_SHARE = 0.4  # of the words of the body: less, and it is no article but a teaser
# Keys of front matter by the names that pages give them, the surest first.
_FIELDS = (
    ("title", ("citation_title", "dc.title", "og:title", "twitter:title")),
    ("authors", ("citation_author", "dc.creator", "author", "article:author")),
    ("date", ("citation_publication_date", "citation_date", "dc.date", "article:published_time")),
    ("journal", ("citation_journal_title", "dc.source", "og:site_name")),
    ("volume", ("citation_volume",)),
    ("issue", ("citation_issue",)),
    ("doi", ("citation_doi", "dc.identifier.doi")),
    ("url", ("citation_public_url", "og:url")),
)


def read_html(content: bytes) -> Converted:
    """Return a page's own text; raises ``FormatError``."""
    tree = LexborHTMLParser(_decoded(content))
    record, found_in = _record(tree)
    for node in tree.css(_ASIDE):
        node.decompose()
    text = markdown_of(_root(tree))
    if not text.strip():
        raise FormatError("the page has no text of its own; scripts that would fetch it aren't run", "网页没有正文")
    if record.get("title") and not text.startswith("# ") and "\n# " not in text:
        text = f"# {record['title']}\n\n{text}"
    return Converted(text, f"html, selectolax {version('selectolax')}", record=record, found_in=found_in)


def _decoded(content: bytes) -> str:
    declared = _DECLARED.search(content[:4096])
    if declared and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = declared[1].decode("ascii").lower()
        try:
            return content.decode("gb18030" if name in _CHINESE else name)
        except (LookupError, UnicodeDecodeError):
            pass  # pages lie about it
    try:
        return decode(content, "")[0]
    except CorpusError as error:
        raise FormatError(error.problems[0].reason, error.problems[0].zh or "文件编码无法识别") from None


def _root(tree: LexborHTMLParser) -> LexborNode:
    body = tree.body
    if body is None:
        raise FormatError("it is no web page", "不是网页文件")
    whole = len(body.text())
    for selector in _ROOTS:
        found = tree.css(selector)
        if len(found) == 1 and len(found[0].text()) >= (1 if selector[0] == "#" else _LEAST_SHARE * whole):
            return found[0]
    return body


def _record(tree: LexborHTMLParser) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the head of a page says, and where each of it stands."""
    named: dict[str, list[str]] = {}
    for name, content in _metas(tree):
        named.setdefault(name, []).append(content)
    record: dict[str, str] = {}
    found_in: dict[str, str] = {}
    for key, names in _FIELDS:
        name = next((name for name in names if named.get(name)), "")
        if name:
            record[key] = "；".join(named[name]) if key == "authors" else named[name][0]
            found_in[key] = f"meta {name}"
    title = tree.css_first("title")
    if "title" not in record and title is not None and title.text().strip():
        record["title"], found_in["title"] = " ".join(title.text().split()), "title"
    return record, found_in


def _metas(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for meta in tree.css("meta"):
        given = meta.attributes
        name, content = given.get("name") or given.get("property") or "", given.get("content") or ""
        if name and content.strip():
            yield name.lower(), " ".join(content.split())
