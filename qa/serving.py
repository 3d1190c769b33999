"""What answers now: one generation, and what asks, checks and writes over it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from index.generations.opening import Generation
from qa.answers.engine import Engine
from qa.generation.generator import Event, Generator, retell
from qa.model import Result
from qa.settings import NOT_CONFIGURED, SettingsError
from qa.verification.verifier import Verifier


@dataclass(frozen=True, slots=True)
class Serving:
    """One reference, taken once a question and replaced whole: a question under way ends on what it began with."""

    engine: Engine
    generation: Generation
    verifier: Verifier
    writer: Generator | None = None

    def ask(self, question: str, *, limit: int = 5, expand: bool = True) -> Result:
        """Return the answer to ``question`` with up to ``limit`` passages; without ``expand`` by its own words only."""
        return self.engine.ask(question, self.generation, limit=limit, expand=expand)

    def told(self, result: Result, *, generated: bool) -> AsyncGenerator[Event, None]:
        """Return the events of an answer to what was asked of this: as it stands, or written by the language model.

        Raises ``SettingsError`` where none is configured.
        """
        if not generated:
            return retell(result, self.generation)
        if self.writer is None:
            raise SettingsError(NOT_CONFIGURED)
        return self.writer.events(result, self.generation)
