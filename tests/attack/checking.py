"""Telling whether answers that were given while everything changed are right: a pure function over what was noted."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moved:
    """From some moment between ``sent`` and ``done`` the generation named answers, of whose texts each names its edition."""

    sent: float
    done: float
    generation: str
    edition: str


@dataclass(frozen=True, slots=True)
class Killed:
    """A worker was told to die at ``sent``; at ``gone`` it was dead, and all of its connections closed."""

    sent: float
    gone: float


@dataclass(frozen=True, slots=True)
class Given:
    """A request from ``began`` to ``ended``: its status (0: the connection broke), and what its answer said it is of."""

    began: float
    ended: float
    status: int
    generation: str = ""
    editions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with the answers, by kind."""

    failed: tuple[Given, ...]
    mixed: tuple[Given, ...]
    stale: tuple[Given, ...]

    @property
    def none(self) -> bool:
        return not (self.failed or self.mixed or self.stale)


def check(moves: Sequence[Moved], kills: Sequence[Killed], answers: Sequence[Given], grace: float) -> Faults:
    """Return the faults of ``answers``: seconds are of one clock, ``moves`` in order, ``grace`` what a swap may take.

    Failed is a request that wasn't answered, unless its connection broke while a worker was dying. Mixed is an answer with
    texts of another edition than its generation's. Stale is one of a generation that, ``grace`` seconds before the request
    began, wasn't the current one any more, or that wasn't published before it ended.
    """
    edition = {move.generation: move.edition for move in moves}
    failed, mixed, stale = [], [], []
    for given in answers:
        if given.status != 200:
            excused = given.status == 0 and any(given.began <= kill.gone and kill.sent <= given.ended for kill in kills)
            failed += [] if excused else [given]
        elif given.editions - {edition.get(given.generation, "")}:
            mixed.append(given)
        elif not _was_current(given, moves, grace):
            stale.append(given)
    return Faults(tuple(failed), tuple(mixed), tuple(stale))


def _was_current(given: Given, moves: Sequence[Moved], grace: float) -> bool:
    for place, move in enumerate(moves):
        replaced = moves[place + 1].done + grace if place + 1 < len(moves) else float("inf")
        if move.generation == given.generation and move.sent <= given.ended and given.began <= replaced:
            return True
    return False
