"""A checked text as page and exports show it: sentence for sentence, the words that differ beside those of the evidence."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.page.marking import Mark, Run, runs, visible
from api.presenting import viewer_url
from corpus.model import Document, Span
from index.generations.opening import Generation
from qa.verification.drafts import DraftSentence
from qa.verification.model import ClaimCheck, Part, Support

VERDICTS: tuple[Support, ...] = ("supported", "partial", "contradicted", "unsupported")
_AGREES = ("same", "context")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would reckon with


@dataclass(frozen=True, slots=True)
class Differing:
    """Words of the sentence, how the evidence stands to them, and its own words there (empty: none)."""

    relation: str
    claimed: str
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence with its verdict (or why it has none), its evidence with the place in the corpus, and what differs.

    ``sentence_runs`` and ``evidence_runs`` are both texts in runs, what differs marked under the same numbers.
    """

    number: int
    sentence: str
    left_out: str
    verdict: Support | None
    evidence: str
    document: Document | None
    section: tuple[str, ...]
    span: Span | None
    url: str
    differing: tuple[Differing, ...]
    sentence_runs: list[Run]
    evidence_runs: list[Run]


def rows_of(sentences: Sequence[DraftSentence], generation: Generation) -> list[Row]:
    """Return what is shown of each sentence."""
    return [_row(number, sentence, generation) for number, sentence in enumerate(sentences, 1)]


def counts_of(rows: Sequence[Row]) -> dict[Support, int]:
    """Return how many sentences got each verdict."""
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}


def as_markdown(rows: Sequence[Row], labels: Mapping[str, str], stamp: str) -> str:
    """Return the check as Markdown, to be kept beside the text; ``stamp`` names the index."""
    lines = [f"# {labels['verify_title']}", "", stamp, "", labels["verify_limits"], ""]
    for row in rows:
        lines += [f"{row.number}. **{_verdict(row, labels)}** {_line(row.sentence)}"]
        if row.document:
            where = " › ".join((row.document.title, *row.section))
            lines += ["", f"   > {_line(row.evidence)}", "", f"   {_line(where)}, {_place(row)}"]
        lines += [
            f"   - {labels[f'relation_{item.relation}']}: {_line(item.claimed)} / {_line(item.said) or '—'}"
            for item in row.differing
        ]
        lines.append("")
    return "\n".join(lines)


def as_csv(rows: Sequence[Row], labels: Mapping[str, str]) -> str:
    """Return the check as CSV (RFC 4180) with a byte order mark, by which spreadsheets know UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    keys = ("number", "sentence", "verdict", "evidence", "document", "section", "place", "differences")
    writer.writerow([labels["column_" + key] for key in keys])
    for row in rows:
        told = "; ".join(
            f"{labels[f'relation_{item.relation}']}: {item.claimed} / {item.said or '—'}" for item in row.differing
        )
        document = row.document.id if row.document else ""
        cells = (row.sentence, _verdict(row, labels), row.evidence, document, " › ".join(row.section), _place(row), told)
        writer.writerow([row.number, *(_cell(visible(cell)) for cell in cells)])
    return "\ufeff" + out.getvalue()


def _row(number: int, sentence: DraftSentence, generation: Generation) -> Row:
    checked = sentence.checked
    item = checked.evidence[0] if checked and checked.evidence else None
    whole = runs(sentence.text, Span(0, len(sentence.text)), [], [])
    if checked is None or item is None:
        verdict = checked.support if checked else None
        return Row(number, sentence.text, sentence.left_out, verdict, "", None, (), None, "", (), whole, [])
    passage = generation.passages[generation.rows[item.passage_id]]
    reading = passage.reading_of(item.span)
    differing = _differing(checked, sentence.text, reading)
    return Row(
        number,
        sentence.text,
        sentence.left_out,
        checked.support,
        reading,
        generation.documents[item.document_id],
        item.section_path,
        item.span,
        viewer_url(passage, item.span),
        tuple(told for _, told in differing),
        _marked(sentence.text, [(part.span, place, part) for place, (part, _) in enumerate(differing, 1)], f"s{number}"),
        _marked(reading, [(part.place, place, part) for place, (part, _) in enumerate(differing, 1)], f"t{number}"),
    )


def _differing(checked: ClaimCheck, sentence: str, reading: str) -> list[tuple[Part, Differing]]:
    """Return what differs, in the sentence's order; words found nowhere only where something of the claim was found."""
    item = checked.evidence[0]
    parts = sorted(
        {part for part in item.parts if part.relation not in _AGREES}, key=lambda part: (part.span, part.relation)
    )
    if checked.support == "unsupported":
        parts = []  # of a sentence that is about something else nearly all differs
    return [
        (
            part,
            Differing(part.relation.replace(" ", "_"), part.span.of(sentence), part.place.of(reading) if part.place else ""),
        )
        for part in parts
    ]


def _marked(text: str, found: Sequence[tuple[Span | None, int, Part]], name: str) -> list[Run]:
    """Return ``text`` in runs; of marks over one another the shorter one is seen, and what is only missing marked weakly."""
    marks = [
        Mark(span, number, "" if part.relation == "missing" else f"{name}-{number}")
        for span, number, part in sorted(((span, number, part) for span, number, part in found if span), key=_length)
        if len(span)
    ]
    return runs(text, Span(0, len(text)), marks, [])


def _length(item: tuple[Span, int, Part]) -> tuple[int, int]:
    return len(item[0]), item[1]


def _verdict(row: Row, labels: Mapping[str, str]) -> str:
    return labels[f"verdict_{row.verdict}"] if row.verdict else labels[f"left_{row.left_out}"]


def _place(row: Row) -> str:
    return f"{row.document.id}:{row.span.start}-{row.span.end}" if row.document and row.span else ""


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
