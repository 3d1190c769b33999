"""How much of what a claim speaks of its evidence speaks of too, in either language, and what is missing."""

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from index.engines.glossing import glosses
from qa.statements.names import with_broader
from qa.statements.reader import Statement, StatementReader
from qa.verification.difference import Context, Glossary

# A sentence is about the same as a claim from these shares of its content and of its concepts on (chosen on the claims of
# tests/planted/claims.tsv).
_COVERED, _CONCEPTS = 0.5, 0.65
NEAR = 0.32  # the least mean cosine of its tokens of a sentence that is about the same as a claim (chosen on claims.tsv too)


@dataclass(frozen=True, slots=True)
class Gaps:
    """The share (0 to 1) of a claim's concepts and other words that its evidence has, and that of its concepts alone.

    ``decisive`` is what is missing that no likeness makes up for: concepts of that weight, such as outcomes and whom it is
    about, directions that the evidence goes by no word, and words that the corpus knows nothing of. Names
    (qa/statements/names.py) are checked apart.
    """

    covered: float
    concepts: float
    decisive: tuple[str, ...]

    @property
    def about_the_same(self) -> bool:
        """Whether the evidence has so much of the claim's content that it can speak for or against it."""
        return self.covered >= _COVERED and self.concepts >= _CONCEPTS


def find_gaps(
    claim: Statement,
    evidence: Statement,
    around: Context,
    reader: StatementReader,
    glossary: Glossary,
    vocabulary: Container[str],
) -> Gaps:
    """Return what of the claim's content the evidence, with what surrounds it, lacks; ``vocabulary`` is the corpus's."""
    present = with_broader(evidence.concepts | around.names, reader.terms)
    missing = [concept for concept in sorted(claim.subjects) if concept not in present]
    unmet = [word for word in sorted(claim.others) if not _is_met(word, evidence, glossary)]
    concepts = reader.terms.by_id
    decisive = [concept for concept in missing if concepts[concept].weight == "decisive"]
    directed = [concept for concept in missing if concepts[concept].direction]
    decisive += [concept for concept in directed if concepts[concept].direction not in evidence.directions]
    decisive += [word for word in unmet if reader.knows(word) and _is_foreign(word, glossary, vocabulary)]
    weighty = {
        concept for concept in claim.subjects if concepts[concept].weight != "light" and not concepts[concept].direction
    }
    whole = len(claim.subjects) + len(claim.others)
    return Gaps(
        covered=1 - (len(missing) + len(unmet)) / whole if whole else 0.0,
        concepts=1 - len(set(missing) & weighty) / len(weighty) if weighty else 1.0,
        decisive=tuple(decisive),
    )


def _is_met(word: str, evidence: Statement, glossary: Glossary) -> bool:
    """Tell whether the evidence has ``word``, or one that translates it, or one of the same translation (公布, 发布)."""
    if word in evidence.words or glossary.get(word, {}).keys() & evidence.words:
        return True
    senses = _senses(word)
    return any(glossary.get(sense, {}).keys() & evidence.words or sense in evidence.words for sense in senses)


def _is_foreign(word: str, glossary: Glossary, vocabulary: Container[str]) -> bool:
    """Tell whether ``word`` is Chinese and neither it nor anything of the same translation stands in the corpus."""
    if word.isascii() or word in vocabulary:
        return False
    senses = _senses(word)
    return not any(sense in glossary for sense in senses) and (bool(senses) or len(word) > 1)


@lru_cache(maxsize=4096)
def _senses(word: str) -> tuple[str, ...]:
    """Return the English stems that a Chinese word translates to, none for a Latin one."""
    return () if word.isascii() else tuple(glosses([word]))
