"""I2, I4 and I7: several at once, and what is given up half-way."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from adapters.settings import Settings
from adapters.store.engine import Database
from adapters.store.rows import ATTEMPTS, LINKS, REQUESTS
from adapters.tokens import DEMO_ISSUER
from app import open_services
from domain.erps import RecordState
from domain.ports import UnlinkRequests
from domain.unlink_requests import UnlinkRequestState
from resolvers.context import Context, Services
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from tests.builders import HARBOR
from tests.databases import connections_in_use
from tests.safety.books import books
from tests.safety.steps import Steps
from tests.safety.test_kills import give_up
from tests.waiting.agents import Agent, PolledErp
from tests.waiting.conftest import Office, an_office

DELETED = {f"BILL-{number}": RecordState.DELETED for number in range(1, 12)}


async def test_clicks_at_once_open_one_request(office: Office) -> None:
    ids = await asyncio.gather(*(office.asks(1) for _ in range(8)))

    assert len({*ids}) == 1
    assert await office.history(1) == [("Ann", "UNLINK_PENDING")] * 8
    assert len((await office.agent.fetch()).record_ids) == 1


async def test_i2_the_same_answer_twice_unlinks_once(office: Office) -> None:
    office.agent.books.states |= DELETED
    id = await office.asks(1)
    question = await office.agent.fetch()
    said = await office.agent.look(question)
    await office.agent.answer(question, said)
    first = await office.request(id)

    (again,) = (await office.agent.answer(question, said)).values()

    assert again.state is UnlinkRequestState.ANSWERED
    assert await office.request(id) == first
    assert [outcome for _, outcome in await office.history(1)] == ["UNLINKED", "UNLINK_PENDING"]


async def test_i2_two_agents_at_once_unlink_each_invoice_once(
    office: Office, office_url: str, tmp_path: Path
) -> None:
    """In two processes, and each of them several times."""
    office.agent.books.states |= DELETED
    ids = {number: await office.asks(number) for number in range(1, 12)}
    async with an_office(office_url, tmp_path) as other:
        other.agent.books.states |= DELETED
        calls = [each.agent.call() for each in (office, other) for _ in range(3)]
        ended = await asyncio.gather(*calls)

    assert any(ended)
    for number, id in ids.items():
        assert (await office.outcome(id))["__typename"] == "Success"
        told = [outcome for _, outcome in await office.history(number)]
        assert told == ["UNLINKED", "UNLINK_PENDING"]
    assert not list((await books(office.database, HARBOR)).faults())


async def test_i2_two_agents_that_contradict_each_other_end_it_once(office: Office) -> None:
    """Whoever comes first is believed: each said what was so when it looked."""
    ids = {number: await office.asks(number) for number in range(1, 11)}
    question = await office.agent.fetch()
    still = await office.agent.look(question)
    office.agent.books.states |= DELETED
    gone = await office.agent.look(question)

    await asyncio.gather(
        *(office.agent.answer(question, {id: still[id]}) for id in still),
        *(office.agent.answer(question, {id: gone[id]}) for id in gone),
    )

    for number, id in ids.items():
        outcome = (await office.outcome(id))["__typename"]
        told = [each for _, each in await office.history(number)]
        expected = {"Success": "UNLINKED", "StillInErp": "STILL_IN_ERP"}[outcome]
        assert told == [expected, "UNLINK_PENDING"]
        assert (await office.invoice(number))["locked"] == (outcome == "StillInErp")
    assert not list((await books(office.database, HARBOR)).faults())


async def test_i4_re_syncs_at_the_same_time_are_not_cut(office: Office) -> None:
    """Each invoice is unlinked from its old record, or linked to its new one: never neither."""
    office.agent.books.states |= DELETED
    ids = {number: await office.asks(number) for number in range(1, 9)}
    question = await office.agent.fetch()
    said = await office.agent.look(question)

    await asyncio.gather(
        office.agent.answer(question, said),
        *(office.is_synced_anew(number, f"NEW-{number}") for number in ids),
    )

    for number, id in ids.items():
        outcome, invoice = await office.outcome(id), await office.invoice(number)
        unlinks = [each for _, each in await office.history(number)].count("UNLINKED")
        assert unlinks == (outcome["__typename"] == "Success")
        record = invoice["erpLink"]["recordId"] if invoice["locked"] else None
        assert record == (None if unlinks else f"NEW-{number}")
    assert not list((await books(office.database, HARBOR)).faults())


@dataclass
class Interrupted:
    """`UnlinkRequests` where something happens once, between the verdict and the end."""

    requests: UnlinkRequests
    happening: Callable[[], Awaitable[None]] | None
    ends: list[bool] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.requests, name)

    async def end(self, *how: Any) -> bool:
        if self.happening is not None:
            happening, self.happening = self.happening, None
            await happening()
        self.ends.append(await self.requests.end(*how))
        return self.ends[-1]


async def test_i4_a_link_that_moves_after_the_verdict_is_judged_anew_and_not_cut(
    office: Office,
) -> None:
    office.agent.books.states |= DELETED
    id = await office.asks(1)
    services = office.service.services
    resync = partial(office.is_synced_anew, 1, "NEW-1")
    interrupted: Any = Interrupted(services.requests, resync)

    await Agent(replace(services, requests=interrupted), office.agent.books).call()

    assert interrupted.ends == [False, True]
    assert (await office.outcome(id))["reason"] == "STALE"
    assert (await office.invoice(1))["erpLink"]["recordId"] == "NEW-1"
    assert [outcome for _, outcome in await office.history(1)] == [
        "ERP_UNAVAILABLE",
        "UNLINK_PENDING",
    ]
    assert not list((await books(office.database, HARBOR)).faults())


@pytest.fixture
def settings(office_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=SecretStr(office_url), data_dir=tmp_path)


async def given_up_at(
    step: int, database: Database, services: Services, agent: Agent, question: Any, said: Any
) -> bool:
    """Whether there was such a step at which an answer could be given up."""
    steps = Steps(step, lambda: None)
    steps.watch(database)
    there = Agent(services, agent.books)
    answering = asyncio.create_task(there.answer(question, said))
    steps.happen = partial(give_up, answering)
    await asyncio.wait([answering])
    assert connections_in_use(database) == 0, steps.taken[-1]
    return len(steps.taken) >= step


async def at_one_moment(database: Database) -> tuple[bool, list[str], bool]:
    """Of Harbor's first invoice: whether a request waits, how attempts ended, whether it is linked.

    Read in one snapshot: on PostgreSQL a COMMIT may go on that nobody waits for any more.
    """
    level = "SERIALIZABLE" if database.engine.dialect.name == "sqlite" else "REPEATABLE READ"
    requests = select(REQUESTS.c.ended_at).where(REQUESTS.c.company_id == HARBOR)
    attempts = select(ATTEMPTS.c.outcome).where(ATTEMPTS.c.company_id == HARBOR)
    link = select(LINKS.c.ended_at).where(LINKS.c.company_id == HARBOR, LINKS.c.invoice_id == 1)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level=level)
        ended = (await connection.scalars(requests)).all()
        told = (await connection.scalars(attempts.order_by(ATTEMPTS.c.attempted_at))).all()
        link_ended = (await connection.scalars(link)).one()
    assert len(ended) <= 1
    return None in ended, list(told), link_ended is None


async def test_i7_an_answer_given_up_at_any_step_is_there_whole_or_not_at_all(
    office: Office, settings: Settings
) -> None:
    office.agent.books.states |= {"BILL-1": RecordState.DELETED}
    id = await office.asks(1)
    question = await office.agent.fetch()
    said = await office.agent.look(question)
    seen: Counter[bool] = Counter()

    for step in range(1, 80):
        async with open_services(settings) as (database, services):
            going_on = await given_up_at(step, database, services, office.agent, question, said)
        waits, told, linked = await at_one_moment(office.database)
        seen[waits] += 1
        assert told == ["unlink_pending"] + ["unlinked"] * (not waits)
        assert linked == waits
        assert not list((await books(office.database, HARBOR)).faults())
        if not going_on:
            break

    assert seen[True] > 2
    assert (await office.outcome(id))["__typename"] == "Success"


async def test_i7_a_click_given_up_at_any_step_opens_a_request_whole_or_none(
    office: Office, settings: Settings, kind: str
) -> None:
    seen: Counter[bool] = Counter()
    for step in range(1, 80):
        async with open_services(settings) as (database, opened):
            services = replace(opened, erps=PolledErp())
            steps = Steps(step, lambda: None)
            viewer = await services.directory.viewer(DEMO_ISSUER, "ann")
            assert viewer is not None
            steps.watch(database)
            key = NodeKey("SubcontractorInvoice", HARBOR, "1")
            click = asyncio.create_task(unlink_invoice(Context(viewer, services), key))
            steps.happen = partial(give_up, click)
            await asyncio.wait([click])
        waits, told, linked = await at_one_moment(office.database)
        seen[waits] += 1
        assert told == ["unlink_pending"] * len(told)
        assert waits == (len(told) > 0)
        assert linked
        if len(steps.taken) < step:
            break

    assert seen[True] > 0
    assert seen[False] > (5 if kind == "postgresql" else -1)  # there it is one go, once begun
