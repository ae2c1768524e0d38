"""What an import does to links: it begins and replaces them, and never undoes an unlink."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.imports import RequisitionsReport
from adapters.store.engine import Database
from adapters.store.tables import InvoiceRow, LinkRow
from tests.adapters.imports.builders import (
    INTEGRATION,
    a_requisition,
)
from tests.adapters.imports.stored import active_link, all_of, bring_in, only
from tests.adapters.imports.unlinking import unlinked

SNAPSHOT = datetime(2026, 4, 2, 16, 20, tzinfo=UTC)
LATER = "2026-05-01T00:00:00Z"


async def links(database: Database) -> list[tuple[str, bool]]:
    """The records of all links, and whether each is active; the active ones last."""
    found = await all_of(database, LinkRow)
    return sorted(
        ((link["record_id"], link["ended_at"] is None) for link in found),
        key=lambda link: (link[1], link[0]),
    )


async def test_a_row_with_an_erp_record_begins_a_link(company: Database) -> None:
    report = await bring_in(company, a_requisition(origin_id="BILL-1"))

    link, invoice = await only(company, LinkRow), await only(company, InvoiceRow)
    assert report == RequisitionsReport(created=1, linked=1)
    assert (link["invoice_id"], link["integration_id"]) == (31, INTEGRATION)
    assert (link["record_id"], link["synced_at"]) == ("BILL-1", SNAPSHOT)
    assert (link["ended_at"], link["seen_at"]) == (None, None)
    assert (invoice["link_id"], invoice["synced_at"]) == (link["id"], SNAPSHOT)


async def test_an_invoice_that_is_there_is_linked_when_its_record_appears(
    company: Database,
) -> None:
    await bring_in(company, a_requisition())

    report = await bring_in(company, a_requisition(origin_id="BILL-1", updated_at=LATER))

    assert report == RequisitionsReport(updated=1, linked=1)
    assert (await only(company, InvoiceRow))["link_id"] == (await only(company, LinkRow))["id"]


@pytest.mark.parametrize("blank", [None, "", "  "])
async def test_a_blank_record_is_none(company: Database, blank: str | None) -> None:
    assert await bring_in(company, a_requisition(origin_id=blank)) == RequisitionsReport(created=1)


async def test_the_same_record_again_changes_nothing(company: Database) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    before = await only(company, LinkRow)

    report = await bring_in(company, a_requisition(origin_id="BILL-1", updated_at=LATER))

    assert report == RequisitionsReport(updated=1)
    assert await only(company, LinkRow) == before


async def test_a_resync_ends_the_link_and_begins_another(company: Database) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))

    began = datetime.now(UTC) - timedelta(seconds=1)
    report = await bring_in(company, a_requisition(origin_id="BILL-2", updated_at=LATER))

    link, invoice = await active_link(company), await only(company, InvoiceRow)
    assert report == RequisitionsReport(updated=1, relinked=1)
    assert await links(company) == [("BILL-1", False), ("BILL-2", True)]
    [ended] = [link["ended_at"] for link in await all_of(company, LinkRow) if link["ended_at"]]
    assert began < ended <= datetime.now(UTC)
    assert (invoice["link_id"], invoice["synced_at"]) == (link["id"], link["synced_at"])


async def test_a_resync_that_was_updated_before_the_last_import_is_taken(
    company: Database,
) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    await bring_in(company, a_requisition(origin_id="BILL-2"))

    report = await bring_in(company, a_requisition(origin_id="BILL-3"))

    assert report == RequisitionsReport(updated=1, relinked=1)
    assert (await active_link(company))["record_id"] == "BILL-3"


async def test_a_record_that_a_resync_replaced_does_not_come_back_from_an_old_file(
    company: Database,
) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    await bring_in(company, a_requisition(origin_id="BILL-2"))

    report = await bring_in(company, a_requisition(origin_id="BILL-1"))

    assert report == RequisitionsReport(unchanged=1, not_linked_again=1)
    assert (await active_link(company))["record_id"] == "BILL-2"


async def test_a_row_without_a_record_does_not_end_a_link(company: Database) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    link = await only(company, LinkRow)

    report = await bring_in(company, a_requisition(updated_at=LATER))

    assert report == RequisitionsReport(updated=1, links_kept=1)
    assert await only(company, LinkRow) == link
    assert (await only(company, InvoiceRow))["link_id"] == link["id"]


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=1)])
async def test_an_old_file_does_not_undo_an_unlink(company: Database, after: timedelta) -> None:
    row = a_requisition(origin_id="BILL-1")
    await bring_in(company, row)
    await unlinked(company, 31, SNAPSHOT + after)
    before = await only(company, InvoiceRow)

    report = await bring_in(company, row)

    assert report == RequisitionsReport(unchanged=1, not_linked_again=1)
    assert await links(company) == [("BILL-1", False)]
    assert await only(company, InvoiceRow) == before


async def test_an_invoice_that_was_sent_again_after_its_unlink_is_linked(
    company: Database,
) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    await unlinked(company, 31, SNAPSHOT + timedelta(days=1))

    report = await bring_in(company, a_requisition(origin_id="BILL-2", updated_at=LATER))

    assert report == RequisitionsReport(updated=1, linked=1)
    assert await links(company) == [("BILL-1", False), ("BILL-2", True)]
