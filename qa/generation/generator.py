"""Generated answers: a model writes, each sentence is checked before it is shown, and trouble ends in the extractive answer.

Nothing is sent anywhere where the corpus doesn't answer. Events come in the order sources, sentences, done; a fallback
takes back the sentences before it.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

import anyio.to_thread

from index.generations.opening import Generation
from qa.answers.citations import CitationError, cite
from qa.generation.drafting import Draft, Drafter
from qa.generation.llm import Endpoint, EndpointError
from qa.generation.prompting import messages
from qa.generation.support import SupportChecker
from qa.model import AnswerSentence, Citation, Fallback, Result
from qa.questions.language import InterfaceLanguage

Reason = Literal["timeout", "endpoint", "unsupported", "empty"]

_MOST_SENTENCES = 8
_UNSUPPORTED: dict[InterfaceLanguage, str] = {"en": " (not supported)", "zh": "（无证据支持）"}
_DETAILS: dict[Reason, dict[InterfaceLanguage, str]] = {
    "timeout": {
        "en": "The language model took too long; these are sentences of the corpus instead.",
        "zh": "语言模型超时未答，以下改为语料库原文。",
    },
    "endpoint": {
        "en": "The language model could not be used; these are sentences of the corpus instead.",
        "zh": "语言模型无法使用，以下改为语料库原文。",
    },
    "unsupported": {
        "en": "The passages bear out nothing of what the language model wrote; these are sentences of the corpus instead.",
        "zh": "语言模型所写的内容没有一句得到段落支持，以下改为语料库原文。",
    },
    "empty": {
        "en": "The language model wrote nothing; these are sentences of the corpus instead.",
        "zh": "语言模型没有写出内容，以下改为语料库原文。",
    },
}


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages that the answer will rest on, before anything is written."""

    result: Result


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence of the answer, checked."""

    sentence: AnswerSentence


@dataclass(frozen=True, slots=True)
class FellBack:
    """What was written so far is taken back; the extractive answer follows."""

    fallback: Fallback


@dataclass(frozen=True, slots=True)
class Done:
    """The whole result, and the generation that it is from."""

    result: Result
    generation: Generation


Event = Sources | Written | FellBack | Done


@dataclass(frozen=True, slots=True)
class Generator:
    """What writes and checks; ``unsupported`` sentences are dropped or marked, ``timeout`` is in seconds for an answer."""

    endpoint: Endpoint
    checker: SupportChecker
    unsupported: Literal["drop", "mark"]
    timeout: float

    async def events(self, result: Result, generation: Generation) -> AsyncGenerator[Event, None]:
        """Yield the answer to an answered question as it is written; leaving early closes the endpoint's connection.

        ``result`` is the extractive one, of ``generation``. Checks run in worker threads.
        """
        yield Sources(result)
        if not result.answerable:
            yield Done(result, generation)
            return
        began = time.monotonic()
        page = _Page(result, generation)
        trouble: Reason | None = None
        wrote = False
        try:
            asked = messages(result.question, result.answer_language, result.hits)
            async with self.endpoint.stream(asked) as pieces, aclosing(self._drafts(pieces)) as drafts:
                async for draft in drafts:
                    wrote = True
                    sentence = await anyio.to_thread.run_sync(page.checked, self.checker, draft)
                    if sentence.supported or (self.unsupported == "mark" and "link" not in sentence.problems):
                        page.sentences.append(sentence)
                        yield Written(sentence)
                    if len(page.sentences) == _MOST_SENTENCES:
                        break
        except EndpointError as error:
            trouble = "timeout" if error.trouble == "timeout" else "endpoint"
        if not trouble and not any(sentence.supported for sentence in page.sentences):
            trouble = "unsupported" if wrote else "empty"
        if trouble:
            fallback = Fallback(trouble, _DETAILS[trouble][result.answer_language])
            yield FellBack(fallback)
            for sentence in result.answer.sentences:
                yield Written(sentence)
            told = replace(result, answer=replace(result.answer, fallback=fallback))
        else:
            told = page.result()
        yield Done(replace(told, took_ms=round(result.took_ms + (time.monotonic() - began) * 1000, 1)), generation)

    async def _drafts(self, pieces: AsyncIterator[str]) -> AsyncGenerator[Draft, None]:
        drafter = Drafter()
        until = time.monotonic() + self.timeout
        async for piece in pieces:
            for draft in drafter.add(piece):
                yield draft
            if drafter.full:
                break
            if time.monotonic() > until:
                raise EndpointError("timeout", f"the answer took more than {self.timeout:g} seconds")
        for draft in drafter.end():
            yield draft


async def retell(result: Result, generation: Generation) -> AsyncGenerator[Event, None]:
    """Yield a result that is whole already in the events of a generated one."""
    yield Sources(result)
    for sentence in result.answer.sentences:
        yield Written(sentence)
    yield Done(result, generation)


class _Page:
    """The answer as far as it is written: its sentences, and the citations that they need."""

    def __init__(self, result: Result, generation: Generation) -> None:
        self._result = result
        self._generation = generation
        self._citations = list(result.citations)
        self.sentences: list[AnswerSentence] = []

    def checked(self, checker: SupportChecker, draft: Draft) -> AnswerSentence:
        """Return ``draft`` as a sentence of the answer, with citations of the sentences that bear it out."""
        result = self._result
        support = checker.check(draft, result.answer_language, result.hits, self._generation)
        numbers, problems = [], list(support.problems)
        for hit, span in support.quotes:
            text = span.of(self._generation.documents[hit.passage.document_id].text)
            try:
                made = cite(len(self._citations) + 1, hit.passage, span, text, self._generation)
            except CitationError:
                problems.append("citation")
                continue
            numbers.append(self._number(made))
        supported = not problems
        return AnswerSentence(draft.text, tuple(numbers) if supported else (), (), supported, tuple(dict.fromkeys(problems)))

    def result(self) -> Result:
        """Return the result with what was written as its answer."""
        return replace(
            self._result,
            answer=replace(
                self._result.answer,
                mode="generated",
                text=_text(self.sentences, self._result.answer_language),
                sentences=tuple(self.sentences),
            ),
            citations=tuple(self._citations),
        )

    def _number(self, made: Citation) -> int:
        for citation in self._citations:
            if (citation.passage.id, citation.span) == (made.passage.id, made.span):
                return citation.number
        self._citations.append(made)
        return made.number


def _text(sentences: Sequence[AnswerSentence], language: InterfaceLanguage) -> str:
    between = " " if language == "en" else ""
    return between.join(
        sentence.text + ("".join(f"[{number}]" for number in sentence.citations) or _UNSUPPORTED[language])
        for sentence in sentences
    )
