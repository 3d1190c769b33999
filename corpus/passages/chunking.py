"""Passages: whole sentences, items or rows of one section, packed evenly up to a size, with what they stand under."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.blocks.line_kinds import is_a
from corpus.model import Block, Context, Cut, Document, Form, Passage, Role, Span
from corpus.passages.packing import LIMIT, cut_sentence, pack
from corpus.passages.sections import find_title, headed, is_heading
from corpus.passages.sentences import split_sentences
from corpus.readings import cuts_within, read_span

CHUNKING = "blocks-300-v2"
_NOWHERE = ("furniture", "comment", "image", "front_matter", "heading")
_FORMS: dict[str, Form] = {
    "item": "list", "row": "table", "answer": "answer", "caption": "caption", "reference": "reference", "notice": "notice",
    "byline": "byline", "code": "code",
}  # fmt: skip
_ROLES: dict[str, Role] = {"reference": "reference", "notice": "notice", "byline": "byline", "code": "code"}
_WHOLE = ("item", "row", "reference", "caption", "code", "byline")
_LONGEST_CONTEXT = 120  # characters of each part of it


@dataclass(frozen=True, slots=True)
class _Run:
    """Blocks of one form below one path that may share passages; ``leads`` are the blocks that lead to them."""

    form: Form
    role: Role
    path: tuple[str, ...]
    context: Context
    blocks: tuple[Block, ...]
    leads: tuple[Block, ...] = ()


def split_passages(document: Document, limit: int = LIMIT) -> tuple[Passage, ...]:
    """Return the passages of ``document`` in order, each of at most ``limit`` characters.

    Every block is in exactly one passage but for headings, furniture, front matter, comments and images. A sentence is cut
    only if it alone is over the limit, at its best inner mark.
    """
    seen: Counter[str] = Counter()
    passages = []
    for run in _runs(document):
        joins = _joins(run)
        doubtful = any(block.doubtful for block in run.blocks)
        for span, sentences, leads in _packed(document, run, limit):
            text = span.of(document.text)
            seen[text] += 1
            context = replace(run.context, lead="", header="") if leads and not _continued(run) else run.context
            passages.append(
                Passage(
                    passage_id(document.id, text, seen[text]),
                    document.id,
                    run.path,
                    span,
                    sentences,
                    text,
                    run.role,
                    run.form,
                    context,
                    cuts_within(span, joins),
                    doubtful,
                )
            )
    return tuple(passages)


def passage_id(document_id: str, text: str, occurrence: int) -> str:
    """Return the id of a document's ``occurrence``-th passage of that text: it changes with them and with nothing else."""
    content = f"{document_id}\x00{text}\x00{occurrence}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:16]


def _continued(run: _Run) -> bool:
    return not run.leads


def _joins(run: _Run) -> tuple[Cut, ...]:
    return tuple(cut for block in (*run.leads, *run.blocks) for cut in block.joins)


def reading_of(block: Block, text: str) -> str:
    """Return what a block reads."""
    return read_span(block.span.of(text), block.span, block.joins).text


def _packed(document: Document, run: _Run, limit: int) -> Iterator[tuple[Span, tuple[Span, ...], bool]]:
    """Yield the span of each passage of a run, its sentences, and whether what leads to them is in it."""
    text = document.text
    sentences = [
        part
        for block in run.blocks
        for sentence in block_sentences(block, text)
        for part in cut_sentence(text, sentence, limit, block.joins)
    ]
    groups = pack(text, sentences, limit)
    for number, group in enumerate(groups):
        start = group[0].start
        within = number == 0 and bool(run.leads) and group[-1].end - run.leads[0].span.start <= limit
        if number == 0 and run.leads and not within:
            for lead in run.leads:
                parts = [part for one in block_sentences(lead, text) for part in cut_sentence(text, one, limit, lead.joins)]
                yield from ((Span(part[0].start, part[-1].end), tuple(part), False) for part in pack(text, parts, limit))
        if within:
            start = run.leads[0].span.start
            group = [*_told_before(run.leads, text), *group]
        yield Span(start, group[-1].end), tuple(group), within


def _told_before(leads: Sequence[Block], text: str) -> list[Span]:
    """Return the sentences of paragraphs that lead to something, but for the last one of each, which only leads to it."""
    return [sentence for lead in leads if _is_lead_text(lead) for sentence in block_sentences(lead, text)[:-1]]


def block_sentences(block: Block, text: str) -> tuple[Span, ...]:
    """Return the sentences of a block as spans of ``text`` that hold all of it; an item, row or reference is one."""
    if block.kind in _WHOLE or not len(block.span):
        return (block.span,)
    reading = read_span(block.span.of(text), block.span, block.joins)
    found = split_sentences(reading.text, Span(0, len(reading.text)))
    if not found:
        return (block.span,)
    ends = [reading.to_raw(span.start, span.end).end for span in found[:-1]]
    bounds = [block.span.start, *ends, block.span.end]
    return tuple(_trimmed(text, start, end) for start, end in itertools.pairwise(bounds) if text[start:end].strip())


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))


