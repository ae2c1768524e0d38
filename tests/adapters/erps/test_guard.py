"""A connection that is guarded: what one ERP may take, and when it is left in peace."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from adapters.erps._guard import Bounds, Guarded
from domain.erps import Canary, ErpTrouble, RecordId, RecordState, Sighting, Trouble

BOUNDS = Bounds(in_flight=3, failures=3, rest_seconds=15, slow_seconds=4)
BILL = RecordId("1")
GOOD = None


@dataclass(slots=True)
class PlayedErp:
    """Says what it is told to say, and counts how often and by how many it is asked."""

    says: list[ErpTrouble | None] = field(default_factory=list)
    """In turn; then nothing but good answers."""
    waits: asyncio.Event | None = None
    asked: int = 0
    at_once: int = 0
    most_at_once: int = 0
    entered: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def asked_by(self, so_many: int) -> None:
        """Returns when so many wait for an answer."""
        async with self.entered:
            await self.entered.wait_for(lambda: self.at_once >= so_many)

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with self.entered:
                self.entered.notify_all()
            if self.waits is not None:
                await self.waits.wait()
        finally:
            self.at_once -= 1
        said = self.says.pop(0) if self.says else GOOD
        if said is not None:
            raise said
        now = datetime.now(UTC)
        return [Sighting(each, RecordState.OPEN, now, "there") for each in record_ids]

    async def choose_canary(self) -> Canary | None:
        await self.look_up([])
        return None


@dataclass(slots=True)
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def failure(trouble: Trouble = Trouble.TIMEOUT, retry_after: int | None = None) -> ErpTrouble:
    return ErpTrouble(trouble, "as played", retry_after)


async def trouble_of(erp: Guarded) -> ErpTrouble:
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([BILL])
    return caught.value


async def test_no_more_than_so_many_look_ups_are_under_way_and_all_are_answered() -> None:
    played = PlayedErp(waits=asyncio.Event())
    erp = Guarded(played, BOUNDS)
    asking = [asyncio.create_task(erp.look_up([BILL])) for _ in range(10)]
    await played.asked_by(BOUNDS.in_flight)
    assert played.waits is not None
    played.waits.set()

    answers = await asyncio.gather(*asking)

    assert played.most_at_once == BOUNDS.in_flight
    assert [len(answer) for answer in answers] == [1] * 10


async def test_one_that_gives_up_in_the_line_takes_nobodys_turn() -> None:
    played = PlayedErp(waits=asyncio.Event())
    erp = Guarded(played, BOUNDS)
    asking = [asyncio.create_task(erp.look_up([BILL])) for _ in range(5)]
    await played.asked_by(BOUNDS.in_flight)
    asking[3].cancel()
    assert played.waits is not None
    played.waits.set()

    answers = await asyncio.gather(*asking, return_exceptions=True)

    assert [isinstance(each, asyncio.CancelledError) for each in answers] == [False] * 3 + [
        True,
        False,
    ]


async def test_after_failures_in_a_row_it_is_left_in_peace_and_then_tried_by_one() -> None:
    played, clock = PlayedErp([failure()] * 3), Clock()
    erp = Guarded(played, BOUNDS, clock)
    for _ in range(3):
        assert (await trouble_of(erp)).retry_after_seconds is None
    assert played.asked == 3

    clock.now += 5
    said = await trouble_of(erp)

    assert (said.trouble, said.retry_after_seconds) == (Trouble.TIMEOUT, 10)
    assert played.asked == 3

    clock.now += 10
    played.waits = asyncio.Event()
    first = asyncio.create_task(erp.look_up([BILL]))
    await played.asked_by(1)
    assert (await trouble_of(erp)).trouble is Trouble.TIMEOUT
    assert played.asked == 4
    played.waits.set()
    assert await first
    assert await erp.look_up([BILL])


async def test_a_try_that_fails_gives_it_another_rest() -> None:
    played, clock = PlayedErp([failure()] * 4), Clock()
    erp = Guarded(played, BOUNDS, clock)
    for _ in range(3):
        await trouble_of(erp)
    clock.now += 16
    await trouble_of(erp)
    assert played.asked == 4

    assert (await trouble_of(erp)).retry_after_seconds == 15
    assert played.asked == 4


async def test_a_try_that_was_given_up_is_followed_by_another() -> None:
    played, clock = PlayedErp([failure()] * 3), Clock()
    erp = Guarded(played, BOUNDS, clock)
    for _ in range(3):
        await trouble_of(erp)
    clock.now += 16
    played.waits = asyncio.Event()
    trying = asyncio.create_task(erp.look_up([BILL]))
    await played.asked_by(1)
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)
    played.waits.set()

    assert await erp.look_up([BILL])


async def test_a_good_answer_in_between_starts_the_count_anew() -> None:
    played = PlayedErp([failure(), failure(), GOOD, failure(), failure(), GOOD])
    erp = Guarded(played, BOUNDS)
    for _ in range(2):
        await trouble_of(erp)
        await trouble_of(erp)
        assert await erp.look_up([BILL])


@pytest.mark.parametrize(
    "trouble",
    [Trouble.FORBIDDEN, Trouble.UNEXPECTED_ANSWER, Trouble.NOT_VISIBLE, Trouble.UNAUTHORIZED],
)
async def test_an_erp_that_answers_is_not_a_failing_one(trouble: Trouble) -> None:
    played = PlayedErp([failure(trouble)] * 6)
    erp = Guarded(played, BOUNDS)
    for _ in range(6):
        assert (await trouble_of(erp)).trouble is trouble
    assert played.asked == 6


@pytest.mark.parametrize("trouble", [Trouble.RATE_LIMITED, Trouble.SERVER_ERROR])
async def test_is_not_asked_before_the_time_that_it_named(trouble: Trouble) -> None:
    played, clock = PlayedErp([failure(trouble, 30)]), Clock()
    erp = Guarded(played, BOUNDS, clock)

    assert (await trouble_of(erp)).retry_after_seconds == 30
    clock.now += 29.5
    with pytest.raises(ErpTrouble) as caught:
        await erp.choose_canary()

    assert (caught.value.trouble, caught.value.retry_after_seconds) == (trouble, 1)
    assert played.asked == 1
    clock.now += 1
    assert await erp.look_up([BILL])


async def test_a_good_answer_to_an_earlier_question_does_not_cut_the_rest_short() -> None:
    played, clock = PlayedErp([failure(Trouble.RATE_LIMITED, 30)], asyncio.Event()), Clock()
    erp = Guarded(played, BOUNDS, clock)
    asking = [asyncio.create_task(erp.look_up([BILL])) for _ in range(2)]
    await played.asked_by(2)
    assert played.waits is not None
    played.waits.set()
    await asyncio.gather(*asking, return_exceptions=True)

    assert (await trouble_of(erp)).retry_after_seconds == 30


@pytest.mark.parametrize(("lasted", "left_in_peace"), [(5.0, True), (1.0, False)])
async def test_look_ups_given_up_after_long_count_as_time_outs(
    lasted: float, left_in_peace: bool
) -> None:
    played, clock = PlayedErp(waits=asyncio.Event()), Clock()
    erp = Guarded(played, BOUNDS, clock)
    for _ in range(3):
        asking = asyncio.create_task(erp.look_up([BILL]))
        await played.asked_by(1)
        clock.now += lasted
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    assert played.waits is not None
    played.waits.set()

    if left_in_peace:
        assert (await trouble_of(erp)).trouble is Trouble.TIMEOUT
    else:
        assert await erp.look_up([BILL])


# Once more


@pytest.mark.parametrize("trouble", [Trouble.UNREACHABLE, Trouble.SERVER_ERROR])
async def test_what_may_pass_is_asked_once_more(trouble: Trouble) -> None:
    played = PlayedErp([failure(trouble)])

    assert await Guarded(played, BOUNDS).look_up([BILL])
    assert played.asked == 2


@pytest.mark.parametrize(
    "said",
    [
        failure(Trouble.TIMEOUT),
        failure(Trouble.UNAUTHORIZED),
        failure(Trouble.RATE_LIMITED),
        failure(Trouble.UNEXPECTED_ANSWER),
        failure(Trouble.SERVER_ERROR, 30),
    ],
    ids=str,
)
async def test_what_does_not_pass_by_itself_is_not_asked_again(said: ErpTrouble) -> None:
    played = PlayedErp([said])

    assert (await trouble_of(Guarded(played, BOUNDS))).trouble is said.trouble
    assert played.asked == 1
