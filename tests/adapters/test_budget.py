"""Budgets in memory and in the database: one suite, on a clock of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.budget import FEW, InMemoryCostBudget
from adapters.store.budget import BUDGETS, SqlCostBudget
from adapters.store.engine import Database, open_database
from domain.budget import Allowance, Standing
from domain.ports import CostBudget
from tests.builders import NOON
from tests.databases import Templates, connections_in_use, nothing

ALLOWANCE = Allowance(size=1000, per_second=10)
ANN, BOB = 1, 2


@dataclass
class Clock:
    """A clock that stands still until the test moves it."""

    now: float = NOON.timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=["memory", "sqlite", POSTGRESQL])
async def budget(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path, clock: Clock
) -> AsyncIterator[CostBudget]:
    if request.param == "memory":
        yield InMemoryCostBudget(ALLOWANCE, clock)
        return
    async with opened(templates.copy(request.param, "empty", nothing, tmp_path)) as database:
        yield SqlCostBudget(database, ALLOWANCE, clock)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        await database.engine.dispose()


async def take(budget: CostBudget, cost: int, person_id: int = ANN) -> Standing:
    standing = await budget.take(person_id, cost)
    assert standing is not None
    return standing


async def test_it_refills_steadily(budget: CostBudget, clock: Clock) -> None:
    assert await take(budget, 600) == Standing(True, 400, NOON + timedelta(seconds=60))

    left = []
    for _ in range(5):
        clock.now += 2
        left.append((await take(budget, 10)).remaining)

    assert left == [410, 420, 430, 440, 450]
    clock.now += 1000
    assert (await take(budget, 1)).remaining == 999


async def test_what_is_refused_takes_nothing_and_is_granted_after_the_wait(
    budget: CostBudget, clock: Clock
) -> None:
    await take(budget, 950)

    refused = await take(budget, 100)
    again = await take(budget, 100)

    assert refused == Standing(False, 50, NOON + timedelta(seconds=95), wait_seconds=5)
    assert again == refused
    clock.now += refused.wait_seconds
    assert (await take(budget, 100)).granted


async def test_everyone_has_their_own(budget: CostBudget) -> None:
    await take(budget, 1000, ANN)

    assert not (await take(budget, 1, ANN)).granted
    assert (await take(budget, 1000, BOB)).granted


async def test_of_many_at_once_no_more_are_granted_than_there_is(budget: CostBudget) -> None:
    taken = await asyncio.gather(*(take(budget, 30) for _ in range(50)))

    assert sum(each.granted for each in taken) == 33
    assert not (await take(budget, 11)).granted
    assert (await take(budget, 10)).granted


async def test_a_clock_that_goes_back_locks_nobody_out_for_long(
    budget: CostBudget, clock: Clock
) -> None:
    await take(budget, 1000)
    clock.now -= 30

    refused = await take(budget, 10)

    assert (refused.remaining, refused.wait_seconds) == (0, 31)
    clock.now += refused.wait_seconds
    assert (await take(budget, 10)).granted
    clock.now -= 86_400
    assert await take(budget, 10) == Standing(True, 990, NOON - timedelta(seconds=86_398))


async def test_processes_that_share_the_database_share_the_budget(
    database_url: str, clock: Clock
) -> None:
    """Each engine is a process's own; that processes do share it is told in `tests/safety`."""
    async with opened(database_url) as first, opened(database_url) as second:
        budgets = [SqlCostBudget(each, ALLOWANCE, clock) for each in (first, second)]

        taken = await asyncio.gather(*(take(each, 30) for each in budgets * 25))

    assert sum(each.granted for each in taken) == 33


async def test_those_who_are_full_again_are_forgotten(clock: Clock) -> None:
    budget = InMemoryCostBudget(ALLOWANCE, clock)
    for person_id in range(20 * FEW):
        await take(budget, 10, person_id)
        clock.now += 0.01

        assert budget.kept <= FEW + 1


async def test_nobody_is_forgotten_who_is_not_full_again(clock: Clock) -> None:
    budget = InMemoryCostBudget(ALLOWANCE, clock)
    await take(budget, 1000, ANN)
    for person_id in range(10, 5 * FEW):
        await take(budget, 1, person_id)
        clock.now += 0.001

    assert not (await take(budget, 100, ANN)).granted


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://erp_link:s3cret@127.0.0.1:1/erp_link",
        "sqlite+aiosqlite:///{folder}/never-migrated.sqlite",
    ],
)
async def test_a_request_is_let_through_when_the_budgets_cannot_be_read(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(url.format(folder=tmp_path)) as database:
        assert await SqlCostBudget(database, ALLOWANCE).take(ANN, 10) is None

    [line] = [each for each in caplog.messages if "without its budget" in each]
    assert "s3cret" not in line


async def test_a_request_is_let_through_when_the_database_is_slow_and_paid_for_when_it_is_not(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(database_url) as database, opened(database_url) as other:
        budget = SqlCostBudget(database, ALLOWANCE)
        await take(budget, 10)
        async with other.writing() as connection:
            await connection.execute(BUDGETS.update().values(full_at=BUDGETS.c.full_at + 1))
            assert await budget.take(ANN, 500) is None

        assert "without its budget" in caplog.text
        assert (await take(budget, 10)).granted
        assert connections_in_use(database) == 0


async def test_a_budget_is_kept_by_the_clock_of_the_world(database: Database) -> None:
    before = datetime.now(UTC)

    for budget in (InMemoryCostBudget(ALLOWANCE), SqlCostBudget(database, ALLOWANCE)):
        full_at = (await take(budget, 10)).full_at
        assert before < full_at < datetime.now(UTC) + timedelta(seconds=1)
