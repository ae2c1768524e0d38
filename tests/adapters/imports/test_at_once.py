"""Imports that run while others import or unlink."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from time import sleep

import pytest
from sqlalchemy import text

from adapters.imports import RequisitionsReport, Row, import_requisitions
from adapters.store.engine import Database, open_database
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.tables import InvoiceRow, LinkRow
from domain.unlinking import UnlinkAttempt
from tests.adapters.imports.builders import COMPANY, a_requisition, rows
from tests.adapters.imports.stored import all_of, bring_in, only
from tests.adapters.imports.unlinking import attempt_on

LATER = "2026-05-01T00:00:00Z"
A_MOMENT = 0.3
"""Long enough for the other side to come to where it has to wait."""


async def unlink_slowly(database: Database, attempt: UnlinkAttempt, began: asyncio.Event) -> None:
    """What `SqlUnlinkLedger.unlink` writes, with a pause in the middle of the transaction."""
    assert attempt.link is not None
    of_the_link = {"company": COMPANY, "id": attempt.link.id.hex, "at": attempt.at}
    sqlite = database.engine.dialect.name == "sqlite"
    if sqlite:
        of_the_link["at"] = attempt.at.replace(tzinfo=None).isoformat(" ")
    else:
        of_the_link["id"] = attempt.link.id
    async with database.writing() as connection:
        await connection.execute(
            text(
                "UPDATE erp_links SET ended_at = :at "
                "WHERE company_id = :company AND id = :id AND ended_at IS NULL"
            ),
            of_the_link,
        )
        began.set()
        await asyncio.sleep(A_MOMENT)
        del of_the_link["at"]
        await connection.execute(
            text(
                "UPDATE subcontractor_invoices SET link_id = NULL, synced_at = NULL "
                "WHERE company_id = :company AND link_id = :id"
            ),
            of_the_link,
        )


@pytest.mark.parametrize("record", ["BILL-1", "BILL-2"])
async def test_an_import_that_meets_an_unlink_waits_and_leaves_it_unlinked(
    company: Database, database_url: str, record: str
) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    attempt = await attempt_on(company, 31, datetime.now(UTC))
    other, began = open_database(database_url), asyncio.Event()

    unlinking = asyncio.create_task(unlink_slowly(other, attempt, began))
    await began.wait()
    report = await bring_in(
        company, a_requisition(origin_id=record, status="draft", updated_at=LATER)
    )
    await unlinking
    await other.engine.dispose()

    invoice, link = await only(company, InvoiceRow), await only(company, LinkRow)
    assert report == RequisitionsReport(updated=1, not_linked_again=1)
    assert (invoice["status"], invoice["link_id"], invoice["synced_at"]) == ("draft", None, None)
    assert link["ended_at"] == attempt.at


async def unlinked_apart(url: str, attempt: UnlinkAttempt) -> bool:
    database = open_database(url)
    unlinked = await SqlUnlinkLedger(database).unlink(attempt)
    await database.engine.dispose()
    return unlinked is not None


async def test_an_unlink_that_meets_a_resync_does_not_cut_it(
    company: Database, database_url: str
) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    attempt = await attempt_on(company, 31, datetime.now(UTC))
    answers: list[Future[bool]] = []

    def resync_with_an_unlink_in_the_middle(thread: ThreadPoolExecutor) -> Iterator[Row]:
        yield from rows(a_requisition(origin_id="BILL-2", updated_at=LATER))
        yield from rows(*(a_requisition(id=id) for id in range(100, 1100)))
        answers.append(thread.submit(asyncio.run, unlinked_apart(database_url, attempt)))
        sleep(A_MOMENT)
        assert not answers[0].done()

    with ThreadPoolExecutor(1) as thread:
        report = await import_requisitions(
            company, resync_with_an_unlink_in_the_middle(thread), COMPANY
        )

    invoice = (await all_of(company, InvoiceRow))[0]
    links = {link["record_id"]: link for link in await all_of(company, LinkRow)}
    assert report == RequisitionsReport(created=1000, updated=1, relinked=1)
    assert answers[0].result() is False
    assert links["BILL-2"]["ended_at"] is None
    assert invoice["link_id"] == links["BILL-2"]["id"]


async def test_two_imports_of_a_company_at_once_do_not_get_in_each_others_way(
    company: Database, database_url: str
) -> None:
    requisitions = [
        a_requisition(id=id, vendor_id=90 + id % 7, origin_id=f"BILL-{id}") for id in range(1, 1501)
    ]
    others = [open_database(database_url) for _ in range(3)]

    reports = await asyncio.gather(
        *(bring_in(database, *requisitions) for database in others[:2]),
        bring_in(others[2], *requisitions[::-1]),
    )

    assert sorted(report.created for report in reports) == [0, 0, 1500]
    assert sorted(report.unchanged for report in reports) == [0, 1500, 1500]
    assert sum(report.linked for report in reports) == 1500
    for database in others:
        await database.engine.dispose()
