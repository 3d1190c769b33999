"""What lines that stand together are: headings, items, questions and answers, captions, references, or text that goes on.

The rules of plain text, all of them; Markdown's paragraphs follow them too, but for bare headings, which it has marks for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.blocks.drafts import Draft, Group, draft, following_lines
from corpus.blocks.headings import BARE, RUN_IN, clean_title, is_bare, numbered_level, run_in
from corpus.blocks.line_kinds import is_a
from corpus.blocks.lines import Line, columns, ends_sentence, has_final_mark, is_full, pairs, wrap_width
from corpus.model import Kind

_MARK = re.compile(
    r"(?:[(（]\d{1,2}[)）]|[①-⑳⓪❶-❿]|\d{1,2}[.．](?![\d.])|\d{1,2}[、)）]|[•·●○▪■◆◇►▶➢✓✔✅☑☐✗✘❌❎★☆→‣⁃]\ufe0f?|[-–—*+](?=\s))\s*"
)
_QUESTION = re.compile(r"[*_]{0,3}(?:问题?|Q|Question|提问)\s*\d{0,3}\s*[:：][*_]{0,3}\s*", re.I)
_ANSWER = re.compile(r"[*_]{0,3}(?:答案?|A|Answer|回答|解答)\s*\d{0,3}\s*[:：][*_]{0,3}\s*", re.I)
_ANSWER_WITHIN = re.compile(r"(?<=[？?*_])\s*(?=[*_]{0,3}(?:答案?|A|Answer|回答)\s*\d{0,3}\s*[:：])", re.I)
_ASKS = re.compile(r"[？?][”’\"'」』）)*_]*$")
_BOLD = re.compile(r"(?P<mark>\*\*\*|\*\*|__)(?=\S)(?P<title>[^*_]{1,60}?)(?P=mark)\s*[:：]?$")
_ENTRY = re.compile(r"(?:\[\d{1,3}\]|\d{1,3}[.．、](?!\d))\s*")
_GOES_ON = re.compile(r"(?:[，、,（(「“‘《—~～/与及或之]|[-‐])$")
_NUMBER = re.compile(r"\d[.,，]\n\d")  # 1,⏎200
_SHORT = 0.6  # of the widest line: a shorter one of Markdown may be a line of verse
_CONTINUES = re.compile(r"[，。、；：！？）」』”》〉】%℃,;)]")
_LONGEST_ITEM = 90  # columns of a line of a list that has no marks
_LONGEST_CAPTION = 9  # lines: of more, none is short enough
_LONGEST_ASKED = 60  # characters of a question that stands alone
_TITLE_WITHIN = 6  # the title of a pasted text stands among its first lines, perhaps after a lead


@dataclass(slots=True)
class _Made:
    """What has been made of a group so far, and the block that is being made."""

    drafts: list[Draft] = field(default_factory=list)
    kind: Kind | None = None
    lines: list[Line] = field(default_factory=list)
    begin: int = 0
    level: int = 0
    doubtful: bool = False
    width: int = 0
    top: bool = False
    widest: int = 0
    prose: bool = False
    captions: set[int] = field(default_factory=set)

    def open(self, kind: Kind, line: Line, begin: int | None = None, level: int = 0) -> None:
        self.close()
        self.kind, self.lines, self.level = kind, [line], level
        self.begin = line.start if begin is None else begin

    def close(self) -> None:
        if self.kind and self.lines:
            made = draft(self.kind, self.lines, self.begin, level=self.level, doubtful=self.doubtful, width=self.width)
            self.drafts.append(made)
        self.kind, self.lines, self.doubtful = None, [], False

    def add(self, made: Draft) -> None:
        self.close()
        self.drafts.append(made)


@dataclass(frozen=True, slots=True)
class Forms:
    """What recurs in a text: whether its bare lines and its run-in heads are headings, and where its title is."""

    bare: bool
    run_in: bool
    title: int


def find_forms(groups: Sequence[Group]) -> Forms:
    """Return which forms of headings a plain text has: those that come more than once, and its title's place (or -1)."""
    bare = heads = 0
    title = -1
    seen = 0
    for group, after in zip(groups, following_lines(groups), strict=True):
        if group.kind is not None:
            continue
        width = wrap_width(group.lines)
        for place, line in enumerate(group.lines):
            previous = group.lines[place - 1] if place else None
            following = group.lines[place + 1] if place + 1 < len(group.lines) else after
            seen += 1
            if _heads(line, previous, following, width, alone=len(group.lines) == 1):
                if title < 0 and seen <= _TITLE_WITHIN:
                    title = line.start
                elif not numbered_level(line.text) and not _at_page_end(following):
                    bare += 1
            elif title < 0 and seen == 1 and _opens_list(group.lines):
                title = line.start
            heads += bool(_starts(previous, line, width) and _run_in(line, following))
    return Forms(bare > 1, heads > 1, title)


