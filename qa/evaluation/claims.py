"""Claims with what is true of them, and what checking makes of each: ``mscqa evaluate --claims FILE``."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import Problem
from corpus.model import Document, Span
from index.building.build import Progress
from qa.evaluation.dataset import DatasetError, read_json_lines, text_of
from qa.verification.model import ClaimCheck, Support

_FIELDS = ("id", "document_id", "language", "claim", "truth", "kind", "relation", "sha256")


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement about a document, whether it is true, what kind it is of, and the place that it is judged by.

    ``contradicted`` tells of a false claim whether the place says something else, or merely doesn't say it.
    """

    id: str
    document_id: str
    language: str
    text: str
    true: bool
    kind: str
    contradicted: bool
    span: Span


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim, the verdict on it, what the decisive sentence was and whether it is the right one, and milliseconds."""

    claim: Claim
    support: Support
    sentence: str
    right_place: bool
    reasons: tuple[str, ...]
    milliseconds: float


def read_claims(path: Path, documents: Iterable[Document], about: Collection[str] = ()) -> tuple[Claim, ...]:
    """Return the claims of ``path``, those on the documents ``about`` only if any are named.

    Each line: ``id``, ``document_id``, ``language``, ``claim``, ``truth``, ``kind``, ``relation``, and ``start``, ``end``,
    ``sha256`` of the place that judges it. Raises ``DatasetError`` with the line of everything wrong: above all a place
    that isn't what was hashed.
    """
    problems: list[Problem] = []
    texts = {document.id: document.text for document in documents}
    claims: list[Claim] = []
    for line, item in read_json_lines(path, problems):
        fields = {name: text_of(item, name, path, line, problems) for name in _FIELDS}
        document = fields["document_id"]
        if about and document not in about:
            continue
        start, end = item.get("start"), item.get("end")
        if document not in texts:
            problems.append(Problem(path.name, f"the corpus has no document {document!r}", line))
        elif not isinstance(start, int) or not isinstance(end, int):
            problems.append(Problem(path.name, "it needs 'start' and 'end' (whole numbers)", line))
        elif hashlib.sha256(texts[document][start:end].encode()).hexdigest()[:16] != fields["sha256"]:
            problems.append(Problem(path.name, f"what stands at {start} to {end} of {document} isn't what was hashed", line))
        else:
            true, contradicted = fields["truth"] == "true", fields["relation"] == "contradicted"
            place, said = Span(start, end), fields["claim"]
            claims.append(Claim(fields["id"], document, fields["language"], said, true, fields["kind"], contradicted, place))
    if not claims and not problems:
        problems.append(Problem(path.name, "it holds no claim on these documents"))
    if problems:
        raise DatasetError(problems)
    return tuple(claims)


def judge_claims(check: Callable[[str], ClaimCheck], claims: Sequence[Claim], progress: Progress) -> list[JudgedClaim]:
    """Return the verdict of ``check`` on each claim."""
    judged = []
    for done, claim in enumerate(claims):
        progress("claims", done, len(claims))
        started = time.perf_counter()
        checked = check(claim.text)
        took = (time.perf_counter() - started) * 1000
        first = checked.evidence[0] if checked.evidence else None
        right = first is not None and first.document_id == claim.document_id and first.span.overlaps(claim.span)
        reasons = tuple(f"{item.kind}: {item.expected!r} / {item.found!r}" for item in first.differences) if first else ()
        judged.append(JudgedClaim(claim, checked.support, first.text if first else "", right, reasons, took))
    progress("claims", len(claims), len(claims))
    return judged


def claim_figures(judged: Sequence[JudgedClaim]) -> dict[str, Any]:
    """Return how many of each kind and language got which verdict, the false claims that pass, and the times."""
    groups: dict[str, list[JudgedClaim]] = {}
    for item in judged:
        truth = "true" if item.claim.true else "false"
        for name in (truth, f"{truth} {item.claim.language}", f"{truth} {item.claim.kind}"):
            groups.setdefault(name, []).append(item)
    contradicted = [item for item in judged if not item.claim.true and item.claim.contradicted]
    found = [item for item in contradicted if item.support == "contradicted"]
    median, late = np.percentile([item.milliseconds for item in judged], (50, 95)).tolist()
    return {
        "claims": len(judged),
        "groups": {name: _counts(items) for name, items in sorted(groups.items())},
        "contradictions": len(contradicted),
        "contradictions_found": len(found),
        "contradictions_found_in_the_right_place": sum(item.right_place for item in found),
        "milliseconds": {"median": round(median, 1), "late": round(late, 1)},
        "passed": [_shown(item) for item in judged if not item.claim.true and item.support == "supported"],
        "wrongly_contradicted": [_shown(item) for item in judged if item.claim.true and item.support == "contradicted"],
    }


def _counts(items: Sequence[JudgedClaim]) -> Mapping[str, int]:
    return {"claims": len(items), **Counter(item.support for item in items)}


def _shown(item: JudgedClaim) -> dict[str, Any]:
    claim = {key: value for key, value in asdict(item.claim).items() if key in ("id", "kind", "text")}
    return {**claim, "sentence": item.sentence, "reasons": list(item.reasons)}
