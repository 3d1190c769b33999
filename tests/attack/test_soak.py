"""The soak's own checker, and a short soak: answers right after a rollback are of the generation that was gone back to.

``MSCQA_SOAK_SECONDS`` makes it longer; `make soak` kills workers and builds besides.
"""

import os

import pytest

from tests.attack.checking import Given, Killed, Moved, check
from tests.attack.soak import run

SECONDS = float(os.environ.get("MSCQA_SOAK_SECONDS", "12"))
MOVES = [
    Moved(0, 0, "000001", "0"),
    Moved(10, 12, "000002", "1"),
    Moved(20, 21, "000001", "0"),  # gone back
    Moved(30, 32, "000003", "2"),
]


KILLS = [Killed(15, 15.5)]


def answered(began: float, ended: float, generation: str, *editions: str) -> Given:
    return Given(began, ended, 200, generation, frozenset(editions))


@pytest.mark.parametrize(
    "given",
    [
        answered(1, 2, "000001", "0"),
        answered(1, 2, "000001"),  # nothing was found
        answered(9, 11, "000002", "1"),  # published while it was asked
        answered(12.5, 13, "000001", "0"),  # within the second that a worker has
        answered(11, 30, "000001", "0"),  # a slow one: it was current when it began
        answered(22.5, 23, "000001", "0"),
        answered(21.5, 22, "000002", "1"),
        answered(100, 101, "000003", "2"),
        Given(14, 16, 0),  # a worker was killed at 15
        Given(15.4, 15.6, 0),  # and wasn't gone yet
    ],
)
def test_the_checker_finds_no_fault_in_a_right_answer(given: Given) -> None:
    """Of the current generation, or of the one before within the second after."""
    assert check(MOVES, KILLS, [given], 1.0).none


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (answered(13.5, 14, "000001", "0"), "stale"),  # 1.5 s after the next was there
        (answered(23, 24, "000002", "1"), "stale"),  # two seconds after going back
        (answered(34, 35, "000001", "0"), "stale"),
        (answered(5, 6, "000002", "1"), "stale"),  # not published yet
        (answered(5, 6, "000009", "0"), "mixed"),  # nobody published it
        (answered(5, 6, "000001", "0", "1"), "mixed"),
        (answered(13, 14, "000002", "0"), "mixed"),
        (Given(1, 2, 503), "failed"),
        (Given(14, 16, 503), "failed"),  # a kill is no excuse for an answer
        (Given(1, 2, 0), "failed"),  # nobody was killed then
        (Given(15.6, 16, 0), "failed"),  # it was gone, and others were there
        (Given(1, 2, 500), "failed"),
    ],
)
def test_the_checker_finds_each_planted_fault(given: Given, kind: str) -> None:
    """By its kind, among right answers, and by no other kind."""
    right = [answered(1, 2, "000001", "0"), answered(33, 34, "000003", "2")]
    found = check(MOVES, KILLS, [right[0], given, right[1]], 1.0)
    assert {name: getattr(found, name) for name in ("failed", "mixed", "stale")} == {
        name: (given,) if name == kind else () for name in ("failed", "mixed", "stale")
    }


def test_no_answer_of_two_workers_is_failed_mixed_or_stale() -> None:
    """While all is rebuilt, right after rollbacks, and when a worker or a build is killed."""
    soak = run(SECONDS, rebuild_every=3, roll_back_every=0.1, kill_every=SECONDS / 2)
    print(f"{len(soak.answers)} answers; {dict(soak.done)}")
    found = soak.faults()
    assert found.none, (found.failed[:3], found.mixed[:3], found.stale[:3])
    assert len(soak.answers) > 10 and soak.done["rollbacks"] >= 2
