"""Whose an ERP record is, and which ERP it is in."""

from datetime import UTC, datetime, timedelta

from adapters.imports import Problem, RequisitionsReport, import_directory
from adapters.store.engine import Database
from adapters.store.tables import InvoiceRow, LinkRow
from tests.adapters.imports.builders import (
    a_directory,
    a_requisition,
    an_integration,
)
from tests.adapters.imports.stored import bring_in, only, refused
from tests.adapters.imports.unlinking import unlinked

SNAPSHOT = datetime(2026, 4, 2, 16, 20, tzinfo=UTC)


async def test_a_record_of_another_invoice_is_refused(company: Database) -> None:
    await bring_in(company, a_requisition(id=1, origin_id="BILL-1"))

    problems = await refused(company, a_requisition(id=2, origin_id="BILL-1"))

    assert problems == (Problem(1, "origin_id", "BILL-1 is the record of requisition 1"),)
    assert (await only(company, InvoiceRow))["id"] == 1


async def test_a_record_twice_in_a_file_is_refused(company: Database) -> None:
    twice = [a_requisition(id=id, origin_id="BILL-1") for id in (1, 2)]

    assert await refused(company, *twice) == (
        Problem(2, "origin_id", "BILL-1 is the record of line 1 already"),
    )


async def test_a_record_that_a_row_before_gave_up_may_be_taken(company: Database) -> None:
    await bring_in(company, a_requisition(id=1, origin_id="BILL-1"))

    report = await bring_in(
        company, a_requisition(id=1, origin_id="BILL-2"), a_requisition(id=2, origin_id="BILL-1")
    )

    assert report == RequisitionsReport(created=1, updated=1, linked=1, relinked=1)


async def test_a_record_that_a_row_behind_will_give_up_is_refused(company: Database) -> None:
    await bring_in(company, a_requisition(id=1, origin_id="BILL-1"))

    problems = await refused(
        company, a_requisition(id=2, origin_id="BILL-1"), a_requisition(id=1, origin_id="BILL-2")
    )

    assert problems == (Problem(1, "origin_id", "BILL-1 is the record of requisition 1"),)


async def test_a_record_is_free_again_after_the_unlink(company: Database) -> None:
    await bring_in(company, a_requisition(id=1, origin_id="BILL-1"))
    await unlinked(company, 1, SNAPSHOT + timedelta(days=1))

    report = await bring_in(company, a_requisition(id=2, origin_id="BILL-1"))

    assert report == RequisitionsReport(created=1, linked=1)


async def test_with_several_integrations_one_must_be_chosen(database: Database) -> None:
    several = [an_integration(id=7, name="Sage"), an_integration(id=9, name="Xero")]
    await import_directory(database, a_directory(erpIntegrations=several))
    row = a_requisition(origin_id="BILL-1")

    problems = await refused(database, row, a_requisition(id=2, origin_id="BILL-2"))
    report = await bring_in(database, row, integration_id=9)

    reason = "say which ERP integration these records are in: 7 (Sage), 9 (Xero)"
    assert problems == (Problem(0, "origin_id", reason),)
    assert report == RequisitionsReport(created=1, linked=1)
    assert (await only(database, LinkRow))["integration_id"] == 9


async def test_requisitions_that_are_not_synced_need_no_integration(database: Database) -> None:
    await import_directory(database, a_directory(erpIntegrations=[]))

    assert await bring_in(database, a_requisition()) == RequisitionsReport(created=1)
    [problem] = await refused(database, a_requisition(origin_id="BILL-1"))
    assert (problem.line, problem.field) == (0, "origin_id")
    assert problem.reason.startswith("company 4200 has no ERP integration")


async def test_an_integration_that_is_not_the_companys_is_refused(company: Database) -> None:
    problems = await refused(company, a_requisition(), integration_id=8)

    reason = "company 4200 has no ERP integration 8, only 7 (Sage 300)"
    assert problems == (Problem(0, "", reason),)


async def test_a_row_keeps_its_link_whichever_integration_is_chosen(database: Database) -> None:
    several = [an_integration(id=7), an_integration(id=9)]
    await import_directory(database, a_directory(erpIntegrations=several))
    row = a_requisition(origin_id="BILL-1")
    await bring_in(database, row, integration_id=7)

    report = await bring_in(database, row, integration_id=9)

    assert report == RequisitionsReport(unchanged=1)
    assert (await only(database, LinkRow))["integration_id"] == 7
