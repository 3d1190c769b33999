"""The service as one object, for the API and the command line: generations built and swapped, questions answered."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus.segmentation import Segmenter
from corpus.term_base import TermBase
from corpus.term_files import read_terms
from index.building.build import BuildReport
from index.building.places import BuildPlaces
from index.building.publishing import publish, read_language, tools
from index.building.tools import Progress, Tools
from index.errors import NoGenerationError
from index.generations.lock import build_lock
from index.generations.opening import Generation, open_generation
from index.generations.store import GenerationStore, VerifiedGeneration
from index.models.embedding import Embedder
from qa.answers.engine import Engine
from qa.generation.generator import Generator
from qa.model import Result
from qa.serving import Serving
from qa.verification.verifier import Verifier

log = logging.getLogger("mscqa")


@dataclass(frozen=True, slots=True)
class Voice:
    """What asks and what writes, both with one state of the term base."""

    engine: Engine
    writer: Generator | None


Speak = Callable[[TermBase, Segmenter], Voice]
"""Makes the voice for a term base: where everything that asking needs is wired (qa/bootstrap.py)."""


class Service:
    """One process's view of a data folder; safe to use from many threads."""

    def __init__(self, places: BuildPlaces, embedder: Embedder, speak: Speak) -> None:
        self.places = places
        self.store = GenerationStore(places.data_dir)
        self.embedder = embedder
        self._speak = speak
        self._tools, self._voice = self._read_language()
        self._serving: Serving | None = None
        self._seen: str | None = None  # what the pointer held then: a damaged generation is looked at once, not endlessly
        self._swapping = threading.Lock()

    @property
    def serving(self) -> Serving:
        """What answers now; raises ``NoGenerationError`` before the first."""
        serving = self._serving
        if serving is None:
            raise NoGenerationError("The index is being built. Ask again in a moment.")
        return serving

    @property
    def generation(self) -> Generation:
        """The generation that answers now; raises ``NoGenerationError`` before the first."""
        return self.serving.generation

    def ask(self, question: str, *, limit: int = 5, expand: bool = True) -> Result:
        """Return the answer of the current generation to ``question``; raises ``NoGenerationError`` before the first."""
        return self.serving.ask(question, limit=limit, expand=expand)

    def refresh(self) -> bool:
        """Open the published generation if it isn't the one that answers; return whether that changed.

        Where the term base was edited, it is read anew: a generation answers only with the terms that it was built with.
        Raises ``NoGenerationError`` where none can be used. The old generation answers until the new one is open.
        """
        if self._is_followed():
            return False
        with self._swapping:
            if self._is_followed():  # by another thread, whose swap was waited for here
                return False
            pointer = self.store.pointer()
            held = self._serving.generation if self._serving else None
            self._follow_terms()

            def opened_or_held(verified: VerifiedGeneration) -> Generation:
                if held is None or verified.manifest.name != held.name:
                    return open_generation(verified)
                return held if verified.problems == held.problems else replace(held, problems=verified.problems)

            opened = self.store.opened(self._tools.recipe, opened_or_held)
            if opened is not held:
                self._serving = self.over(opened)
            # By name: had the pointer moved since it was read, its coming back to that place would pass unseen. And not
            # before it answers: whoever finds it seen goes on to ask it.
            self._seen = pointer if opened.problems else opened.name
            if opened is held:
                return False
        for problem in opened.problems:
            log.warning("passed over: %s", problem)
        log.info("generation %s answers (%d passages)", opened.name, len(opened.passages))
        return True

    def over(self, generation: Generation) -> Serving:
        """Return what would answer from ``generation``."""
        voice = self._voice
        return Serving(
            voice.engine, generation, Verifier(voice.engine.look_up, generation, voice.engine.statements), voice.writer
        )

    def rebuild(self, progress: Progress = lambda step, done, whole: None, *, force: bool = False) -> BuildReport:
        """Read the corpus, publish a generation if anything changed, and answer from it.

        Raises ``CorpusError``, ``IndexStoreError`` or ``BuildRunningError``; the old generation then still answers.
        """
        with build_lock(self.places.data_dir):
            with self._swapping:
                self._follow_terms()
            report = publish(self.places, self._tools, progress, force=force)
        self.refresh()
        return report

    def rollback(self, name: str) -> None:
        """Answer from another kept generation, after verifying it.

        Raises ``BuildRunningError`` while a build runs, which would publish over it, and ``IndexStoreError``.
        """
        with build_lock(self.places.data_dir):
            self.store.rollback(name, self._tools.recipe)
        self.refresh()

    def _is_followed(self) -> bool:
        """Tell whether what the pointer names was looked at, and answers if it can."""
        return self._serving is not None and self.store.pointer() == self._seen

    def _follow_terms(self) -> None:
        """Read the term base anew where it was edited; the caller holds the lock for swapping."""
        if read_terms(self.places.terms_dir).fingerprint != self._tools.dictionary:
            self._tools, self._voice = self._read_language()

    def _read_language(self) -> tuple[Tools, Voice]:
        """Return what builds and what speaks, both with the term base as it is now."""
        terms, segmenter = read_language(self.places)
        return tools(self.places, self.embedder, terms, segmenter), self._speak(terms, segmenter)
