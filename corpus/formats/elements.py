"""From elements of HTML to Markdown: headings, paragraphs, items, rows; the words of all else."""

import re

from selectolax.lexbor import LexborNode

from corpus.formats.markup import escaped, line_of, row_of

_BLOCKS = frozenset(
    "p div section article main header h1 h2 h3 h4 h5 h6 ul ol li table blockquote figure figcaption pre dl dt dd hr body"
    " address center fieldset details summary tbody thead tr td th caption".split()
)
_BOLD = ("b", "strong")
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_LONGEST_BOLD = 60  # characters of a line that is bold and heads what follows
_DEEPEST = 200  # elements within elements


def markdown_of(root: LexborNode) -> str:
    """Return what stands in ``root`` as Markdown, a blank line between blocks."""
    writer = _Writer()
    writer.walk(root, 0, is_root=True)
    writer.flush()
    return "\n\n".join(writer.blocks) + "\n"


class _Writer:
    """The blocks that are done, and the words of the one that is being written."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._words: list[str] = []
        self._bold: list[bool] = []
        self._lead = ""
        self._level = 0

    def flush(self) -> None:
        """End the block that is being written."""
        lines = [line_of(line) for line in "".join(self._words).split("\n")]
        line = "\n".join(filter(None, lines))
        bold = bool(self._bold) and all(self._bold)
        if line and self._level:
            self.blocks.append("#" * self._level + " " + line.replace("\n", " "))
        elif line and bold and not self._lead and len(line) <= _LONGEST_BOLD and "\n" not in line:
            self.blocks.append(f"**{line}**")
        elif line:
            self.blocks.append(self._lead + line.replace("\n", "\n" + " " * len(self._lead)))
        if line:
            self._lead = ""
        self._words, self._bold = [], []

    def walk(self, node: LexborNode, depth: int, *, bold: bool = False, is_root: bool = False) -> None:
        """Write what stands in an element."""
        if depth > _DEEPEST:
            return
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            if tag == "-text":
                self._text(child.text_content or "", bold=bold)
            elif tag == "-comment" or _HIDDEN.search(child.attributes.get("style") or ""):
                continue
            elif tag == "br":
                self._words.append("\n")
            elif tag in ("sup", "sub"):
                words = escaped(" ".join(child.text().split()))
                self._words.append(f"<{tag}>{words}</{tag}>" if words else "")
            elif tag == "table":
                self._table(child, depth)
            elif tag == "pre":
                self.flush()
                self.blocks.append("```\n" + child.text().replace("```", "` ` `").strip("\n") + "\n```")
            elif tag in _BLOCKS:
                self._block(child, tag, depth, bold=bold)
            else:
                self.walk(child, depth + 1, bold=bold or tag in _BOLD or _is_bold(child))

    def _text(self, words: str, *, bold: bool) -> None:
        self._words.append(escaped(words.replace("\n", " ")))
        if words.strip():
            self._bold.append(bold)

    def _block(self, node: LexborNode, tag: str, depth: int, *, bold: bool) -> None:
        self.flush()
        if tag == "li":
            self._lead = "- "
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._level = int(tag[1])
        self.walk(node, depth + 1, bold=bold or _is_bold(node))
        self.flush()
        self._lead = "" if tag == "li" else self._lead
        self._level = 0 if tag[0] == "h" else self._level

    def _table(self, node: LexborNode, depth: int) -> None:
        self.flush()
        rows = [[escaped(cell.text(separator=" ")) for cell in row.css("td,th")] for row in node.css("tr")]
        rows = [row for row in rows if any(cell.strip() for cell in row)]
        if node.css_first("table table") or not rows or max(map(len, rows)) < 2:  # laid out by a table
            for part in node.css("td,th") if not node.css_first("table table") else [node]:
                self.walk(part, depth + 1)
                self.flush()
            return
        width = max(map(len, rows))
        lines = [row_of(row + [""] * (width - len(row))) for row in rows]
        self.blocks.append("\n".join([lines[0], "|" + " --- |" * width, *lines[1:]]))


def _is_bold(node: LexborNode) -> bool:
    return bool(re.search(r"font-weight\s*:\s*(?:bold|[6-9]00)", node.attributes.get("style") or "", re.I))
