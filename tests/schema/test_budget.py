"""The budget as its callers meet it: told in every answer, and refused before anything is done."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from adapters.budget import InMemoryCostBudget
from adapters.store.engine import open_database
from domain.budget import Allowance
from tests.builders import HARBOR, NOON, a_directory, bring_in
from tests.databases import Templates
from tests.endpoint.machines import a_desk
from tests.fakes import FakeErp, contents, service_asking
from tests.schema import books
from tests.schema.conftest import HARBOR_ID, UNLINK, an_id
from tests.service import Service

WHO = "{ viewer { name } }"
PAGE = "query($c: ID!) { syncedInvoices(companyId: $c, first: 98) { nodes { number } } }"
"""Costs 99."""
HARBOR_ONLY = {"c": HARBOR_ID}


@dataclass
class Clock:
    now: float = NOON.timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(kind: str, templates: Templates, tmp_path: Path) -> str:
    return templates.copy(kind, "books", books.fill, tmp_path)


@pytest.fixture
async def service(url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Service]:
    """The books of two companies, for people with 200 points each, and 10 a second."""
    erp = FakeErp(dict(books.HARBOR_STATES), dict(books.HARBOR_DOCUMENTS))
    budget = InMemoryCostBudget(Allowance(200, 10), clock)
    async with service_asking(erp, url, tmp_path, budget=budget) as started:
        yield started


@contextmanager
def statements() -> Iterator[list[str]]:
    """All that is asked of the database, but for who is asking."""
    seen: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "people JOIN identities" not in statement and "memberships" not in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def cost(answer: httpx2.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["extensions"]["cost"]
    return found


async def test_every_answer_tells_what_is_left_and_when_it_is_full_again(service: Service) -> None:
    first = await service.post(PAGE, HARBOR_ONLY, "ann")
    second = await service.post(WHO, person="ann")
    wrong = await service.post("{ viewer { unknown } }", person="ann")

    told = {
        "requested": 99,
        "limit": 5000,
        "remaining": 101,
        "resetAt": "2026-03-31T12:00:09.900000Z",
    }
    assert cost(first) == told
    assert cost(second) == told | {
        "requested": 1,
        "remaining": 100,
        "resetAt": "2026-03-31T12:00:10Z",
    }
    assert cost(wrong)["remaining"] == 99
    for answer, left, full_in in ((first, 101, 10), (second, 100, 10), (wrong, 99, 11)):
        assert answer.headers["ratelimit-policy"] == '"cost";q=200;qu="cost";w=20'
        assert answer.headers["ratelimit"] == f'"cost";r={left};t={full_in}'
        assert "retry-after" not in answer.headers


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_over_the_budget_nothing_is_read_and_the_wait_is_told(
    service: Service, accept: str, clock: Clock
) -> None:
    service.http.headers["Accept"] = accept
    for _ in range(2):
        assert (await service.post(PAGE, HARBOR_ONLY, "ann")).status_code == 200

    with statements() as seen:
        refused = await service.post(PAGE, HARBOR_ONLY, "ann")

    assert seen == []
    assert refused.status_code == 429
    assert refused.headers["content-type"].startswith(accept)
    assert refused.headers["retry-after"] == "10"
    assert refused.headers["ratelimit"] == '"cost";r=2;t=10'
    body = refused.json()
    assert "data" not in body
    [error] = body["errors"]
    assert error["extensions"].pop("requestId")
    assert error == {
        "message": "Over the budget: this request costs 99, and 2 is left. Ask again in 10 s.",
        "extensions": {"code": "RATE_LIMITED", "retryAfterSeconds": 10},
    }
    assert cost(refused)["remaining"] == 2

    clock.now += 10
    assert (await service.post(PAGE, HARBOR_ONLY, "ann")).status_code == 200


async def test_a_mutation_over_the_budget_changes_nothing(service: Service, url: str) -> None:
    for _ in range(2):
        await service.post(PAGE, HARBOR_ONLY, "ann")
    database = open_database(url)
    before = await contents(database, HARBOR)

    refused = await service.error(
        UNLINK, {"invoice": an_id("SubcontractorInvoice", HARBOR, 1)}, "ann"
    )

    assert refused["extensions"]["code"] == "RATE_LIMITED"
    assert await contents(database, HARBOR) == before
    await database.engine.dispose()


async def test_everyone_has_a_budget_of_their_own(service: Service) -> None:
    for _ in range(3):
        await service.post(PAGE, HARBOR_ONLY, "ann")

    assert (await service.post(WHO, person="ann")).status_code == 200
    assert cost(await service.post(WHO, person="bob"))["remaining"] == 199


async def test_a_machine_does_not_ask_on_a_persons_account(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    budget = InMemoryCostBudget(Allowance(200, 10), clock)
    async with a_desk(database_url, tmp_path, budget=budget) as desk:
        first, second = await desk.token(), await desk.token()
        answers = [
            await desk.service.post(WHO, person="ann"),
            await desk.answer(first, WHO),
            await desk.answer(first, WHO),
            await desk.answer(second, WHO),
            await desk.service.post(WHO, person="ann"),
        ]

    assert [cost(answer)["remaining"] for answer in answers] == [199, 199, 198, 199, 198]


async def test_of_many_at_once_no_more_are_answered_than_the_budget_pays_for(
    service: Service,
) -> None:
    answers = await asyncio.gather(*(service.post(PAGE, HARBOR_ONLY, "ann") for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [429] * 18


async def test_what_asks_for_no_object_takes_one_point_all_the_same(service: Service) -> None:
    for left in (199, 198):
        told = cost(await service.post("{ __typename }", person="ann"))
        assert (told["requested"], told["remaining"]) == (0, left)


async def test_what_is_over_a_limit_takes_nothing(service: Service) -> None:
    dear = PAGE.replace("number", "unlinkHistory(first: 100) { at }")

    refused = await service.post(dear, HARBOR_ONLY, "ann")

    assert refused.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "remaining" not in cost(refused)
    assert "ratelimit" not in refused.headers
    assert cost(await service.post(WHO, person="ann"))["remaining"] == 199


async def test_who_is_not_let_in_is_told_of_no_budget(service: Service) -> None:
    answer = await service.http.post("/graphql", json={"query": WHO})

    assert answer.status_code == 401
    assert "ratelimit" not in answer.headers
    assert "extensions" not in answer.json()


async def test_the_default_is_a_budget_that_a_front_end_does_not_meet(
    database_url: str, tmp_path: Path
) -> None:
    """Ten of the dearest pages there are, at once."""
    database = open_database(database_url)
    await bring_in(database, a_directory(books.HARBOR_PEOPLE))
    await database.engine.dispose()
    async with service_asking(FakeErp(), database_url, tmp_path) as service:
        page = PAGE.replace("98", "100").replace("number", "unlinkHistory(first: 48) { at }")
        answers = [await service.post(page, HARBOR_ONLY, "ann") for _ in range(10)]

        told = cost(answers[-1])
        assert [answer.status_code for answer in answers] == [200] * 10
        assert told["remaining"] > 50_000 - 10 * told["requested"] - 1
        full_at = datetime.fromisoformat(told["resetAt"])
        assert timedelta(0) < full_at - datetime.now(full_at.tzinfo) <= timedelta(seconds=100)
