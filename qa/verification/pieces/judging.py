"""The judgement on a claim by one piece of evidence: it fails closed.

'supported' only if every piece of the claim is met in the evidence or what surrounds it, and nothing speaks against it;
'contradicted' if nearly all is met and something else is said in one place; 'partial' if much is met and something isn't.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.categories import DISEASES
from corpus.matching import normalise_text
from corpus.model import Span
from index.models.calibration import TextLanguage
from qa.statements.marks import SENSE
from qa.statements.reader import Statement, StatementReader
from qa.statements.rules import read_patterns
from qa.verification.consistency import context_of, crossed_names, swapped_numbers
from qa.verification.difference import Context, Glossary
from qa.verification.model import Part, Support
from qa.verification.pieces.binding import binding_findings
from qa.verification.pieces.denials import denial_findings
from qa.verification.pieces.findings import Finding, Relation
from qa.verification.pieces.meeting import How, Meeter, Meeting
from qa.verification.pieces.nearness import Nearness
from qa.verification.pieces.placing import placed
from qa.verification.pieces.roles import role_findings
from qa.verification.pieces.scales import scale_findings
from qa.verification.pieces.segments import lead_of, segments
from qa.verification.pieces.units import Unit, is_plain, read_units
from qa.verification.taken_back import is_taken_back, taking_back

# The mean cosine from which a word counts as met by another one of near meaning.
_NEAR = {"zh": 0.53, "en": 0.46}
_WEIGHTS = {"number": 2.0, "name": 2.0, "term": 1.5, "word": 1.0}
# What a piece counts by how it is met: of two sentences the one that has the claim's own words counts more.
_WORTH: Mapping[How, float] = {
    "same": 1.0, "term": 1.0, "translated": 0.95, "scale": 0.85, "near": 0.8, "context": 0.8, "missing": 0.0
}  # fmt: skip
_MUCH = 0.55
_LEFT_OUT = 0.2  # the share of a claim in plain words that a sentence which contradicts it may leave out
(_LIGHT,) = read_patterns(Path(__file__).parents[2] / "statements" / "light.toml", "light")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the share of the claim that was met (0 to 1), its pieces, and what speaks against it."""

    support: Support
    covered: float
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    def shifted(self, start: int) -> "Judgement":
        """Return the same with places counted from ``start`` characters before."""

        def moved(place: Span | None) -> Span | None:
            return Span(place.start + start, place.end + start) if place else None

        parts = tuple(replace(part, place=moved(part.place)) for part in self.parts)
        findings = tuple(replace(finding, place=moved(finding.place)) for finding in self.findings)
        return replace(self, parts=parts, findings=findings)


_ORDER: tuple[Support, ...] = ("supported", "contradicted", "partial", "unsupported")
_SURELY = 0.04  # the same of evidence that contradicts: another sentence may be meant
CLOSE = 0.12  # of the share that is met: evidence that has so much less of the claim can't decide


def judge_sentence(
    claim: Statement,
    reading: str,
    near: Nearness,
    surroundings: Sequence[str],
    reader: StatementReader,
    glossary: Glossary,
    language: TextLanguage,
) -> Judgement:
    """Return the judgement on ``claim`` by the part of a sentence that has most of it; spans index ``reading``.

    What stands before the first colon, and the part before one that leans back, surround a part as headings do.
    """
    parts = segments(reading)
    judged = []
    for number, part in enumerate(parts):
        around = list(surroundings)
        if number:
            around.append(lead_of(reading))
            if leans_back(part.of(reading)):
                around.append(parts[number - 1].of(reading))
        evidence = reader.read_held(part.of(reading))
        context = context_of(reader.read_held("\n".join(around)))
        made = judge(claim, evidence, near.within(part), context, reader, glossary, language)
        judged.append(made.shifted(part.start))
    return decisive(judged)


def decisive(judged: Sequence[Judgement]) -> Judgement:
    """Return the judgement that counts: of those with nearly most of the claim, one that supports, then contradicts it."""
    return judged[decides([(item.support, item.covered) for item in judged])]


def decides(judged: Sequence[tuple[Support, float]]) -> int:
    """Return which of several judgements counts, each with the share of the claim that was met.

    One that supports the claim doesn't count where another one contradicts it in more of its own words.
    """
    best = max(share for _, share in judged)
    close = [number for number, (_, share) in enumerate(judged) if share >= best - CLOSE]
    against = max((judged[number][1] for number in close if judged[number][0] == "contradicted"), default=0.0)
    least = {"supported": against, "contradicted": best - _SURELY}
    order = [number for number in close if judged[number][1] >= least.get(judged[number][0], 0.0)]
    return min(order, key=lambda number: (_ORDER.index(judged[number][0]), -judged[number][1]))


