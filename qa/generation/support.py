"""Is a sentence that a model wrote borne out by the passages that it names? Checked before it is shown as supported.

Four checks, each of which can fail it: the judgement that any claim gets (`judge_sentence`); numbers, negations, names and
directions against the sentences that it is nearest to (`check`); meaning, by late interaction of its tokens with theirs and
by the share of its content that they have; and form (citation, language, link, quote). A sentence that names no passage at
all, as small models write them, is looked for in all that were given, and then has to be covered better than one that names
its passage.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.matching import HAN
from corpus.model import Span
from index.generations.opening import Generation
from index.models.calibration import TextLanguage
from index.models.embedding import Embedder, headings
from qa.generation.drafting import Draft
from qa.model import Hit
from qa.questions.language import InterfaceLanguage
from qa.retrieval.candidates import question_tokens, token_block
from qa.retrieval.interaction import meet
from qa.statements.reader import Statement, StatementReader
from qa.verification.consistency import check, context_of
from qa.verification.coverage import NEAR, Gaps, find_gaps
from qa.verification.pieces.findings import kind_of
from qa.verification.pieces.judging import Judgement, judge_sentence
from qa.verification.pieces.nearness import Nearness

# Mean cosine of a sentence's tokens with their best counterparts. Set between what a sentence has with its own source and
# what it has with another passage of the same document (tests/benchmarks/support.py prints both).
_LEAST_MEANING: Mapping[TextLanguage, float] = {"zh": 0.5, "en": 0.37}
# The share of its content that the evidence must have; more where the model named no passage: there are many to choose from.
_LEAST_COVERED, _COVERED_UNCITED = 0.3, 0.8
_QUESTION = re.compile(r"[?？]\W*$")
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{6,})[”」』\"]")
_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
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
        """Return how the hits that ``draft`` names by rank bear it out, or any of ``hits`` where it names none.

        Numbers of no hit count for nothing: a draft that names only such isn't borne out.
        """
        cited = [hit for hit in hits if hit.rank in draft.numbers] if draft.numbers else list(hits)
        problems = [*_form_problems(draft, language, cited)]
        if not cited:
            return Support((), tuple(problems), 0.0)
        ranked, meaning, near = self._nearest(draft.text, language, cited, generation)
        said = self._statements.read(draft.text)
        quotes = ranked[:1]
        differences, gaps = self._compared(said, quotes, generation)
        if differences and len(ranked) > 1:  # a sentence may be made of two
            both, gaps_of_both = self._compared(said, ranked[:2], generation)
            if len(both) < len(differences):
                quotes, differences, gaps = ranked[:2], both, gaps_of_both
        judgement = self._judged(said, quotes, near, language, generation)
        if judgement.support != "supported":
            # What it merely doesn't find is left to the shares below: models write more freely than people who claim.
            differences = [*differences, *(kind_of(item.relation) for item in judgement.findings if item.contradicts)]
        if meaning < _LEAST_MEANING[language] or gaps.covered < _LEAST_COVERED or not _states(said):
            differences = [*differences, "meaning"]
        # What names no passage must speak of the field too: a passage may hold an instruction that the model repeats.
        found = said.subjects and gaps.covered >= _COVERED_UNCITED and not gaps.decisive and meaning >= NEAR
        if not draft.numbers and not found:
            problems.append("citation")
        return Support(tuple(quotes), tuple(dict.fromkeys([*problems, *differences])), meaning)

    def _nearest(
        self, text: str, language: TextLanguage, cited: Sequence[Hit], generation: Generation
    ) -> tuple[list[tuple[Hit, Span]], float, list[Nearness]]:
        """Return all sentences of ``cited`` from the nearest on, the measure of the nearest one, and how near each comes."""
        encoded = self._embedder.encode_question(text)
        rows = np.asarray([generation.rows[hit.passage.id] for hit in cited], np.int64)
        sentences = generation.table.sentences_of(rows)
        question = question_tokens(encoded.tokens.vectors, language, generation)
        block = token_block(rows, sentences, question, generation)
        met = meet(block, sentences.owner, self._heading_share)
        _, meaning = met.weighed(np.ones(len(question), np.float32))
        places = [(hit, span) for hit in cited for span in hit.passage.sentences]
        starts = sentences.places[:, 0]
        order = [int(number) for number in np.argsort(-meaning, kind="stable")]
        near = [
            Nearness(
                block.cosines[inside].T,
                encoded.tokens.spans.astype(np.int64),
                block.spans[inside].astype(np.int64) - starts[number],
            )
            for number in order[:2]
            for inside in [block.unit == number]
        ]
        return [places[number] for number in order], float(meaning[order[0]]), near

    def _judged(
        self,
        said: Statement,
        quotes: Sequence[tuple[Hit, Span]],
        near: Sequence[Nearness],
        language: TextLanguage,
        generation: Generation,
    ) -> Judgement:
        """Return the judgement on what is said by ``quotes``, one or two sentences, as on any claim."""
        readings = [hit.passage.reading_of(span) for hit, span in quotes]
        joined = near[0]
        for reading, other in zip(readings, near[1 : len(readings)], strict=False):
            joined = joined.followed_by(other, len(reading) + 1)
        titles = {title for hit, _ in quotes for title in headings(hit.passage)}
        titles |= {generation.documents[hit.passage.document_id].title for hit, _ in quotes}
        reader, glossary = self._statements, generation.glossary
        return judge_sentence(said, "\n".join(readings), joined, sorted(titles), reader, glossary, language)

    def _compared(
        self, said: Statement, quotes: Sequence[tuple[Hit, Span]], generation: Generation
    ) -> tuple[list[str], Gaps]:
        """Return the kinds of differences between what is said and ``quotes``, and what of it these lack."""
        documents, reader = generation.documents, self._statements
        evidence = reader.read_held("\n".join(hit.passage.reading_of(span) for hit, span in quotes))
        titles = {title for hit, _ in quotes for title in headings(hit.passage)}
        titles |= {documents[hit.passage.document_id].title for hit, _ in quotes}
        around = context_of(reader.read_held("\n".join(sorted(titles))))
        found = check(said, evidence, reader.terms, context=around, glossary=generation.glossary)
        gaps = find_gaps(said, evidence, around, reader, generation.glossary, generation.features.vocabulary)
        return list(dict.fromkeys(item.kind for item in found)), gaps


def _states(said: Statement) -> bool:
    """Tell whether a sentence says something of something: a question or a lone word has nothing to bear out."""
    return len(said.subjects | said.others) > 1 and not _QUESTION.search(said.text)


def _form_problems(draft: Draft, language: InterfaceLanguage, cited: Sequence[Hit]) -> list[str]:
    problems = []
    if not cited:
        problems.append("citation")
    if not _speaks(draft.text, language):
        problems.append("language")
    if draft.linked:
        problems.append("link")
    if not all(any(quote in hit.passage.reading.text for hit in cited) for quote in _QUOTED.findall(draft.text)):
        problems.append("quote")
    return problems


def _speaks(text: str, language: InterfaceLanguage) -> bool:
    """Tell whether ``text`` is in ``language``; names and abbreviations of the other one are expected in Chinese."""
    if _FOREIGN.search(text):
        return False
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    return han * 3 >= latin or han >= len(_WORD.findall(text)) if language == "zh" else latin > han * 4
