"""The transaction that unlinks: once, whole, and with the invoice as it is then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store.engine import Database
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.outbox import CHANNEL
from adapters.store.rows import ATTEMPTS, CHANGES
from adapters.store.statements import inside
from domain.ports import StoreUnavailable
from domain.rows import Selection
from domain.unlinking import AttemptOutcome, UnlinkAttempt
from tests.adapters.store.changing import Changing
from tests.builders import HARBOR
from tests.fakes import contents

AT_ONCE = 20
WANTED = Selection.of("locked", "erp_status", "link.record_id", "vendor.name", "project.name")
on_postgresql = pytest.mark.parametrize(
    "kind", [pytest.param("postgresql", marks=pytest.mark.postgres)]
)


@pytest.fixture
async def changing(database: Database) -> Changing:
    found = Changing(database)
    await found.founded()
    return found


@pytest.fixture
def ledger(database: Database) -> SqlUnlinkLedger:
    return SqlUnlinkLedger(database)


async def attempt_on(changing: Changing, invoice_id: int) -> UnlinkAttempt:
    return UnlinkAttempt(
        company_id=HARBOR,
        id=uuid4(),
        invoice_id=invoice_id,
        link=(await changing.invoice(invoice_id)).link,
        at=datetime.now(UTC),
        person_id=1,
        by="Ann",
        outcome=AttemptOutcome.UNLINKED,
        evidence="a test says so",
    )


async def written(database: Database) -> tuple[int, int]:
    """How many attempts there are, and how many changes that are unlinks."""
    attempts = select(func.count()).select_from(ATTEMPTS).where(inside(HARBOR, ATTEMPTS))
    unlinks = select(func.count()).where(inside(HARBOR, CHANGES), CHANGES.c.kind == "unlinked")
    async with database.reading() as connection:
        return (
            (await connection.execute(attempts)).scalar_one(),
            (await connection.execute(unlinks)).scalar_one(),
        )


async def test_i2_i4_of_many_at_once_one_unlinks_with_one_attempt_and_one_change(
    changing: Changing, ledger: SqlUnlinkLedger, database: Database
) -> None:
    for invoice_id in range(1, 6):
        attempts = [await attempt_on(changing, invoice_id) for _ in range(AT_ONCE)]

        ends = await asyncio.gather(*(ledger.unlink(each, None, WANTED) for each in attempts))

        [invoice] = [end for end in ends if end is not None]
        assert invoice.id == invoice_id
        assert await written(database) == (invoice_id, invoice_id)


async def test_answers_the_invoice_as_it_is_now(
    changing: Changing, ledger: SqlUnlinkLedger
) -> None:
    invoice = await ledger.unlink(await attempt_on(changing, 1), None, WANTED)

    assert invoice is not None
    assert (invoice.locked, invoice.link, invoice.erp_status) == (False, None, "not_in_erp")
    now = await changing.invoice(1)
    assert (invoice.vendor.name, invoice.project.name) == (now.vendor.name, now.project.name)


async def test_a_link_that_its_invoice_does_not_hold_is_not_ended(
    changing: Changing, ledger: SqlUnlinkLedger, database: Database
) -> None:
    attempt = await attempt_on(changing, 1)
    async with database.writing() as connection:
        await connection.execute(
            text(
                "UPDATE subcontractor_invoices SET link_id = NULL, synced_at = NULL"
                " WHERE company_id = :company AND id = 1"
            ),
            {"company": HARBOR},
        )
    before = await contents(database, HARBOR)

    with pytest.raises(Exception, match=r"does not hold its own active link|invoice_id"):
        await ledger.unlink(attempt)

    assert await contents(database, HARBOR) == before
    assert await ledger.unlink(await attempt_on(changing, 2)) is not None


@asynccontextmanager
async def holding_the_invoice(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that has written the invoice 1, not its link; committed at the end."""
    async with database.writing() as connection:
        await connection.execute(
            text("INSERT INTO vendors (company_id, id, name) VALUES (:company, 999, 'Newcomer')"),
            {"company": HARBOR},
        )
        await connection.execute(
            text(
                "UPDATE subcontractor_invoices SET vendor_id = 999"
                " WHERE company_id = :company AND id = 1"
            ),
            {"company": HARBOR},
        )
        yield connection


async def until_someone_waits(connection: AsyncConnection) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(10):
        while not (await connection.execute(waiting)).scalar_one():
            await asyncio.sleep(0.01)
            await connection.execute(text("SELECT pg_stat_clear_snapshot()"))


@on_postgresql
async def test_answers_what_was_committed_while_it_waited(
    changing: Changing, ledger: SqlUnlinkLedger, database: Database
) -> None:
    attempt = await attempt_on(changing, 1)

    async with holding_the_invoice(database) as connection:
        unlinking = asyncio.create_task(ledger.unlink(attempt, None, WANTED))
        await until_someone_waits(connection)
    invoice = await unlinking

    assert invoice is not None
    assert (invoice.vendor.name, invoice.locked) == ("Newcomer", False)
    assert await written(database) == (1, 1)


@on_postgresql
async def test_whoever_listens_is_woken_by_the_commit_and_not_before(
    changing: Changing, ledger: SqlUnlinkLedger, database: Database
) -> None:
    attempt, heard = await attempt_on(changing, 1), asyncio.Queue[str]()

    async with database.apart() as driver:
        await driver.add_listener(CHANNEL, lambda *notice: heard.put_nowait(notice[-1]))
        async with holding_the_invoice(database) as connection:
            unlinking = asyncio.create_task(ledger.unlink(attempt))
            await until_someone_waits(connection)
            assert await written(database) == (0, 0)
            assert heard.empty()
        await unlinking
        async with asyncio.timeout(10):
            assert await heard.get() == str(HARBOR)
        assert heard.empty()
    assert await written(database) == (1, 1)


@on_postgresql
async def test_i7_a_connection_that_is_lost_half_way_leaves_the_old_state(
    changing: Changing, ledger: SqlUnlinkLedger, database: Database
) -> None:
    attempt = await attempt_on(changing, 1)
    waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname ="
    before = await contents(database, HARBOR)

    with pytest.raises(ZeroDivisionError):
        await _lose_it(ledger, database, attempt, waiting)

    assert await contents(database, HARBOR) == before
    assert await ledger.unlink(attempt) is not None


async def _lose_it(
    ledger: SqlUnlinkLedger, database: Database, attempt: UnlinkAttempt, waiting: str
) -> Any:
    async with holding_the_invoice(database) as connection:
        unlinking = asyncio.create_task(ledger.unlink(attempt))
        await until_someone_waits(connection)
        await connection.execute(
            text(f"SELECT pg_terminate_backend(pid) {waiting} current_database()")
        )
        await asyncio.wait([unlinking])
        assert isinstance(unlinking.exception(), StoreUnavailable)
        raise ZeroDivisionError