def _starts(previous: Line | None, line: Line, width: int) -> bool:
    """Tell whether a line begins something: it stands first, or after the end of a sentence or of a lead."""
    if previous is None:
        return True
    if width and is_full(previous, line, width) and not previous.text.endswith(("：", ":")):
        return ends_sentence(previous.text, line.text) and line.indent > previous.indent
    return ends_sentence(previous.text, line.text) or not width


def _heads(line: Line, previous: Line | None, following: Line | None, width: int, *, alone: bool) -> bool:
    """Tell whether a bare line stands apart and heads longer text."""
    words = line.text
    if following is None or not is_bare(words) or (_MARK.match(words) and not numbered_level(words)):
        return False
    if previous is not None and not (ends_sentence(previous.text, words) or is_bare(previous.text)):
        return False
    if not alone and width and is_full(line, following, width):
        return False
    if is_a("caption", words) or is_a("byline", words) or is_a("people", words) or is_a("lead", words):
        return False
    return (
        has_final_mark(following.text)
        or columns(following.text) > 1.5 * columns(words)
        or is_a("lead", following.text)
        or (alone and bool(numbered_level(following.text)))
    )


def is_byline(words: str) -> bool:
    """Tell whether a line above the text names authors, where they work, or dates."""
    return is_a("byline", words) or is_a("people", words)


def _at_page_end(following: Line | None) -> bool:
    """Tell whether a page ends after a line: there it goes on, since no page is ended by a heading."""
    return following is not None and following.after_page


def _opens_list(lines: Sequence[Line]) -> bool:
    """Tell whether the first line of a text without marks names the list that it begins."""
    return len(lines) > 3 and all(_is_listed(line) for line in lines) and is_bare(lines[0].text)


def _is_listed(line: Line) -> bool:
    return columns(line.text) <= _LONGEST_ITEM and not has_final_mark(line.text) and not _GOES_ON.search(line.text)


def resolve(
    group: Group,
    forms: Forms | None,
    following: Line | None,
    *,
    entries: bool = False,
    top: bool = False,
    goes_on: bool = False,
) -> list[Draft]:
    """Return the blocks that a group of lines is; ``forms`` is None for Markdown, whose lines are soft.

    ``following`` is the line after the group; ``entries`` tells that it stands below a heading of references, ``top``
    that it stands above the text itself, and ``goes_on`` that a page before it ended within a sentence.
    """
    prose = any(has_final_mark(line.text) for line in group.lines)
    made = _Made(top=top, widest=max(columns(line.text) for line in group.lines), prose=prose)
    lines = list(group.lines)
    width = wrap_width(lines)
    made.width = width
    listed = _lists(lines, width, forms)
    made.captions = {line.start for number, line in enumerate(lines) if _is_caption(lines, number, width)}
    for line, after in pairs(lines):
        previous = made.lines[-1] if made.lines else None
        if made.drafts and made.drafts[-1].kind == "heading" and not made.kind:
            entries = is_a("references", made.drafts[-1].title)
        if entries:
            _entry(made, line)
        elif goes_on and line is lines[0] and not _special(line.text):
            made.open("paragraph", line)
        elif line.start in listed:
            made.add(draft("item", [line], level=1))
        elif not _begun(made, line, after or following, forms, width, alone=len(lines) == 1):
            _go_on(made, previous, line, soft=group.soft, width=width)
    made.close()
    return made.drafts


def _entry(made: _Made, line: Line) -> None:
    """Take a line below a heading of references: one that is numbered begins a reference, any other goes on."""
    if is_a("notices", line.text) and is_bare(line.text):
        made.add(draft("heading", [line], level=10, title=clean_title(line.text)))
    elif is_a("notice", line.text) or is_a("scan", line.text):
        made.add(draft("notice", [line]))
    elif _ENTRY.match(line.text) or made.kind != "reference":
        made.open("reference", line)
    else:
        made.lines.append(line)


