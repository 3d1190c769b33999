"""Tables of an evaluation's JSON (qa/evaluation/report.py), in per cent with 95 % intervals: for a terminal, or Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from rich.box import SIMPLE_HEAD
from rich.table import Table as RichTable

from qa.evaluation.dataset import Half

RANKING = ("R@1", "R@3", "R@5", "MRR@10", "nDCG@10", "evidence@1")
DECIDING = ("answered", "refused")
CITING = ("citation precision", "citation recall", "evidence precision")
_HALVES = get_args(Half)


@dataclass(frozen=True, slots=True)
class Table:
    """A title, headings, and rows of as many cells; the first ``names`` columns hold words, the others numbers."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int


def tables(item: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the tables that have any figure: systems, the first system by half and by kind, reliability."""
    whole = next(iter(item["figures"]))
    yield from systems(item)
    slices = list(item["figures"][whole])
    parts = [name for name in slices if not name.startswith("kind ")]
    kinds = [name for name in slices if name.startswith("kind ") and name.count(" ") == 1]
    yield from figures(item, whole, [(name, whole) for name in parts], (*RANKING, *DECIDING, "refusal precision"))
    yield from figures(item, f"{whole} by kind", [(name, whole) for name in kinds], (*RANKING, *DECIDING))
    yield from figures(item, f"{whole}: citations of answers", [(name, whole) for name in (*parts, *kinds)], CITING)
    if item["reliability"]["bins"]:
        yield reliability(item)


def systems(item: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the table of how all systems rank, over all questions and by language."""
    slices = list(next(iter(item["figures"].values())))
    languages = [name for name in slices if name != "all" and not name.startswith(("kind ", *_HALVES))]
    parts = ["all", *languages] if len(languages) > 1 else ["all"]
    yield from figures(item, "systems", [(part, system) for part in parts for system in item["figures"]], RANKING)


def figures(
    item: Mapping[str, Any], title: str, rows: Sequence[tuple[str, str]], measures: Sequence[str]
) -> Iterator[Table]:
    """Yield the table of ``rows`` (slice and system), with those of ``measures`` that any of them has; or nothing."""
    own = {row: item["figures"][row[1]].get(row[0], {}) for row in rows}
    used = [measure for measure in measures if any(measure in values for values in own.values())]
    if "refused" not in used and "refusal precision" in used:  # it says nothing where every question has an answer
        used.remove("refusal precision")
    several = len({system for _, system in rows}) > 1
    if used:
        yield Table(
            f"{item['dataset']}: {title}",
            ("questions", *(["system"] if several else []), *used),
            tuple(
                (_slice(name, values), *([system] if several else []), *(cell(values.get(measure)) for measure in used))
                for (name, system), values in own.items()
                if any(measure in values for measure in used)
            ),
            2 if several else 1,
        )


def reliability(item: Mapping[str, Any]) -> Table:
    """Return the table of how often the corpus answers at which confidence."""
    error = item["reliability"]["expected_calibration_error"]
    return Table(
        f"{item['dataset']}: reliability of confidence (expected calibration error {_per_cent(error)})",
        ("confidence", "questions", "mean confidence", "answerable"),
        tuple(
            (
                f"{own['low'] * 100:.0f} to {own['high'] * 100:.0f}",
                str(own["questions"]),
                _per_cent(own["confidence"]),
                _per_cent(own["answerable"]),
            )
            for own in item["reliability"]["bins"]
        ),
        0,
    )


def for_terminal(table: Table) -> RichTable:
    """Return ``table`` as rich prints it."""
    made = RichTable(title=table.title, box=SIMPLE_HEAD, title_justify="left")
    for number, heading in enumerate(table.headings):
        made.add_column(heading, justify="left" if number < table.names else "right", no_wrap=True)
    for row in table.rows:
        made.add_row(*row)
    return made


def markdown(table: Table) -> str:
    """Return ``table`` in Markdown, without its title."""
    marks = ["---" if number < table.names else "---:" for number in range(len(table.headings))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (table.headings, marks, *table.rows))


def cell(figure: Mapping[str, float] | None) -> str:
    """Return a figure in per cent with its interval, nothing where there is none."""
    if not figure:
        return ""
    return f"{_per_cent(figure['value'])} ({figure['low'] * 100:.0f}-{figure['high'] * 100:.0f})"


def _slice(name: str, values: Mapping[str, Any]) -> str:
    return f"{name.removeprefix('kind ')} ({max(figure['questions'] for figure in values.values())})"


def _per_cent(share: float) -> str:
    return f"{share * 100:.1f}"
