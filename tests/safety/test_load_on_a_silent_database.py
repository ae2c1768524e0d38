"""I6: a database that hangs, or comes back, holds up no request beyond its deadline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from adapters.store.engine import KEPT_OPEN, open_database
from adapters.store.patience import Patience
from adapters.tokens import DemoIssuer
from domain.ports import StoreUnavailable
from tests.databases import Templates, nothing
from tests.safety.processes import server
from tests.safety.silent_proxy import SilentProxy, silent_proxy
from tests.servers.postgresql import Postgresql

VIEWER = {"query": "{ viewer { name } }"}
BRIEF = Patience(connecting=0.5, place=0.5, statement=0.5, lock=0.3, idle=0.5, grace=0.5)


@pytest.fixture
async def url(templates: Templates, tmp_path: Path, postgresql: Postgresql) -> str:
    return templates.copy("postgresql", "empty", nothing, tmp_path)


@pytest.fixture
async def proxy(url: str) -> AsyncIterator[tuple[SilentProxy, str]]:
    async with asyncio.timeout(120), silent_proxy(url) as both:
        yield both


async def refused(work: Awaitable[object]) -> bool:
    try:
        await work
    except StoreUnavailable:
        return True
    return False


async def test_statements_to_a_silent_database_are_given_up_and_it_is_used_again_after(
    proxy: tuple[SilentProxy, str],
) -> None:
    way, through = proxy
    database = open_database(through, BRIEF)

    async def ask() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def change() -> None:
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = version_num"))

    await asyncio.gather(*(ask() for _ in range(5)))
    way.fall_silent()
    # More than there are places, all of whom come to an end.
    assert all(await asyncio.gather(*(refused(work()) for work in [ask, change] * 20)))
    way.speak()
    await asyncio.gather(*(work() for work in [ask, change] * 5))
    way.hang_up()
    await asyncio.sleep(0.1)
    await asyncio.gather(*(work() for work in [ask, change] * 5))

    await database.engine.dispose()


async def test_a_statement_a_lock_or_a_transaction_that_takes_too_long_is_given_up(
    url: str,
) -> None:
    impatient, patient = open_database(url, BRIEF), open_database(url)
    touch = text("UPDATE alembic_version SET version_num = version_num")

    async def sleep() -> None:
        async with impatient.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))

    async def wait_for_a_lock() -> None:
        async with impatient.writing() as connection:
            await connection.execute(touch)

    async def dawdle() -> None:
        async with impatient.writing() as connection:
            await connection.execute(touch)
            await asyncio.sleep(1.5)
            await connection.execute(touch)

    async with asyncio.timeout(30):
        assert await refused(sleep())
        async with patient.writing() as holder:
            await holder.execute(touch)
            assert await refused(wait_for_a_lock())
            await holder.execute(text("SELECT pg_sleep(1)"))
        assert await refused(dawdle())
        await wait_for_a_lock()

    for database in (impatient, patient):
        await database.engine.dispose()


async def test_who_has_no_place_in_the_pool_is_told_so(url: str) -> None:
    database = open_database(url, replace(BRIEF, connecting=30))
    done = asyncio.Event()

    async with asyncio.timeout(30), AsyncExitStack() as held:
        for _ in range(KEPT_OPEN["pool_size"]):
            await held.enter_async_context(database.reading())

        async def ask() -> None:
            async with database.reading():
                done.set()

        assert await refused(ask())
        assert not done.is_set()
    await ask()

    assert done.is_set()
    await database.engine.dispose()


async def test_a_service_with_a_silent_database_lives_is_not_ready_and_keeps_nobody_waiting(
    tmp_path: Path, proxy: tuple[SilentProxy, str]
) -> None:
    way, through = proxy
    headers = {"Authorization": f"Bearer {DemoIssuer.open(tmp_path).token('ada')}"}
    start = server(through, tmp_path, tmp_path / "server")
    address, _ = await asyncio.to_thread(start.__enter__)
    try:
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=25) as http:
            way.fall_silent()
            asked = [asyncio.create_task(http.post("/graphql", json=VIEWER)) for _ in range(60)]
            ready = await http.get("/readyz")
            alive = await http.get("/livez")
            still_asked = sum(not each.done() for each in asked)
            answers = await asyncio.gather(*asked)
            way.speak()
            again = await http.post("/graphql", json=VIEWER)

            assert (ready.status_code, alive.status_code) == (503, 200)
            assert still_asked  # it lived while they waited
            assert {each.status_code for each in answers} == {503}
            assert all(int(each.headers["retry-after"]) >= 1 for each in answers)
            codes = {each.json()["errors"][0]["extensions"]["code"] for each in answers}
            assert codes == {"SERVICE_UNAVAILABLE"}
            assert again.status_code == 401  # nobody is in the directory, which was asked
    finally:
        await asyncio.to_thread(start.__exit__, None, None, None)