def _lists(lines: Sequence[Line], width: int, forms: Forms | None) -> set[int]:
    """Return where the lines begin that are a list without marks: three or more short ones in a row that end nothing."""
    found: set[int] = set()
    run: list[Line] = []
    for line in [*lines, None]:
        fits = (
            line is not None
            and _is_listed(line)
            and not _special(line.text)
            and (forms is None or line.start != forms.title)
        )
        if fits and line is not None:
            run.append(line)
            continue
        plain = not any(re.search(r"[，：,:;]", item.text) for item in run) and not _runs_on(run)
        if len(run) >= 3 and (not width or (plain and line is None and forms is not None)):
            found.update(item.start for item in run)
        run = []
    return found


def _runs_on(run: Sequence[Line]) -> bool:
    """Tell whether a line begins with a small letter where the one before it ends in a letter: English that goes on."""
    return any(line.text[0].islower() and previous.text[-1].isascii() for previous, line in pairwise(run))


def _special(words: str) -> bool:
    kinds = ("share", "page", "scan", "notice", "byline", "people", "caption", "references", "reference", "lead")
    return bool(_MARK.match(words) or _QUESTION.match(words) or numbered_level(words)) or any(is_a(k, words) for k in kinds)


def _begun(made: _Made, line: Line, after: Line | None, forms: Forms | None, width: int, *, alone: bool) -> bool:
    """Begin a block with ``line`` if it begins one by its words; return whether it does."""
    words = line.text
    previous = made.lines[-1] if made.lines else None
    if previous and not _QUESTION.match(words) and not _ANSWER.match(words) and width and not _starts(previous, line, width):
        return False
    if _QUESTION.match(words) or (_ANSWER.match(words) and _answers(made)):
        _ask(made, line)
    elif (title := _BOLD.match(words)) and alone and not ends_sentence(title["title"]):
        made.add(draft("heading", [line], level=BARE, title=clean_title(title["title"])))
    elif is_a("share", words):
        made.add(draft("furniture", [line]))
    elif is_a("references", words):
        made.add(draft("heading", [line], level=10, title=clean_title(words)))
    elif is_a("notice", words) or is_a("scan", words):
        made.add(draft("notice", [line]))
    elif is_a("reference", words):
        made.open("reference", line)
    elif line.start in made.captions:
        made.open("caption", line)
    elif _asks_alone(words, previous):
        mark = _MARK.match(words)
        made.add(draft("question", [line.cut(mark.end() if mark else 0)], line.start))
    elif forms is not None and line.start == forms.title:
        made.add(draft("heading", [line], level=1, title=clean_title(words)))
    elif made.top and is_byline(words) and not (made.prose and width and after and is_full(line, after, width)):
        made.add(draft("byline", [line]))
    elif level := _numbered(line, previous, after, width, alone=alone, plain=forms is not None):
        made.add(draft("heading", [line], level=level, title=clean_title(words)))
    elif forms is not None and forms.bare and not _at_page_end(after) and _heads(line, previous, after, width, alone=alone):
        made.add(draft("heading", [line], level=BARE, title=clean_title(words)))
    elif forms is not None and (length := _run_in(line, after)) and _runs_in(words[:length], forms):
        head = line.cut(0, length)
        level = 10 if is_a("references", head.text) or is_a("notices", head.text) else RUN_IN
        made.add(draft("heading", [head], level=level, title=clean_title(head.text)))
        if line.text[length:].strip():
            made.open("paragraph", line.cut(length))
    elif mark := _MARK.match(words):
        rest = line.cut(mark.end())
        if not rest.text:
            return False
        made.open("item", rest, line.start, level=1)
    else:
        return False
    return True


def _is_caption(lines: Sequence[Line], number: int, width: int) -> bool:
    """Tell whether a line begins a caption: with the lines that it goes on in it is short enough, and says no sentence."""
    words = lines[number].text
    if not is_a("caption", words):
        return False
    for previous, line in pairwise(lines[number : number + _LONGEST_CAPTION]):
        if not (width and is_full(previous, line, width)):
            break
        words += " " + line.text
    return is_a("caption", words)


def _answers(made: _Made) -> bool:
    last = made.kind or (made.drafts[-1].kind if made.drafts else "")
    return last in ("", "question", "answer")


