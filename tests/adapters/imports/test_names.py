"""Vendors, commitments and projects are called as the rows call them, and found by it."""

from sqlalchemy import update

from adapters.imports import RequisitionsReport
from adapters.store.engine import Database
from adapters.store.rows import LINKS
from adapters.store.tables import CommitmentRow, InvoiceRow, ProjectRow, VendorRow
from tests.adapters.imports.builders import COMPANY, a_requisition
from tests.adapters.imports.stored import all_of, bring_in, only

LATER = "2026-05-01T00:00:00Z"


async def give_document_number(database: Database, number: str) -> None:
    of_the_company = LINKS.c.company_id == COMPANY
    async with database.writing() as connection:
        await connection.execute(update(LINKS).where(of_the_company).values(document_number=number))


async def test_a_project_that_nobody_named_is_called_by_its_id(company: Database) -> None:
    await bring_in(company, a_requisition(project_id=501, summary_text=None))

    assert (await all_of(company, ProjectRow))[-1]["name"] == "Project 501"


async def test_a_project_keeps_its_name_when_the_row_brings_none(company: Database) -> None:
    await bring_in(company, a_requisition(summary_text={"project_number": "HT-1"}))

    project = await only(company, ProjectRow)
    assert (project["name"], project["number"]) == ("Tower by the sea", "HT-1")


async def test_commitments_and_projects_are_renamed(company: Database) -> None:
    await bring_in(company, a_requisition())

    await bring_in(
        company, a_requisition(contract_name="Air", summary_text={"project_name": "Harbour"})
    )

    assert (await only(company, CommitmentRow))["title"] == "Air"
    assert (await only(company, ProjectRow))["name"] == "Harbour"
    assert (await only(company, ProjectRow))["number"] == "HT-1"


async def test_where_rows_differ_on_a_name_the_one_updated_last_is_believed(
    company: Database,
) -> None:
    differing = [
        a_requisition(id=1, vendor_name="Brisk Air & Sons", updated_at=LATER),
        a_requisition(id=2, vendor_name="Brisk Air"),
    ]

    await bring_in(company, *differing)
    second = await bring_in(company, *differing)

    assert (await only(company, VendorRow))["name"] == "Brisk Air & Sons"
    assert second == RequisitionsReport(unchanged=2)
    for invoice in await all_of(company, InvoiceRow):
        assert "brisk air & sons" in invoice["search_text"]


async def test_an_invoice_is_found_by_its_numbers_and_its_vendor(company: Database) -> None:
    await bring_in(company, a_requisition(invoice_number="Straße-7", vendor_name="BRISK Air"))

    assert (await only(company, InvoiceRow))["search_text"] == "4\nstrasse-7\nbrisk air"


async def test_the_other_invoices_of_a_renamed_vendor_are_found_by_its_new_name(
    company: Database,
) -> None:
    other = a_requisition(id=2, vendor_id=91, vendor_name="Northern Glass")
    await bring_in(company, a_requisition(id=1), other, a_requisition(id=3))

    report = await bring_in(company, a_requisition(id=3, vendor_name="Gale & Co"))

    assert report == RequisitionsReport(unchanged=1)
    assert [invoice["search_text"] for invoice in await all_of(company, InvoiceRow)] == [
        "4\nhvac-004\ngale & co",
        "4\nhvac-004\nnorthern glass",
        "4\nhvac-004\ngale & co",
    ]


async def test_the_document_number_is_part_of_what_finds_an_invoice(company: Database) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    await give_document_number(company, "AP-0099")

    await bring_in(company, a_requisition(origin_id="BILL-1", vendor_name="Gale", number=5))

    assert (await only(company, InvoiceRow))["search_text"] == "5\nhvac-004\ngale\nap-0099"


async def test_a_new_link_starts_without_a_document_number(company: Database) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    await give_document_number(company, "AP-0099")

    await bring_in(company, a_requisition(origin_id="BILL-2", updated_at=LATER))

    assert "ap-0099" not in (await only(company, InvoiceRow))["search_text"]
