"""Seeding: once, whole, and never over what somebody has done since."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from adapters.demo.bills import bills_of
from adapters.demo.companies import CASCADE, COMPANIES, NORTHSHORE
from adapters.demo.directory import directory_of
from adapters.demo.requisitions import requisitions_of
from adapters.demo.seeding import seed
from adapters.erps.demo import DemoBills
from adapters.imports import Row, import_directory, import_requisitions
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.tokens import DEMO_ISSUER
from domain.invoices import SubcontractorInvoice
from domain.pages import SyncedInvoiceFilter
from domain.unlinking import AttemptOutcome, UnlinkAttempt

Stored = dict[int, SubcontractorInvoice]


async def stored(database: Database) -> Stored:
    """All demo invoices that are there, by id."""
    store, found = SqlInvoiceStore(database), Stored()
    for company in COMPANIES:
        ids = [row["id"] for row in requisitions_of(company)]
        found |= await store.invoices(company.id, ids)
    return found


def everything() -> set[int]:
    return {row["id"] for company in COMPANIES for row in requisitions_of(company)}


async def unlink(database: Database, invoice: SubcontractorInvoice) -> None:
    ada = await SqlCompanyDirectory(database).viewer(DEMO_ISSUER, "ada")
    assert ada is not None
    attempt = UnlinkAttempt(
        company_id=invoice.company_id,
        id=uuid4(),
        invoice_id=invoice.id,
        link=invoice.link,
        at=datetime.now(UTC),
        person_id=ada.id,
        by=ada.name,
        outcome=AttemptOutcome.UNLINKED,
        evidence="tried",
    )
    assert await SqlUnlinkLedger(database).unlink(attempt)


async def test_brings_in_all_invoices_with_their_links(
    database: Database, bills: DemoBills
) -> None:
    await seed(database, bills)

    found = await stored(database)
    assert found.keys() == everything()
    for company in COMPANIES:
        for row in requisitions_of(company):
            invoice = found[row["id"]]
            assert (invoice.link.record_id if invoice.link else None) == row["origin_id"]
            due = invoice.current_payment_due
            assert due is not None
            assert f"{due.amount:.2f}" == row["summary"]["current_payment_due"]
            assert invoice.status.value == row["status"]
            assert invoice.currency == company.currency
            if invoice.link:
                assert invoice.link.integration.id == company.integration.id
                assert invoice.link.integration.erp == "demo"
    for company in COMPANIES:
        synced = sum(1 for row in requisitions_of(company) if row["origin_id"])
        counted = await SqlInvoiceStore(database).count(company.id, SyncedInvoiceFilter())
        assert counted == synced


async def test_fills_the_ledger_of_the_demo_erp(database: Database, bills: DemoBills) -> None:
    await seed(database, bills)

    expected = [bill for company in COMPANIES for bill in bills_of(company)]
    assert bills.all() == sorted(expected, key=lambda bill: bill.record_id)


async def test_a_second_start_changes_nothing(database: Database, bills: DemoBills) -> None:
    await seed(database, bills)
    before = await stored(database), bills.all()

    await seed(database, bills)

    assert (await stored(database), bills.all()) == before


async def test_a_second_start_keeps_what_was_done_since(
    database: Database, bills: DemoBills
) -> None:
    await seed(database, bills)
    invoice = next(each for each in (await stored(database)).values() if each.link)
    assert invoice.link is not None
    bills.delete(invoice.link.record_id)
    await unlink(database, invoice)
    await import_directory(database, {**directory_of(CASCADE), "people": []})

    await seed(database, bills)

    assert (await stored(database))[invoice.id].link is None
    [bill] = bills.find(CASCADE.id, [invoice.link.record_id])
    assert bill.deleted_at is not None
    ada = await SqlCompanyDirectory(database).viewer(DEMO_ISSUER, "ada")
    assert ada is None or not ada.companies


@pytest.mark.parametrize("rows", [0, 1, 20])
async def test_the_next_start_makes_good_one_that_was_cut_short(
    database: Database, bills: DemoBills, rows: int
) -> None:
    bills.add(bills_of(CASCADE)[:7])
    await import_directory(database, directory_of(CASCADE))
    some = [Row(line, row) for line, row in enumerate(requisitions_of(CASCADE)[:rows], 1)]
    await import_requisitions(database, some, CASCADE.id)

    await seed(database, bills)

    assert (await stored(database)).keys() == everything()
    assert len(bills.all()) == sum(len(bills_of(company)) for company in COMPANIES)


async def test_several_who_start_at_once_seed_once(database: Database, bills: DemoBills) -> None:
    await asyncio.gather(*(seed(database, bills) for _ in range(4)))

    assert (await stored(database)).keys() == everything()
    assert len(bills.all()) == sum(len(bills_of(company)) for company in COMPANIES)


async def test_leaves_a_real_company_alone_that_has_the_same_id(
    database: Database, bills: DemoBills
) -> None:
    real = directory_of(CASCADE) | {
        "company": {"id": CASCADE.id, "name": "Somebody Else Inc.", "currency": "EUR"},
        "people": [],
    }
    await import_directory(database, real)

    await seed(database, bills)

    found = await stored(database)
    assert not any(invoice.company_id == CASCADE.id for invoice in found.values())
    assert any(invoice.company_id == NORTHSHORE.id for invoice in found.values())