def _ask(made: _Made, line: Line) -> None:
    """Take a line with a label of a question or an answer, or with both."""
    if question := _QUESTION.match(line.text):
        within = _ANSWER_WITHIN.search(line.text, question.end())
        asked = line.cut(question.end(), within.start() if within else None)
        if not asked.text:
            made.open("question", line)
            return
        made.open("question", asked, line.start)
        if within:
            _ask(made, line.cut(within.end()))
    elif answer := _ANSWER.match(line.text):
        told = line.cut(answer.end())
        made.open("answer", told if told.text else line, line.start)


def _asks_alone(words: str, previous: Line | None) -> bool:
    """Tell whether a line is a question that stands alone, after the end of another sentence."""
    if not _ASKS.search(words) or len(words) > _LONGEST_ASKED or re.search(r"[。！!；]", words[:-1]):
        return False
    if words.count("？") + words.count("?") > 1 or re.search(r"[“\"「]", words):
        return False
    return previous is None or ends_sentence(previous.text, words)


def _numbered(line: Line, previous: Line | None, after: Line | None, width: int, *, alone: bool, plain: bool) -> int:
    """Return the level of a numbered heading: it stands apart, and what follows isn't its neighbour in a list."""
    level = numbered_level(line.text)
    if not level or after is None or (is_a("lead", line.text) and level >= 14):
        return 0
    if previous is not None and not ends_sentence(previous.text, line.text):
        return 0
    if not alone and not plain:
        return 0
    if not alone and width and is_full(line, after, width):
        return 0
    other = numbered_level(after.text)
    if other and other <= level and not is_a("references", after.text):
        return 0
    if not other and (item := _MARK.match(line.text)) and _MARK.match(after.text) and item[0][-1:] == after.text[:1]:
        return 0
    longer = has_final_mark(after.text) or columns(after.text) > columns(line.text) or other > level
    return level if longer or alone else 0


def _run_in(line: Line, after: Line | None) -> int:
    """Return the length of a line's run-in head; what it heads may go on in the next line."""
    goes_on = after is not None and not ends_sentence(line.text, after.text) and not after.after_blank
    return run_in(line.text + (after.text if goes_on and after else ""))


def _runs_in(words: str, forms: Forms) -> bool:
    """Tell whether a run-in head is one: heads recur in the text, or it is numbered, or heads what isn't content."""
    return forms.run_in or bool(_MARK.match(words)) or is_a("references", words) or is_a("notices", words.rstrip(":： "))


def _go_on(made: _Made, previous: Line | None, line: Line, *, soft: bool, width: int) -> None:
    """Take a line that begins nothing by its words: it goes on in the block before it, or begins a paragraph."""
    if made.kind == "question" and previous and (not _ASKS.search(previous.text)) and not made.lines[0].text.endswith("："):
        made.lines.append(line)
        return
    if made.kind == "caption" and previous and width and is_full(previous, line, width):
        made.lines.append(line)
        return
    if made.kind in (None, "question", "caption") or previous is None:
        made.open("answer" if _is_answer(made) else "paragraph", line)
        return
    goes_on = _goes_on(previous, line, width, made.widest, soft=soft or made.kind == "reference")
    if made.kind == "item" and not soft and line.indent <= made.lines[0].indent - 1 and goes_on is None:
        made.open("paragraph", line)
    elif goes_on or (goes_on is None and (soft or made.kind in ("item", "reference"))):
        made.lines.append(line)
        made.doubtful |= goes_on is None
    elif goes_on is False and (width or soft) and not (line.indent > previous.indent + 1 and not soft):
        made.lines.append(line)
    else:
        made.doubtful |= goes_on is None
        doubtful = made.doubtful and goes_on is None
        made.open("paragraph" if made.kind != "answer" else "answer", line)
        made.doubtful = doubtful


def _is_answer(made: _Made) -> bool:
    last = made.kind or (made.drafts[-1].kind if made.drafts else "")
    return last == "question"


def _goes_on(previous: Line, line: Line, width: int, widest: int, *, soft: bool) -> bool | None:
    """Tell whether a sentence goes on from ``previous`` in ``line``; None where nobody can know."""
    if ends_sentence(previous.text, line.text) or (
        previous.text.endswith(("：", ":")) and not (width and is_full(previous, line, width))
    ):
        return False
    if _GOES_ON.search(previous.text) or _CONTINUES.match(line.text) or _NUMBER.search(f"{previous.text}\n{line.text}"):
        return True
    if width and is_full(previous, line, width):
        return True
    if line.text[0].islower() and previous.text[-1].isascii():
        return True
    if soft and (line.indent > previous.indent or columns(previous.text) >= _SHORT * widest):
        return True
    return None