# A sentence that begins so speaks of what the one before it named.
_LEANS_BACK = re.compile(
    r"^[\W_]*(?:这|该|此|其|它|上述|两者|二者|前者|后者|同样|因此|[Tt]his|[Tt]hese|[Tt]hey|[Ii]ts?\b|[Tt]hose|[Ss]uch)"
)


def leans_back(text: str) -> bool:
    """Tell whether ``text`` speaks of what stands before it."""
    return bool(_LEANS_BACK.match(text))


def judge(
    claim: Statement,
    evidence: Statement,
    near: Nearness,
    around: Context,
    reader: StatementReader,
    glossary: Glossary,
    language: TextLanguage,
) -> Judgement:
    """Return the judgement on ``claim``, written in ``language``, by ``evidence`` under what surrounds it."""
    outer = taking_back(claim.text)
    meeter = Meeter(claim, evidence, near, around, reader.terms, glossary)
    units = [unit for unit in read_units(claim) if not any(unit.span.overlaps(span) for span in outer)]
    met = placed([_nearly(meeter.meet(unit), language) for unit in units])
    met = [_in_context(item, claim) for item in met]
    met = [item for item in met if item.how != "missing" or not _is_light(item.unit, claim)]
    whole = sum(_WEIGHTS[item.unit.sort] for item in met)
    covered = sum(_WEIGHTS[item.unit.sort] * _WORTH[item.how] for item in met) / whole if whole else 0.0
    findings = list(_findings(claim, evidence, met, reader))
    if outer and not is_taken_back(evidence.text):
        others = any(item.contradicts and item.relation != "stronger" for item in findings)
        findings = (
            [Finding("denied", outer[0], None, contradicts=not others)]
            if not others
            else [Finding("denied", outer[0], None)]
        )
    elif is_taken_back(evidence.text) and not outer:
        findings.append(Finding("denied", Span(0, len(claim.text)), None, contradicts=True))
    missing = [item for item in met if item.how == "missing"]
    if not missing and {"reversed", "elsewhere"} <= {item.relation for item in findings}:
        # All of it is there, in another order and tied to another thing: it is exchanged.
        findings = [replace(item, contradicts=item.contradicts or item.relation == "reversed") for item in findings]
    # What only headings name isn't what a word of the same end of a scale is said of: 减少 something else is no 预防.
    support: Support = "unsupported"
    if covered >= _MUCH and _contradicts(met, findings):
        support = "contradicted"
    elif covered and not missing and not findings and not {"scale", "context"} <= {item.how for item in met}:
        support = "supported"
    elif _found(met) >= _MUCH:
        support = "partial"
    return Judgement(support, covered, tuple(_parts(met, findings)), tuple(findings))


def _nearly(item: Meeting, language: TextLanguage) -> Meeting:
    """Return a missing plain word as met where a word of the evidence comes near enough to it.

    Not a word that stands on a scale: by their vectors its two ends are as near as can be.
    """
    if any(mark.scale != SENSE for mark in item.unit.marks):
        return item
    if item.how == "missing" and item.unit.sort == "word" and item.nearness >= _NEAR[language]:
        return Meeting(item.unit, "near", item.places, item.nearness)
    return item


def _found(met: Sequence[Meeting]) -> float:
    """Return the share of the claim that the evidence itself has: what only surrounds it is said of much else."""
    whole = sum(_WEIGHTS[item.unit.sort] for item in met)
    own = sum(_WEIGHTS[item.unit.sort] for item in met if item.how not in ("missing", "context"))
    return own / whole if whole else 0.0


def _contradicts(met: Sequence[Meeting], findings: Sequence[Finding]) -> bool:
    """Tell whether something else is said of what the claim speaks of: nearly all of the rest of the claim is met."""
    against = [item.span for item in findings if item.contradicts]
    rest = [item for item in met if not any(span.overlaps(item.unit.span) for span in against)] or met
    missing = [item for item in rest if item.how == "missing"]
    if any(item.unit.sort != "word" or any(mark.scale != SENSE for mark in item.unit.marks) for item in missing):
        return False
    if missing and any(item.contradicts and item.relation == "denied" for item in findings):
        return False  # of what is denied each word counts
    whole = sum(_WEIGHTS[item.unit.sort] for item in rest)
    return bool(against) and sum(_WEIGHTS[item.unit.sort] for item in missing) <= _LEFT_OUT * whole


