"""Is a sentence that a model wrote borne out by the passages that it names? Checked before it is shown as supported.

Three checks, each of which can fail it: numbers, negations, names and directions against the sentences that it is nearest
to (qa/consistency.py); meaning, by late interaction of its tokens with theirs; and form (citation, language, link, quote).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.matching import HAN
from corpus.model import Span
from index.calibration import TextLanguage, centred
from index.embedding import Embedder
from index.opening import Generation
from qa.consistency import check, context_of
from qa.drafting import Draft
from qa.interaction import interact, similarities
from qa.language import InterfaceLanguage
from qa.model import Hit
from qa.retrieval import sentences_within, token_block
from qa.statements import StatementReader

# Mean cosine of a sentence's tokens with their best counterparts. Set between what a sentence has with its own source and
# what it has with another passage of the same document (tests/benchmarks/support.py prints both).
_LEAST_MEANING: Mapping[TextLanguage, float] = {"zh": 0.45, "en": 0.27}
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{6,})[”」』\"]")
_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[A-Za-z]")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\uac00-\ud7af]{2,}")


@dataclass(frozen=True, slots=True)
class Support:
    """What bears a sentence out: sentences of passages (``quotes``, nearest first), and what is wrong, nothing if all holds.

    ``problems`` are kinds of differences, and 'citation', 'language', 'link', 'quote' or 'meaning'.
    """

    quotes: tuple[tuple[Hit, Span], ...]
    problems: tuple[str, ...]
    meaning: float


class SupportChecker:
    """Checks sentences against hits of one result; safe to use from many threads."""

    def __init__(self, embedder: Embedder, statements: StatementReader, heading_share: float) -> None:
        self._embedder = embedder
        self._statements = statements
        self._heading_share = heading_share

    def check(self, draft: Draft, language: InterfaceLanguage, hits: Sequence[Hit], generation: Generation) -> Support:
        """Return how the hits that ``draft`` names by rank bear it out; numbers of no hit count for nothing."""
        cited = [hit for hit in hits if hit.rank in draft.numbers]
        problems = [*_form_problems(draft, language, cited)]
        if not cited:
            return Support((), tuple(problems), 0.0)
        ranked, meaning = self._nearest(draft.text, language, cited, generation)
        quotes = [ranked[0]]
        differences = self._differences(draft.text, quotes, generation)
        if differences and len(ranked) > 1:  # a sentence may be made of two
            both = self._differences(draft.text, ranked[:2], generation)
            if len(both) < len(differences):
                quotes, differences = ranked[:2], both
        if meaning < _LEAST_MEANING[language]:
            differences = [*differences, "meaning"]
        return Support(tuple(quotes), tuple(dict.fromkeys([*problems, *differences])), meaning)

    def _nearest(
        self, text: str, language: TextLanguage, cited: Sequence[Hit], generation: Generation
    ) -> tuple[list[tuple[Hit, Span]], float]:
        """Return all sentences of ``cited`` from the nearest on, and the measure of the nearest one."""
        encoded = self._embedder.encode_question(text)
        rows = [generation.rows[hit.passage.id] for hit in cited]
        sentences = [sentences_within(generation, row) for row in rows]
        owner = np.repeat(np.arange(len(rows)), [len(spans) for spans in sentences])
        block = token_block(rows, sentences, generation)
        question = centred(encoded.tokens.vectors, generation.centres.questions[language].tokens)
        weights = np.ones(len(question), np.float32)
        met = interact(similarities(question, block), weights, block, owner, self._heading_share)
        places = [(hit, span) for hit in cited for span in hit.passage.sentences]
        order = np.argsort(-met.sentences, kind="stable")
        return [places[int(number)] for number in order], float(met.sentences[order[0]])

    def _differences(self, text: str, quotes: Sequence[tuple[Hit, Span]], generation: Generation) -> list[str]:
        documents = generation.documents
        quoted = "\n".join(span.of(documents[hit.passage.document_id].text) for hit, span in quotes)
        around = {title for hit, _ in quotes for title in hit.passage.section_path}
        around |= {documents[hit.passage.document_id].title for hit, _ in quotes}
        found = check(
            self._statements.read(text),
            self._statements.read(quoted),
            self._statements.terms,
            context=context_of(self._statements.read("\n".join(sorted(around)))),
            glossary=generation.glossary,
        )
        return list(dict.fromkeys(item.kind for item in found))


def _form_problems(draft: Draft, language: InterfaceLanguage, cited: Sequence[Hit]) -> list[str]:
    problems = []
    if not cited:
        problems.append("citation")
    if not _speaks(draft.text, language):
        problems.append("language")
    if draft.linked:
        problems.append("link")
    if not all(any(quote in hit.passage.text for hit in cited) for quote in _QUOTED.findall(draft.text)):
        problems.append("quote")
    return problems


def _speaks(text: str, language: InterfaceLanguage) -> bool:
    """Tell whether ``text`` is in ``language``; names and abbreviations of the other one are expected in Chinese."""
    if _FOREIGN.search(text):
        return False
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    return han * 3 >= latin if language == "zh" else latin > han * 4
