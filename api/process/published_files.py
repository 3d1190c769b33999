"""Whether the files of the generation that answers are still there: it answers from memory, and a restart would not."""

import time

from index.generations.opening import Generation
from index.generations.store import GenerationStore

_LOOK_EVERY = 2.0  # seconds; a look is some twenty calls of stat
_SHOWN = 3


class PublishedFiles:
    """A look now and then at the served generation's files, by name and size."""

    def __init__(self, store: GenerationStore) -> None:
        self._store = store
        self._looked = 0.0
        self._seen: tuple[str, list[str]] = ("", [])  # a generation's name, and what is wrong with its files

    def reasons(self, generation: Generation | None) -> list[str]:
        """Return what is wrong, in a sentence, or nothing; the last look counts for two seconds."""
        if generation is None:
            return []
        now = time.monotonic()
        if self._seen[0] != generation.name or now - self._looked > _LOOK_EVERY:
            self._seen, self._looked = (generation.name, self._look(generation)), now
        return self._seen[1]

    def _look(self, generation: Generation) -> list[str]:
        gone = self._store.vanished(generation.manifest)
        if not gone:
            return []
        more = f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else ""
        return [
            f"files of generation {generation.name} have vanished or changed ({', '.join(gone[:_SHOWN])}{more}); it answers"
            " from memory until the next start: build anew with `mscqa build --force`"
        ]