def _runs(document: Document) -> Iterator[_Run]:
    """Yield the runs of a document's blocks in order."""
    title = find_title(document.blocks)
    context = Context(title=(document.title or (title.title if title else ""))[:_LONGEST_CONTEXT])
    waiting: list[Block] = []  # a question, a lead-in or a table's header, with its path
    run: _Run | None = None
    caption = header = question = ""
    last_path: tuple[str, ...] = ()
    items = list(headed(document.blocks))
    for place, (path, block) in enumerate(items):
        following = items[place + 1 :][:1]
        if path != last_path or is_heading(block):
            last_path, caption, question = path, "", ""
        if is_heading(block):
            if run:
                yield run
            yield from _alone(waiting, path, context)
            run, waiting = None, []
            if block.kind == "question":
                question = block.title[:_LONGEST_CONTEXT]
            if block is not title and _heads_nothing(following, path):
                yield _Run("prose", "body", path[:-1], context, (block,))
            continue
        if block.kind in _NOWHERE:
            continue
        if (
            block.kind == "question"
            or (block.kind == "row" and block.level == 1)
            or _is_lead(block, following, document.text)
        ):
            if run:
                yield run
            if waiting and not (block.kind == "row" and _is_lead_text(waiting[-1])):
                yield from _alone(waiting, path, context)
                waiting = []
            run = None
            waiting = [*waiting, block]
            if block.kind == "question":
                question = reading_of(block, document.text)[:_LONGEST_CONTEXT]
            elif block.kind == "row":
                header = reading_of(block, document.text)[:_LONGEST_CONTEXT]
            continue
        form, role = _FORMS.get(block.kind, "prose"), _ROLES.get(block.kind, "body")
        if run and _joins_run(run, form, role, path, block, waiting):
            run = replace(run, blocks=(*run.blocks, block))
            continue
        if run:
            yield run
        if block.kind == "caption":
            caption = reading_of(block, document.text)[:_LONGEST_CONTEXT]
        lead = next((_leading(one, document.text) for one in waiting if _is_lead_text(one)), "")
        if form not in ("list", "table", "code") and waiting and not _answers(waiting, form):
            yield from _alone(waiting, path, context)
            waiting = []
        here = replace(
            context,
            lead=lead[:_LONGEST_CONTEXT] if waiting else "",
            caption=caption if form == "table" else "",
            header=header if form == "table" else "",
            question=question if role == "body" else "",
        )
        run = _Run(form, role, path, here, (block,), tuple(waiting))
        waiting = []
    if run:
        yield run
    yield from _alone(waiting, last_path, context)


def _answers(waiting: Sequence[Block], form: Form) -> bool:
    return waiting[-1].kind == "question" and form in ("answer", "prose")


def _leading(block: Block, text: str) -> str:
    """Return what the last sentence of a block reads."""
    last = block_sentences(block, text)[-1]
    return read_span(last.of(text), last, cuts_within(last, block.joins)).text


def _is_lead_text(block: Block) -> bool:
    return block.kind in ("paragraph", "item", "answer")


def _is_lead(block: Block, following: Sequence[tuple[tuple[str, ...], Block]], text: str) -> bool:
    """Tell whether a block introduces the list, table or code after it."""
    if not following or block.kind not in ("paragraph", "item", "answer"):
        return False
    after = following[0][1]
    if block.kind == "item" and after.kind == "item":
        return after.level > block.level
    if after.kind not in ("item", "row", "code"):
        return False
    words = reading_of(block, text)
    return is_a("lead", words) or (after.kind == "item" and words.endswith(("：", ":")))


def _alone(waiting: Sequence[Block], path: tuple[str, ...], context: Context) -> Iterator[_Run]:
    """Yield what was to lead to something and leads to nothing, each as a passage."""
    for block in waiting:
        yield _Run("prose", "body", path, context, (block,))


def _heads_nothing(following: Sequence[tuple[tuple[str, ...], Block]], path: tuple[str, ...]) -> bool:
    return not following or (is_heading(following[0][1]) and following[0][0][: len(path)] != path)


def _joins_run(run: _Run, form: Form, role: Role, path: tuple[str, ...], block: Block, waiting: Sequence[Block]) -> bool:
    if waiting or (run.form, run.role, run.path) != (form, role, path) or block.doubtful != run.blocks[-1].doubtful:
        return False
    if form == "list":
        return block.level == run.blocks[-1].level
    return form in ("prose", "table", "reference", "notice", "byline", "answer")
