"""Which connection makes room where there are too many."""

from collections import Counter
from collections.abc import Collection
from enum import IntEnum
from typing import Protocol, TypeVar


class State(IntEnum):
    """How far a connection is with its request; the higher, the sooner it makes room."""

    WORKING = 0  # it is being answered
    UNTAKEN = 1  # answered, and the client doesn't take the answer
    ARRIVING = 2  # a request is on its way
    IDLE = 3  # nothing is on its way


class Connection(Protocol):
    """What is looked at of a connection: ``held_by`` is who has it, ``since`` when its state began (monotonic seconds)."""

    @property
    def held_by(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> State: ...  # noqa: D102
    @property
    def since(self) -> float: ...  # noqa: D102


C = TypeVar("C", bound=Connection)


def gives_way(connections: Collection[C], *, newcomer: C, least: State = State.UNTAKEN) -> C | None:
    """Return which of ``connections`` makes room for ``newcomer``, or None where all are in a state below ``least``.

    It is one of the client that has the most connections; of those one that is idle before one whose request is on its
    way; of those the one that has been so for longest.
    """
    held = Counter(other.held_by for other in connections)
    others = [other for other in connections if other is not newcomer and other.state >= least]
    return max(others, key=lambda other: (held[other.held_by], other.state, -other.since), default=None)
