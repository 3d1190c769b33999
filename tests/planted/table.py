"""Prints how many planted falsehoods are caught and true statements kept: ``python -m tests.planted.table``."""

import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from qa.bootstrap import start
from qa.service import Service
from qa.settings import Settings
from tests.data_folder import lay_review, prepared
from tests.planted.cases import Case, all_cases

HOLDS = ("verbatim", "normalised", "supported")


def judge(case: Case, service: Service) -> str:
    """Return the verdict on a quote, or the support of a claim."""
    if case.form == "quote":
        return service.serving.verifier.quote(case.text).verdict
    return service.serving.verifier.claim(case.text).support


def table(judged: Iterable[tuple[Case, str]]) -> str:
    """Return the table as Markdown: for each form and kind, how many, how many judged rightly, and the verdicts."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for case, verdict in judged:
        counts.setdefault((case.form, case.kind), Counter())[verdict] += 1
    lines = ["| what | planted | cases | right | verdicts |", "|---|---|---|---|---|"]
    for (form, kind), verdicts in sorted(counts.items()):
        right = sum(count for verdict, count in verdicts.items() if (verdict in HOLDS) == (kind == "true"))
        shown = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())
        lines.append(f"| {form} | {'nothing' if kind == 'true' else kind} | {sum(verdicts.values())} | {right} | {shown} |")
    return "\n".join(lines)


def main() -> None:
    """Judge all cases on the bundled review, print the table and each case judged wrongly."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(corpus_dir=lay_review(Path(folder) / "corpus"), data_dir=prepared(Path(folder) / "data"))
        service = start(settings)
        service.rebuild()
        document = next(iter(service.generation.documents.values()))
        judged = [(case, judge(case, service)) for case in all_cases(document)]
    print(table(judged))
    for case, verdict in judged:
        if (verdict in HOLDS) != (case.kind == "true"):
            print(f"wrong: {verdict}: {case}")


if __name__ == "__main__":
    main()