def _is_light(unit: Unit, claim: Statement) -> bool:
    """Tell whether a piece of a claim says nothing by itself."""
    return unit.sort == "word" and bool(_LIGHT.fullmatch(normalise_text(unit.span.of(claim.text))))


def _in_context(item: Meeting, claim: Statement) -> Meeting:
    """Return what only title and headings name as missing where it isn't what the claim is about, but what it says of it."""
    if item.how != "context":
        return item
    start, end = item.unit.span.start, item.unit.span.end
    last = not claim.text[end:].strip(" .。，,;；)）") and start > 0
    disease = any(name.span == item.unit.span and name.category == DISEASES for name in claim.names)
    if last and not disease and not _PLACED.search(claim.text[:start]):
        return replace(item, how="missing")
    return item


_PLACED = re.compile(r"(?:\b(?:in|for|with|during|on)\s+(?:\w+\s+)?|在|对|于)$")


def _findings(claim: Statement, evidence: Statement, met: Sequence[Meeting], reader: StatementReader) -> Iterator[Finding]:
    yield from _numbers(claim, evidence, met)
    yield from _names(claim, evidence, met)
    yield from scale_findings(claim, evidence, met)
    yield from denial_findings(claim, evidence, met)
    yield from role_findings(claim, evidence, met)
    yield from binding_findings(claim, evidence, met, reader.terms)
    for item in (*swapped_numbers(claim, evidence), *crossed_names(claim, evidence, reader.terms)):
        if item.found_span:
            relation: Relation = "other number" if item.kind == "number" else "other name"
            yield Finding(relation, item.found_span, item.expected_span, item.contradicts)


def _numbers(claim: Statement, evidence: Statement, met: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield numbers of the claim in whose place the evidence has another one of their dimension."""
    taken = [place for item in met if item.unit.sort == "number" and item.how != "missing" for place in item.places]
    for item in met:
        if item.unit.sort != "number" or item.how != "missing":
            continue
        own = next(number for number in claim.numbers if number.span == item.unit.span)
        rivals = [
            other.span
            for other in evidence.numbers
            if other.dimension == own.dimension and other.span not in taken and not other.weak
        ]
        if rivals:
            sure = len(rivals) == 1 or any(_in_its_place(rival, item, met) for rival in rivals)
            yield Finding("other number", item.unit.span, rivals[0], contradicts=sure)


_BESIDE = 8  # characters between a word and its neighbour in the claim


def _in_its_place(rival: Span, item: Meeting, met: Sequence[Meeting]) -> bool:
    """Tell whether ``rival`` stands in the evidence beside what ``item`` stands beside in the claim."""
    number = met.index(item)
    neighbours = [*met[max(number - 1, 0) : number], *met[number + 1 : number + 2]]
    places = [other.places[0] for other in neighbours if other.places and other.how not in ("missing", "context")]
    return any(max(place.start - rival.end, rival.start - place.end) <= _BESIDE for place in places)


def _names(claim: Statement, evidence: Statement, met: Sequence[Meeting]) -> Iterator[Finding]:
    """Yield names of the claim in whose place the evidence has another one of their kind."""
    taken = [place for item in met if item.how not in ("missing", "context") for place in item.places]
    kinds = {
        name.span: name.category
        for name in claim.names
        if name.category != "latin" or not is_plain(name.span.of(claim.text), begins=True)
    }
    for item in met:
        kind = kinds.get(item.unit.span)
        if kind is None or item.how != "missing":
            continue
        rivals = [name.span for name in evidence.names if name.category == kind and name.span not in taken]
        rivals = [rival for rival in rivals if _bare(item.unit.span.of(claim.text)) not in _bare(rival.of(evidence.text))]
        if rivals:
            beside = [rival for rival in rivals if _in_its_place(rival, item, met)]
            sure = len(beside) == 1
            yield Finding("other name", item.unit.span, (beside or rivals)[0], contradicts=sure)


def _bare(text: str) -> str:
    return "".join(character for character in normalise_text(text) if character.isalnum())


def _parts(met: Sequence[Meeting], findings: Sequence[Finding]) -> Iterator[Part]:
    for item in met:
        if item.how == "missing":
            if not any(other.span == item.unit.span for other in findings):
                yield Part(item.unit.span, None, "missing")
        elif item.how == "context":
            yield Part(item.unit.span, None, "context")
        else:
            yield Part(item.unit.span, item.places[0], "same")
    for finding in findings:
        yield Part(finding.span, finding.place, finding.relation)
