"""How often a connection asks: so many requests at once, and so many in a minute."""

import asyncio
from dataclasses import dataclass

import pytest

from adapters.erps._pace import PATIENCE_SECONDS, Pace
from domain.erps import ErpTrouble, Trouble


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Asking:
    """Requests that last until they are let go."""

    pace: Pace
    under_way: int = 0
    most: int = 0

    async def ask(self, go: asyncio.Event) -> None:
        async with self.pace.turn():
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            await go.wait()
            self.under_way -= 1


async def full_minute(clock: Clock, seconds_between: float) -> Pace:
    """Three requests, which is all that a minute has room for."""
    pace = Pace(at_once=3, per_minute=3, clock=clock)
    for _ in range(3):
        async with pace.turn():
            clock.now += seconds_between
    return pace


async def test_no_more_requests_are_under_way_than_the_erp_allows() -> None:
    asking, go = Asking(Pace(2)), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(asking.ask(go))
        for _ in range(5):
            await asyncio.sleep(0)
        go.set()

    assert asking.most == 2


async def test_who_finds_the_minute_full_is_told_how_long_to_wait() -> None:
    clock = Clock()
    pace = await full_minute(clock, seconds_between=10)

    with pytest.raises(ErpTrouble) as caught:
        async with pace.turn():
            pass

    assert caught.value.trouble is Trouble.RATE_LIMITED
    assert caught.value.retry_after_seconds == 30


async def test_a_place_is_free_again_a_minute_after_it_was_taken() -> None:
    clock = Clock()
    pace = await full_minute(clock, seconds_between=10)
    clock.now = 1060

    async with pace.turn():
        pass
    with pytest.raises(ErpTrouble) as caught:
        async with pace.turn():
            pass
    assert caught.value.retry_after_seconds == 10


async def test_a_place_that_is_free_in_a_moment_is_waited_for() -> None:
    clock, go = Clock(), asyncio.Event()
    asking = Asking(await full_minute(clock, seconds_between=0))
    clock.now += 60 - PATIENCE_SECONDS

    waiting = asyncio.create_task(asking.ask(go))
    for _ in range(5):
        await asyncio.sleep(0)

    assert not waiting.done()
    assert asking.under_way == 0
    waiting.cancel()


async def test_without_a_limit_a_minute_has_room_for_all() -> None:
    pace = Pace(at_once=1, clock=Clock())
    for _ in range(1000):
        async with pace.turn():
            pass
