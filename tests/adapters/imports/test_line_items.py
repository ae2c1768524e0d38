"""Line items are synced with their invoice, and end with its link."""

from datetime import UTC, datetime, timedelta

from adapters.imports import RequisitionsReport
from adapters.store.engine import Database
from adapters.store.tables import LineItemRow, LineLinkRow, LinkRow
from tests.adapters.imports.builders import (
    a_requisition,
)
from tests.adapters.imports.stored import active_link, all_of, bring_in, only
from tests.adapters.imports.unlinking import unlinked

SNAPSHOT = datetime(2026, 4, 2, 16, 20, tzinfo=UTC)
LATER = "2026-05-01T00:00:00Z"


async def test_line_items_are_synced_with_their_invoice(company: Database) -> None:
    items = [{"id": 1, "origin_id": "L1"}, {"id": 2, "origin_id": None}]

    await bring_in(company, a_requisition(origin_id="BILL-1", items=items))

    link = await only(company, LinkRow)
    synced, other = await all_of(company, LineItemRow)
    record = await only(company, LineLinkRow)
    assert (synced["invoice_id"], synced["id"], synced["link_id"]) == (31, 1, link["id"])
    assert (other["id"], other["link_id"]) == (2, None)
    assert (record["link_id"], record["line_item_id"]) == (link["id"], 1)
    assert record["record_id"] == "L1"


async def test_lines_that_a_later_view_shows_join_the_link(company: Database) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1"))
    items = [{"id": 1, "origin_id": "L1"}]

    report = await bring_in(company, a_requisition(origin_id="BILL-1", items=items))

    link = await only(company, LinkRow)
    assert report == RequisitionsReport(updated=1)
    assert (await only(company, LineItemRow))["link_id"] == link["id"]
    assert (await only(company, LineLinkRow))["link_id"] == link["id"]


async def test_a_resync_takes_the_lines_along_and_keeps_their_former_records(
    company: Database,
) -> None:
    before = [{"id": 1, "origin_id": "L1"}, {"id": 2, "origin_id": "L2"}]
    await bring_in(company, a_requisition(origin_id="BILL-1", items=before))

    await bring_in(
        company,
        a_requisition(origin_id="BILL-2", items=[{"id": 1, "origin_id": "M1"}], updated_at=LATER),
    )

    link = await active_link(company)
    taken, dropped = await all_of(company, LineItemRow)
    assert (taken["link_id"], dropped["link_id"]) == (link["id"], None)
    records = sorted(record["record_id"] for record in await all_of(company, LineLinkRow))
    assert records == ["L1", "L2", "M1"]


async def test_lines_of_an_invoice_that_is_not_synced_are_not_synced(company: Database) -> None:
    await bring_in(company, a_requisition(items=[{"id": 1, "origin_id": "L1"}]))

    assert (await only(company, LineItemRow))["link_id"] is None
    assert await all_of(company, LineLinkRow) == []


async def test_an_old_file_does_not_sync_lines_again(company: Database) -> None:
    row = a_requisition(origin_id="BILL-1", items=[{"id": 1, "origin_id": "L1"}])
    await bring_in(company, row)
    await unlinked(company, 31, SNAPSHOT + timedelta(days=1))

    await bring_in(company, row)

    assert (await only(company, LineItemRow))["link_id"] is None


async def test_the_lines_of_a_kept_link_stay_synced(company: Database) -> None:
    await bring_in(company, a_requisition(origin_id="BILL-1", items=[{"id": 1, "origin_id": "L1"}]))

    report = await bring_in(company, a_requisition(items=[{"id": 1}]))

    assert report == RequisitionsReport(unchanged=1, links_kept=1)
    assert (await only(company, LineItemRow))["link_id"] == (await only(company, LinkRow))["id"]
