"""Requisitions on their way into the database: what is kept, renamed, and left alone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from adapters.imports import (
    Problem,
    RequisitionsReport,
    import_directory,
    import_requisitions,
)
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.tables import InvoiceRow, LineItemRow, VendorRow
from domain.invoices import G702Summary, InvoiceStatus, Money, Project
from tests.adapters.imports.builders import COMPANY, a_directory, a_requisition, rows, without
from tests.adapters.imports.stored import all_of, bring_in, only, refused

LATER = "2026-05-01T00:00:00Z"
DUE = Money(Decimal("47700.00"), "USD")


async def test_a_requisition_is_kept_with_all_that_the_service_shows(company: Database) -> None:
    report = await bring_in(company, a_requisition())

    invoice = (await SqlInvoiceStore(company).invoices(COMPANY, [31]))[31]
    assert report == RequisitionsReport(created=1)
    assert (invoice.number, invoice.invoice_number) == (4, "HVAC-004")
    assert (invoice.status, invoice.erp_status) == (InvoiceStatus.APPROVED, "synced")
    assert (invoice.billing_date, invoice.payment_date) == (date(2026, 3, 31), None)
    assert (invoice.period_start, invoice.period_end) == (date(2026, 3, 1), date(2026, 3, 31))
    assert invoice.submitted_at == date(2026, 3, 28)
    assert invoice.percent_complete == Decimal("96.36")
    assert (invoice.final, invoice.currency) == (False, "USD")
    assert invoice.total_claimed_amount == Money(Decimal("53000.00"), "USD")
    assert invoice.current_payment_due == DUE
    assert invoice.summary == G702Summary(
        current_payment_due=DUE, completed_work_retainage_percent=Decimal(10)
    )
    assert invoice.created_at == datetime(2026, 3, 28, 9, tzinfo=UTC)
    assert invoice.updated_at == datetime(2026, 4, 2, 16, 20, tzinfo=UTC)
    assert (invoice.vendor.name, invoice.commitment.title) == ("Brisk Air", "Ventilation")
    assert invoice.commitment.type == "WorkOrderContract"
    assert invoice.project == Project(COMPANY, 500, "Harbour Tower", "HT-1")
    assert invoice.link is None


async def test_what_may_be_absent_may_be_absent(company: Database) -> None:
    bare = without(
        a_requisition(),
        "invoice_number",
        "erp_status",
        "billing_date",
        "requisition_start",
        "requisition_end",
        "payment_date",
        "submitted_at",
        "percent_complete",
        "final",
        "total_claimed_amount",
        "currency_configuration",
        "summary",
        "summary_text",
    )

    await bring_in(company, bare)

    invoice = await only(company, InvoiceRow)
    assert (invoice["invoice_number"], invoice["billing_date"]) == (None, None)
    assert (invoice["summary"], invoice["current_payment_due"]) == ({}, None)
    assert invoice["final"] is False


@pytest.mark.parametrize("configuration", [None, {}, {"currency_iso_code": None}])
async def test_a_requisition_without_a_currency_is_in_that_of_the_company(
    company: Database, configuration: object
) -> None:
    await bring_in(company, a_requisition(currency_configuration=configuration))

    assert (await only(company, InvoiceRow))["currency"] == "CAD"


@pytest.mark.parametrize("amount", ["-1200.50", "99999999999999.99", "0", "7.5"])
async def test_money_is_kept_exactly(company: Database, amount: str) -> None:
    await bring_in(company, a_requisition(total_claimed_amount=amount))

    assert (await only(company, InvoiceRow))["total_claimed_amount"] == Decimal(amount)


async def test_a_second_import_changes_nothing(company: Database) -> None:
    requisitions = [
        a_requisition(id=1, origin_id="B1", items=[{"id": 1, "origin_id": "L1"}, {"id": 2}]),
        a_requisition(id=2, summary=None),
    ]
    await bring_in(company, *requisitions)
    before = await all_of(company, InvoiceRow)

    report = await bring_in(company, *requisitions)

    assert report == RequisitionsReport(unchanged=2)
    assert await all_of(company, InvoiceRow) == before


async def test_a_newer_row_is_taken(company: Database) -> None:
    await bring_in(company, a_requisition())

    report = await bring_in(company, a_requisition(status="draft", updated_at=LATER))

    assert report == RequisitionsReport(updated=1)
    assert (await only(company, InvoiceRow))["status"] == "draft"


async def test_a_row_that_is_older_than_what_is_stored_is_left_out(company: Database) -> None:
    await bring_in(company, a_requisition(updated_at=LATER))

    report = await bring_in(
        company, a_requisition(status="draft", vendor_name="Old name", origin_id="B1")
    )

    assert report == RequisitionsReport(stale=1)
    assert (await only(company, InvoiceRow))["status"] == "approved"
    assert (await only(company, VendorRow))["name"] == "Brisk Air"


async def test_requisitions_that_are_not_in_the_file_stay(company: Database) -> None:
    await bring_in(company, a_requisition(id=1), a_requisition(id=2))

    await bring_in(company, a_requisition(id=3))

    assert [invoice["id"] for invoice in await all_of(company, InvoiceRow)] == [1, 2, 3]


async def test_one_id_twice_in_a_file_is_refused(company: Database) -> None:
    problems = await refused(company, a_requisition(), a_requisition())

    assert problems == (Problem(2, "id", "requisition 31 is in line 1 already"),)


async def test_a_company_that_is_not_known_is_refused(database: Database) -> None:
    assert await refused(database, a_requisition()) == (
        Problem(0, "", "company 4200 is not known: import its directory first"),
    )


async def test_another_company_is_not_touched_by_equal_ids(company: Database) -> None:
    other = 77
    directory = a_directory(company={"id": other, "name": "Other", "currency": "EUR"})
    await import_directory(company, directory)
    await bring_in(company, a_requisition(origin_id="B1"))

    report = await import_requisitions(
        company,
        rows(a_requisition(origin_id="B1", vendor_name="Otherwise", status="draft")),
        other,
    )

    [ours], [theirs] = [await all_of(company, InvoiceRow, id) for id in (COMPANY, other)]
    assert report == RequisitionsReport(created=1, linked=1)
    assert theirs["status"] == "draft"
    assert (ours["status"], ours["search_text"]) == ("approved", "4\nhvac-004\nbrisk air")
    assert (await only(company, VendorRow))["name"] == "Brisk Air"


async def test_a_file_longer_than_a_batch_is_kept_whole(company: Database) -> None:
    seen = []
    requisitions = [a_requisition(id=id, origin_id=f"B{id}") for id in range(1, 2502)]

    report = await bring_in(company, *requisitions, on_row=lambda: seen.append(1))

    assert report == RequisitionsReport(created=2501, linked=2501)
    assert len(await all_of(company, InvoiceRow)) == len(seen) == 2501


async def test_many_line_items_are_kept(company: Database) -> None:
    items = [{"id": id, "origin_id": f"L{id}"} for id in range(1, 6001)]
    requisitions = [a_requisition(id=id, origin_id=f"B{id}", items=items) for id in (1, 2, 3)]

    await bring_in(company, *requisitions)
    report = await bring_in(company, *requisitions)

    assert report == RequisitionsReport(unchanged=3)
    assert len(await all_of(company, LineItemRow)) == 18_000
