"""Checking quotes and claims against one generation."""

import threading
from collections.abc import Callable

from index.generations.opening import Generation
from qa.statements.reader import StatementReader
from qa.verification.claims import LookedUp, check_claim
from qa.verification.model import ClaimCheck, QuoteCheck
from qa.verification.quote_index import QuoteIndex, build_quote_index
from qa.verification.quotes import check_quote, checked_text

LookUp = Callable[[str, Generation], LookedUp]
"""Gives the passages that bear on a statement, with their signals, best first."""


class Verifier:
    """Checks quotes by their characters and claims through retrieval; safe to use from many threads."""

    def __init__(self, look_up: LookUp, generation: Generation, statements: StatementReader) -> None:
        self.generation = generation
        self.statements = statements
        self._look_up = look_up
        self._index: QuoteIndex | None = None
        self._building = threading.Lock()

    def quote(self, quote: str, document_id: str | None = None) -> QuoteCheck:
        """Return the verdict on ``quote``; raises ``QuoteError`` or ``UnknownDocumentError``.

        The first quote waits for the index of quotes: 4 ms for the bundled text, about 2 s for a million characters.
        """
        checked_text(quote)
        with self._building:
            self._index = self._index or build_quote_index(self.generation)
        return check_quote(quote, self.generation, self._index, self.statements, document_id)

    def claim(self, claim: str) -> ClaimCheck:
        """Return the judgement on ``claim``; raises ``QuoteError`` where it can't be checked."""
        checked_text(claim, "claim")
        return check_claim(claim, self._look_up(claim, self.generation), self.generation, self.statements)
