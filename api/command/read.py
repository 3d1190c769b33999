"""``mscqa read``: how a text is understood, block by block, without building anything."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.reading import read_document
from corpus.report import ReadingReport, report_on
from qa.settings import Settings


def add_command(commands: Any) -> None:
    """Add the command to the parsers of the command line."""
    read = commands.add_parser(
        "read",
        help="show how a text is understood",
        description="Show how a text is understood: its blocks with their lines, its title, joins, doubts and furniture.",
    )
    read.add_argument("file", type=Path, metavar="FILE", help="a .md, .markdown, .txt or .rst file")
    read.add_argument("--json", action="store_true", help="print the report as JSON")
    read.set_defaults(run=_read)


def _read(parsed: argparse.Namespace, settings: Settings) -> int:
    path: Path = parsed.file
    report = report_on(read_document(path, path.parent))
    print(json.dumps(asdict(report), ensure_ascii=False) if parsed.json else "\n".join(_lines(report)))
    return 0


def _lines(report: ReadingReport) -> list[str]:
    lines = [
        f"{report.filename} ({report.encoding}), id {report.id}",
        f"title: {report.title} (from the {report.title_from})",
        *(f"source {name}: {value}" for name, value in report.source.items()),
        *([f"status: {report.status}"] if report.status else []),
        *(f"note: {note}" for note in report.notes),
        f"in passages: {report.in_passages:.1%} of the characters, {report.passages} passages",
        "blocks: " + ", ".join(f"{count} {kind} ({report.shares[kind]:.1%})" for kind, count in report.kinds.items()),
        "joins: " + (", ".join(f"{count} {why}" for why, count in report.joins.items()) or "none"),
        "doubts: " + (", ".join(f"line {line}" for line in report.doubts) or "none"),
        "",
    ]
    for block in report.blocks:
        place = str(block.first_line) if block.first_line == block.last_line else f"{block.first_line}-{block.last_line}"
        level = f" {block.level}" if block.level else ""
        lines.append(f"{place:>9}  {block.kind}{level}{' ?' if block.doubtful else ''}  {block.reading}")
    return lines
