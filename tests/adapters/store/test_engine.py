"""The two ways in which a database is used: reads that wait for nobody, writes that are whole."""

import asyncio
import threading

import pytest
from sqlalchemy import insert, select, update

from adapters.store.directory import COMPANIES, SqlCompanyDirectory
from adapters.store.engine import Database, open_database
from domain.invoices import Company
from domain.ports import StoreUnavailable

TAMARACK = Company(7, "Tamarack", "USD")


async def found(database: Database, company: Company = TAMARACK) -> None:
    async with database.writing() as connection:
        values = {"id": company.id, "name": company.name, "currency": company.currency}
        await connection.execute(insert(COMPANIES).values(values))


async def test_a_reader_waits_for_no_writer_and_sees_what_is_committed(database: Database) -> None:
    directory = SqlCompanyDirectory(database)

    async with asyncio.timeout(5):
        async with database.writing() as connection:
            await connection.execute(
                insert(COMPANIES).values(id=7, name="Tamarack", currency="USD")
            )
            assert list(await directory.companies()) == []

        assert list(await directory.companies()) == [TAMARACK]


async def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    await found(database)

    async def fail_half_way() -> None:
        async with database.writing() as connection:
            await connection.execute(update(COMPANIES).values(name="Somebody Else"))
            raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        await fail_half_way()

    assert list(await SqlCompanyDirectory(database).companies()) == [TAMARACK]


async def test_writers_who_read_first_take_turns(database: Database, database_url: str) -> None:
    await found(database, Company(7, "0", "USD"))
    other = open_database(database_url)

    async def count_up(through: Database) -> None:
        async with through.writing() as connection:
            row = select(COMPANIES.c.name).where(COMPANIES.c.id == 7).with_for_update()
            name = (await connection.execute(row)).scalar_one()
            await connection.execute(
                update(COMPANIES).where(COMPANIES.c.id == 7).values(name=str(int(name) + 1))
            )

    async with asyncio.timeout(30):
        await asyncio.gather(*(count_up(through) for through in [database, other] * 10))

    [company] = await SqlCompanyDirectory(database).companies()
    assert company.name == "20"
    await other.engine.dispose()


async def test_a_database_that_cannot_be_opened_leaves_no_thread_behind() -> None:
    database = open_database("sqlite+aiosqlite:////dev/null/erp-link.sqlite")

    with pytest.raises(StoreUnavailable):
        async with database.reading():
            pass

    workers = [each for each in threading.enumerate() if "connection_worker" in each.name]
    assert workers == []
