"""Writing the changes of a batch. The caller has locked what is changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.changes import Change
from adapters.imports.statements import change, chunks, put
from adapters.imports.stored import LINE_LINKS, LINES, lock
from adapters.store.outbox import Told, tell
from adapters.store.rows import INVOICES, LINKS, VENDORS
from adapters.store.search import search_text
from adapters.store.statements import inside
from domain.changes import ChangeKind


async def write(
    connection: AsyncConnection,
    company_id: int,
    integration_id: int | None,
    changes: Sequence[Change],
    now: datetime,
) -> None:
    """Write the changes. What refers comes after what it refers to."""
    await _end_links(connection, company_id, changes, now)
    await put(connection, INVOICES, [each.invoice for each in changes if each.invoice])
    await put(
        connection,
        LINKS,
        [
            {
                "company_id": company_id,
                "id": each.begun.id,
                "invoice_id": each.requisition.id,
                "integration_id": integration_id,
                "record_id": each.begun.record_id,
                "synced_at": each.begun.synced_at,
            }
            for each in changes
            if each.begun
        ],
    )
    await put(connection, LINES, [line for each in changes for line in each.lines])
    await put(connection, LINE_LINKS, [line for each in changes for line in each.line_links])
    linked = [
        Told(ChangeKind.LINKED, each.requisition.id, each.begun.id)
        for each in changes
        if each.begun
    ]
    await tell(connection, company_id, linked, now)


async def _end_links(
    connection: AsyncConnection, company_id: int, changes: Sequence[Change], now: datetime
) -> None:
    """End the links that a re-sync replaces, with those of their lines."""
    ended = {each.ended: each.requisition.id for each in changes if each.ended}
    if not ended:
        return
    result = await connection.execute(
        update(LINKS)
        .where(inside(company_id, LINKS), LINKS.c.id.in_(ended), LINKS.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    if result.rowcount != len(ended):
        raise RuntimeError("a link was ended by somebody else, in spite of the lock")
    await connection.execute(
        update(LINES)
        .where(
            inside(company_id, LINES),
            LINES.c.invoice_id.in_(ended.values()),
            LINES.c.link_id.in_(ended),
        )
        .values(link_id=None)
    )


async def write_search_texts(
    connection: AsyncConnection, company_id: int, vendor_ids: set[int]
) -> None:
    """Let the search find the invoices of these vendors by the names that they have now."""
    for vendors in chunks(sorted(vendor_ids)):
        query = select(INVOICES.c.id).where(
            inside(company_id, INVOICES), INVOICES.c.vendor_id.in_(vendors)
        )
        ids = sorted((await connection.execute(query)).scalars())
        for some in chunks(ids):
            await lock(connection, company_id, some)
            await _write_search_texts_of(connection, company_id, some)


async def _write_search_texts_of(
    connection: AsyncConnection, company_id: int, ids: Sequence[int]
) -> None:
    vendor = (VENDORS.c.company_id == INVOICES.c.company_id) & (
        VENDORS.c.id == INVOICES.c.vendor_id
    )
    link = (LINKS.c.company_id == INVOICES.c.company_id) & (LINKS.c.id == INVOICES.c.link_id)
    found = await connection.execute(
        select(
            INVOICES.c.id,
            INVOICES.c.search_text,
            INVOICES.c.number,
            INVOICES.c.invoice_number,
            VENDORS.c.name,
            LINKS.c.document_number,
        )
        .select_from(INVOICES.join(VENDORS, vendor).outerjoin(LINKS, link))
        .where(inside(company_id, INVOICES), INVOICES.c.id.in_(ids))
    )
    new = [
        {"company_id": company_id, "id": id, "search_text": text}
        for id, before, *words in found
        if (text := search_text(*words)) != before
    ]
    await change(connection, INVOICES, ("company_id", "id"), new)
