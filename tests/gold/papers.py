"""Lay the papers that questions and claims are about into var/papers: ``python -m tests.gold.papers bodies.jsonl.gz``.

They are ChinaXiv's (CC BY 4.0, © their authors) as README.md says, and aren't part of the repository.
"""

import gzip
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETS = {
    "judge": ("judge.jsonl",),
    "papers": ("papers.jsonl",),
    "claims": ("claims/claims.jsonl", "claims/presuppositions.jsonl"),
}


def main(bodies: Path) -> None:
    """Write the text of each paper that a set asks about into the set's folder."""
    with gzip.open(bodies, "rt", encoding="utf-8") as lines:
        texts = {row["id"]: row["markdown"] for row in map(json.loads, lines)}
    for name, files in SETS.items():
        folder = ROOT / "var" / "papers" / name
        folder.mkdir(parents=True, exist_ok=True)
        rows = [json.loads(line) for file in files for line in (ROOT / "tests/gold" / file).open(encoding="utf-8")]
        wanted = {row.get("text") or row["document_id"] for row in rows}
        for paper, text in texts.items():
            if paper.replace(".", "-") in wanted:
                (folder / f"{paper}.md").write_text(text.strip(), encoding="utf-8")
        print(f"{folder}: {len(list(folder.iterdir()))} papers")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
