"""Who comes when, where many wait: one client's flood costs others one turn, and bounds bite only where others wait."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from api.bounds.admission import Admission
from api.bounds.clients import asking
from api.bounds.pace import Pace
from api.errors import ProblemError


def order(most: int, clients: list[str]) -> list[str]:
    """Return what became of one question of each of ``clients``, which come in this order while the first is answered."""
    happened: list[str] = []

    async def run() -> None:
        admission = Admission(1, most)
        ended = asyncio.Event()

        async def ask(client: str) -> None:
            asking.set(client)
            try:
                async with admission.turn():
                    happened.append(client)
                    await ended.wait()
            except ProblemError as error:
                happened.append(f"{error.code} {client}")

        tasks = []
        for client in clients:
            tasks.append(asyncio.create_task(ask(client)))
            await asyncio.sleep(0)
        ended.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())
    return happened


def test_who_has_one_question_waits_for_one_of_each_other() -> None:
    """Though eighty of another client came before."""
    happened = order(200, ["flood"] * 80 + ["other"] * 3 + ["good"])
    assert happened.index("good") <= 3
    assert happened[:7] == ["flood", "flood", "other", "good", "flood", "other", "flood"]
    assert happened.count("flood") == 80 and happened.count("other") == 3


def test_a_client_alone_may_have_all_places() -> None:
    """A bound on one address bites only where others wait."""
    assert order(10, ["alone"] * 10) == ["alone"] * 10
    assert order(10, ["alone"] * 11).count("busy alone") == 1


def test_where_no_place_is_left_the_one_with_the_most_gives_way() -> None:
    """With its newest question; a client that has as many as any other gets no place of another's."""
    happened = order(5, ["flood"] * 5 + ["good"] * 3)
    assert happened[0] == "flood" and happened.count("good") == 2
    assert happened.count("busy flood") == 2 and happened.count("busy good") == 1
    assert order(3, ["a", "b", "c", "d"]).count("busy d") == 1


def test_who_goes_away_leaves_the_queue() -> None:
    """Its place is free at once, and its turn goes to the next."""

    async def run() -> None:
        admission = Admission(1, 2)
        held = admission.turn()
        await held.__aenter__()
        waiting = asyncio.create_task(enter(admission, "gone"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        next_one = asyncio.create_task(enter(admission, "next"))
        await asyncio.sleep(0)
        await held.__aexit__(None, None, None)
        assert await next_one == "next"

    asyncio.run(run())


def test_a_turn_that_comes_with_the_cancelling_is_passed_on() -> None:
    """No turn is lost, however many go away."""

    async def run() -> None:
        admission = Admission(1, 50)
        held = admission.turn()
        await held.__aenter__()
        waiting = [asyncio.create_task(enter(admission, f"client {number}")) for number in range(20)]
        await asyncio.sleep(0)
        await held.__aexit__(None, None, None)
        for task in waiting[:19]:
            task.cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert results[19] == "client 19"
        assert await asyncio.wait_for(enter(admission, "after"), 5) == "after"

    asyncio.run(run())


async def enter(admission: Admission, client: str) -> str:
    asking.set(client)
    async with admission.turn():
        return client


def test_draining_sends_all_away_who_wait() -> None:
    """And all who come."""

    async def run() -> None:
        admission = Admission(1, 9)
        async with admission.turn():
            waiting = [asyncio.create_task(refusal(lambda name=name: enter(admission, name))) for name in "aab"]  # type: ignore[misc]
            await asyncio.sleep(0)
            admission.drain()
            assert await asyncio.gather(*waiting) == ["busy"] * 3
            assert await refusal(lambda: enter(admission, "c")) == "busy"

    asyncio.run(run())


async def refusal(work: Callable[[], Coroutine[Any, Any, str]]) -> str:
    try:
        return await work()
    except ProblemError as error:
        return error.code


def test_a_client_that_is_too_fast_waits_and_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred at once and as many a second; what it saved up is no more than that."""
    now = 1000.0
    monkeypatch.setattr("api.bounds.pace.time.monotonic", lambda: now)
    pace = Pace()
    assert max(pace.delay("fast") for _ in range(201)) < 1e-9
    assert [round(pace.delay("fast"), 3) for _ in range(3)] == [0.005, 0.01, 0.015]
    assert pace.delay("other") == 0.0
    now += 3600
    assert max(pace.delay("fast") for _ in range(201)) < 1e-9 and pace.delay("fast") > 0.004
    assert pace.delay("refused", 10_000) == 0.0 and 1.9 < pace.delay("refused") <= 2.0  # and no longer, whatever it did


def test_the_last_turn_is_left_for_others_while_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client alone has both turns; while another asks now and then, it has one, and the other needn't wait."""
    now = 1000.0
    monkeypatch.setattr("api.bounds.admission.time.monotonic", lambda: now)
    held: Counter[str] = Counter()

    async def run() -> None:
        nonlocal now
        admission = Admission(2, 50)
        ended = {name: asyncio.Event() for name in ("flood", "good")}

        async def ask(client: str) -> None:
            asking.set(client)
            async with admission.turn():
                held[client] += 1
                await ended[client].wait()
                held[client] -= 1

        async def settled() -> None:
            for _ in range(20):
                await asyncio.sleep(0)

        alone = [asyncio.create_task(ask("flood")) for _ in range(2)]
        await settled()
        assert held["flood"] == 2
        good = asyncio.create_task(ask("good"))
        ended["flood"].set()
        await settled()
        assert held["good"] == 1
        ended["flood"].clear()
        flood = [asyncio.create_task(ask("flood")) for _ in range(5)]
        ended["good"].set()
        await settled()
        assert (held["flood"], held["good"]) == (1, 0)  # a turn is free for the other
        another = asyncio.create_task(ask("good"))
        await settled()
        assert another.done()
        now += 60  # the other is gone
        flood.append(asyncio.create_task(ask("flood")))
        ended["flood"].set()
        await asyncio.gather(*alone, good, *flood, another)

    asyncio.run(run())
    assert sum(held.values()) == 0
