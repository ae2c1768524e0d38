"""Keeping what ERPs said of records, when nobody is unlinking."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows, statements
from adapters.store.directory import COMPANIES
from adapters.store.ending import as_seen, kept_of_sightings
from adapters.store.engine import Database
from adapters.store.findable import make_findable
from adapters.store.outbox import Told, tell
from domain.changes import ChangeKind
from domain.erps import Sighting
from domain.invoices import SubcontractorInvoice

SEEN = (
    update(rows.LINKS)
    .where(
        rows.LINKS.c.company_id == bindparam("_company"),
        rows.LINKS.c.id == bindparam("_link"),
        rows.LINKS.c.ended_at.is_(None),
    )
    .values(kept_of_sightings())
)


async def keep_sightings(
    database: Database,
    company_id: int,
    sightings: Sequence[tuple[SubcontractorInvoice, Sighting]],
) -> None:
    seen = [(invoice, invoice.link, sighting) for invoice, sighting in sightings]
    links = [
        {"_company": company_id, "_link": link.id} | as_seen(sighting)
        for _, link, sighting in seen
        if link is not None
    ]
    if not links:
        return
    async with database.writing() as connection:
        await _hold_imports(connection, company_id)
        await connection.execute(SEEN, links)
        await make_findable(connection, company_id, [invoice.id for invoice, *_ in seen])
        told = await _still_active(connection, company_id, [link.id for _, link, _ in seen if link])
        await tell(connection, company_id, told, datetime.now(UTC))


async def _hold_imports(connection: AsyncConnection, company_id: int) -> None:
    """Begin no import of the company before this transaction ends: both write many rows.

    The lock is the one that `adapters.imports.companies.target` takes.
    """
    company = select(COMPANIES.c.id).where(COMPANIES.c.id == company_id)
    await connection.execute(company.with_for_update(key_share=True))


async def _still_active(
    connection: AsyncConnection, company_id: int, ids: Sequence[UUID]
) -> list[Told]:
    """The links that the sightings were kept on: not those that were ended meanwhile."""
    links = rows.LINKS
    active = select(links.c.invoice_id, links.c.id).where(
        statements.inside(company_id, links), links.c.id.in_(ids), links.c.ended_at.is_(None)
    )
    found = await connection.execute(active.order_by(links.c.id))
    return [Told(ChangeKind.RECORD_STATE_SEEN, invoice, link) for invoice, link in found]
