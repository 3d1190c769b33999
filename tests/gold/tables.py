"""Write the tables of docs/evaluation.md out of the figures that ``mscqa evaluate --write`` left: ``make figures``.

Each table stands between two comments that name it; nothing else of the page is touched.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.evaluation.running import BM25, DENSE, DENSE_MEANS_OUT
from qa.evaluation.tables import DECIDING, RANKING, Table, cell, figures, markdown, reliability, systems

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/evaluation.md"
TESTING = ROOT / "tests/gold/figures.json"
ABLATIONS = ROOT / "docs/figures/ablations.json"
LEFT_OUT = ROOT / "docs/figures/leave-out.json"
OPEN_SETS = ROOT / "docs/figures/open-sets"
LANGUAGES = ("zh", "en", "mixed")
KINDS = ("kind near zh", "kind near en", "kind far zh", "kind far en")

Item = Mapping[str, Any]


def page(text: str) -> str:
    """Return the page ``text`` with its tables written anew; raises ``ValueError`` where one has no place in it."""
    for name, table in tables():
        block = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.S)
        if not block.search(text):
            raise ValueError(f"{PAGE.name} has no place for the table {name!r}: <!-- table: {name} --> … <!-- end -->")
        text = block.sub(lambda found, table=table: f"{found[1]}\n{table}\n{found[2]}", text)  # type: ignore[misc]
    return text


def tables() -> Iterator[tuple[str, str]]:
    """Yield names and Markdown of all tables whose figures are there."""
    yield "left out", markdown(left_out(_read(LEFT_OUT)))
    testing = _read(TESTING)
    service = next(iter(testing["figures"]))
    kinds = [name for name in testing["figures"][service] if name.startswith("kind ") and name.count(" ") == 1]
    yield "systems", _joined(systems(testing)) + made(testing)
    yield (
        "answering",
        _joined(figures(testing, "", [(name, service) for name in LANGUAGES], (*DECIDING, "refusal precision"))),
    )
    yield "refusing", _joined(figures(testing, "", [(name, service) for name in KINDS], ("refused",)))
    yield "kinds", _joined(figures(testing, "", [(name, service) for name in kinds], (*RANKING, *DECIDING)))
    yield "reliability", markdown(reliability(testing))
    if ABLATIONS.exists():
        item = _read(ABLATIONS)
        yield "ablations", markdown(ablations(item)) + made(item)
    sets = [_read(path) for path in sorted(OPEN_SETS.glob("*.json"))]
    if sets:
        yield "open sets", markdown(ranked(sets))
        yield "refusing sets", markdown(refused(sets))


def left_out(item: Item) -> Table:
    """Return the table of texts that were left out in turn: each set, language and kind of unanswerable question."""
    measures = ("R@1", "R@5", "evidence@1", "answered", "refused")
    named = [name for name in item["figures"] if name.startswith("set ") or name in LANGUAGES]
    named += ["kind near zh", "kind near en", "kind far zh", "kind far en", "kind adversarial"]
    rows = [(name, *(cell(item["figures"][name].get(measure)) for measure in measures)) for name in named]
    return Table("", ("questions", *measures), tuple(rows), 1)


def ablations(item: Item) -> Table:
    """Return the table of R@1 for each system, by half and language."""
    slices = [f"{half} {language}" for half in ("development", "testing") for language in LANGUAGES]
    rows = [(system, *(cell(own.get(name, {}).get("R@1")) for name in slices)) for system, own in item["figures"].items()]
    return Table("", ("R@1", *slices), tuple(rows), 1)


def ranked(sets: Sequence[Item]) -> Table:
    """Return the table of nDCG@10 (and the service's R@1) on sets that judge rankings."""
    rows = []
    for item in sets:
        own = {system: slices["all"] for system, slices in item["figures"].items()}
        if "nDCG@10" in own["service"]:
            values = [cell(own[system]["nDCG@10"]) for system in ("service", BM25, DENSE, DENSE_MEANS_OUT)]
            sizes = f"{item['documents']} / {item['questions']}"
            rows.append((item["dataset"], sizes, item["made"]["commit"][:7], *values, cell(own["service"]["R@1"])))
    headings = ("set", "documents / questions", "commit", "service", BM25, DENSE, DENSE_MEANS_OUT, "service, R@1")
    return Table("", headings, tuple(rows), 3)


def refused(sets: Sequence[Item]) -> Table:
    """Return the table of sets with unanswerable questions: how many were answered, how many others were not."""
    rows = []
    for item in sets:
        own = item["figures"]["service"]["all"]
        if "refused" in own:
            rates = (1 - own["refused"]["value"], 1 - own["answered"]["value"])
            rows.append((item["dataset"], *(f"{rate * 100:.1f}" for rate in rates)))
    return Table(
        "", ("set", "unanswerable, yet answered (hallucination)", "answerable, yet refused (error)"), tuple(rows), 1
    )


def made(item: Item) -> str:
    """Return the line that says from what the figures came."""
    by, times = item["made"], item["milliseconds"]
    return (
        f"\nCommit {by['commit'][:12]}, {by['model']['name']}, corpus {by['corpus'][:12]}, {by['machine']['processor']},"
        f" {by['date'][:10]}. A question takes {times['ask'][0]} ms (median) and {times['ask'][1]} ms (95th percentile)"
        " besides its embedding.\n"
    )


def _joined(made_of: Iterator[Table]) -> str:
    return "\n".join(markdown(table) for table in made_of)


def _read(path: Path) -> Item:
    item: Item = json.loads(path.read_text(encoding="utf-8"))
    return item


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"Wrote the tables of {PAGE.relative_to(ROOT)}.")
