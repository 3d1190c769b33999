"""Does a claim deny what its evidence affirms, or affirm what it denies? Clause by clause, across languages."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from corpus.term_base import TermBase
from qa.statements.clauses import Polarity
from qa.statements.names import with_broader
from qa.statements.reader import Content, ReadClause, Statement
from qa.verification.difference import Context, Difference, Glossary


def negation_differences(
    claim: Statement, evidence: Statement, terms: TermBase, around: Context, glossary: Glossary
) -> Iterator[Difference]:
    """Yield clauses of the claim that deny what the evidence affirms, or affirm what it denies."""
    for clause in claim.clauses:
        denied = clause.clause.mark is not None
        if denied and _denied_alike(clause, evidence, glossary):
            continue
        met = _counterparts(clause.covered, evidence, terms, around, glossary)  # all of a clause that denies nothing
        if denied and not met:
            met = _counterparts(clause.content, evidence, terms, around, glossary)
        against = _denied_outright(clause, evidence) if not denied else None
        if against:
            met = [against]
        if not met or any(_agree(clause.clause.polarity, other.clause.polarity) for other in met):
            continue
        other = met[0]
        if denied:
            about_same = _shared(clause.covered, other.content, glossary) > 0
        else:
            about_same = other is against or _shared(clause.content, other.covered, glossary) > 0
            if not about_same:
                continue  # what the evidence denies there isn't what the claim speaks of
        mine, theirs = clause.clause.mark, other.clause.mark
        yield Difference(
            "negation",
            theirs.of(evidence.text) if theirs else "",
            mine.of(claim.text) if mine else "",
            theirs or other.clause.span,
            mine or clause.clause.span,
            about_same,
        )


def _denied_outright(clause: ReadClause, evidence: Statement) -> ReadClause | None:
    """Return a clause that alone speaks of something that ``clause`` affirms, and denies it (…，而且效果都不理想).

    Where a later clause affirms what the claim speaks of too, the denial is of something else (不取决于…，而来自…). Of
    several sentences, only those count that affirm something that the claim speaks of.
    """
    said = clause.content.concepts
    for line in _lines(evidence):
        affirming = [item.content.concepts if item.clause.polarity == "affirms" else frozenset() for item in line]
        elsewhere = len(line) < len(evidence.clauses) and not any(said & concepts for concepts in affirming)
        for number, other in enumerate(line):
            if other.clause.polarity == "denies" and not elsewhere:
                alone = (said & other.content.concepts).difference(*affirming)
                if alone and not any(said & concepts for concepts in affirming[number + 1 :]):
                    return other
    return None


def _lines(evidence: Statement) -> list[list[ReadClause]]:
    """Return the clauses of each line of the evidence: of each sentence, where it is made of two."""
    lines: dict[int, list[ReadClause]] = {}
    for clause in evidence.clauses:
        lines.setdefault(evidence.text.count("\n", 0, clause.clause.span.start), []).append(clause)
    return list(lines.values())


def _agree(claimed: Polarity, found: Polarity) -> bool:
    """A denial supports a claim that plays down; nothing else supports another polarity."""
    return claimed == found or (claimed == "plays down" and found == "denies")


def _denied_alike(clause: ReadClause, evidence: Statement, glossary: Glossary) -> bool:
    """Tell whether what the evidence denies, and affirms nowhere, is in the denying ``clause`` too.

    Not where the clause's denial covers a concept that only affirming clauses have, unless the denial opens it: 'none of the
    approved drugs works' denies no approval.
    """
    affirming = [item.content for item in evidence.clauses if item.clause.polarity == "affirms"]
    denying = [item for item in evidence.clauses if item.clause.polarity != "affirms"]
    denied = [
        _common(clause.content, item.content, glossary)
        for item in denying
        if _agree(clause.clause.polarity, item.clause.polarity)
    ]
    affirmed = [_common(clause.content, content, glossary) for content in affirming]
    if not frozenset().union(*denied).difference(*affirmed):
        return False
    opens = clause.clause.mark is not None and clause.clause.mark.start == clause.clause.span.start
    only_affirmed = frozenset().union(*(content.concepts for content in affirming))
    only_affirmed = only_affirmed.difference(*(item.content.concepts for item in denying))
    return opens or not clause.covered.concepts & only_affirmed


def _common(one: Content, other: Content, glossary: Glossary) -> frozenset[str]:
    """Return the concepts and words of ``other`` that ``one`` has too, itself or by translation."""
    translated = {word for own in one.words for word in glossary.get(own, {})}
    return frozenset(one.concepts & other.concepts | (one.words | translated) & other.words)


def _counterparts(
    content: Content, evidence: Statement, terms: TermBase, around: Context, glossary: Glossary
) -> list[ReadClause]:
    """Return the clauses of the evidence that share most with ``content``, none where all share nothing.

    What title and headings name, all sentences are about: it tells little which clause is meant.
    """
    wider = _broader(content, terms)
    scores = [_shared(wider, _broader(other.content, terms), glossary, around.names) for other in evidence.clauses]
    best = max(scores, default=0.0)
    return [other for other, score in zip(evidence.clauses, scores, strict=True) if score == best] if best > 0 else []


_COMMON = 0.25  # what a concept counts that title or headings name


def _broader(content: Content, terms: TermBase) -> Content:
    return replace(content, concepts=with_broader(content.concepts, terms))


def _shared(one: Content, other: Content, glossary: Glossary, common: Collection[str] = frozenset()) -> float:
    """Return how much ``one`` and ``other`` are about the same, 0 where they share nothing; ``common`` ones count less."""
    concepts, words, pairs = one.concepts & other.concepts, one.words & other.words, one.pairs & other.pairs
    translated = sum(1 for word in one.words if glossary.get(word, {}).keys() & other.words)
    weight = sum(_COMMON if concept in common else 2.0 for concept in concepts)
    return weight + len(words) + translated + 0.5 * len(pairs)
