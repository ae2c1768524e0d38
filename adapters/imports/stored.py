"""What the database holds of a batch of requisitions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.links import ActiveLink
from adapters.imports.requisitions import Requisition
from adapters.imports.statements import Values
from adapters.store.rows import INVOICES, LINKS, table
from adapters.store.statements import inside
from adapters.store.tables import LineItemRow, LineLinkRow

LINES = table(LineItemRow)
LINE_LINKS = table(LineLinkRow)

OWN = [column for column in INVOICES.c if column.computed is None]


@dataclass(slots=True)
class Stored:
    """An invoice with its links and lines. No invoice: it is not there yet."""

    invoice: Values | None = None
    link: ActiveLink | None = None
    ended: dict[str, datetime] = field(default_factory=dict)
    """When the links before were ended, the last time for each record."""
    lines: dict[int, UUID | None] = field(default_factory=dict)
    line_records: dict[int, str] = field(default_factory=dict)
    """The records of the lines, in the active link."""


async def stored(
    connection: AsyncConnection, company_id: int, batch: Sequence[Requisition]
) -> dict[int, Stored]:
    """The invoices of a batch that are there, by id."""
    found = await _invoices(connection, company_id, [requisition.id for requisition in batch])
    if not found:
        return found
    await _add_links(connection, company_id, found)
    there = [requisition for requisition in batch if requisition.id in found]
    if unlike := [r.id for r in there if _may_begin_a_link(r, found[r.id])]:
        await _add_ended(connection, company_id, found, unlike)
    if with_lines := [requisition.id for requisition in there if requisition.lines]:
        await _add_lines(connection, company_id, found, with_lines)
    return found


async def lock(connection: AsyncConnection, company_id: int, ids: Collection[int]) -> bool:
    """Let nobody change these invoices and their links before the transaction ends.

    Links first, then invoices, each in the order of their ids: an unlink takes the same way.
    False on SQLite, where a writer is alone: nothing can have changed while we waited.
    """
    if connection.dialect.name == "sqlite":
        return False
    links = select(LINKS.c.id).where(
        inside(company_id, LINKS), LINKS.c.invoice_id.in_(ids), LINKS.c.ended_at.is_(None)
    )
    await connection.execute(links.order_by(LINKS.c.id).with_for_update(key_share=True))
    invoices = select(INVOICES.c.id).where(inside(company_id, INVOICES), INVOICES.c.id.in_(ids))
    await connection.execute(invoices.order_by(INVOICES.c.id).with_for_update(key_share=True))
    return True


def _may_begin_a_link(requisition: Requisition, known: Stored) -> bool:
    active = known.link and known.link.record_id
    return requisition.origin_id is not None and requisition.origin_id != active


async def _invoices(
    connection: AsyncConnection, company_id: int, ids: Collection[int]
) -> dict[int, Stored]:
    query = select(*OWN).where(inside(company_id, INVOICES), INVOICES.c.id.in_(ids))
    rows = await connection.execute(query)
    return {row["id"]: Stored(dict(row)) for row in rows.mappings()}


async def _add_links(
    connection: AsyncConnection, company_id: int, found: dict[int, Stored]
) -> None:
    query = select(
        LINKS.c.invoice_id,
        LINKS.c.id,
        LINKS.c.record_id,
        LINKS.c.synced_at,
        LINKS.c.document_number,
    ).where(inside(company_id, LINKS), LINKS.c.invoice_id.in_(found), LINKS.c.ended_at.is_(None))
    for invoice_id, *link in await connection.execute(query):
        found[invoice_id].link = ActiveLink(*link)


async def _add_ended(
    connection: AsyncConnection, company_id: int, found: dict[int, Stored], ids: Collection[int]
) -> None:
    key = (LINKS.c.invoice_id, LINKS.c.record_id)
    query = select(*key, func.max(LINKS.c.ended_at)).where(
        inside(company_id, LINKS), LINKS.c.invoice_id.in_(ids), LINKS.c.ended_at.is_not(None)
    )
    for invoice_id, record_id, ended_at in await connection.execute(query.group_by(*key)):
        found[invoice_id].ended[record_id] = ended_at


async def _add_lines(
    connection: AsyncConnection, company_id: int, found: dict[int, Stored], ids: Collection[int]
) -> None:
    lines = select(LINES.c.invoice_id, LINES.c.id, LINES.c.link_id).where(
        inside(company_id, LINES), LINES.c.invoice_id.in_(ids)
    )
    for invoice_id, line_id, link_id in await connection.execute(lines):
        found[invoice_id].lines[line_id] = link_id
    invoice_of = {link.id: id for id in ids if (link := found[id].link)}
    records = select(LINE_LINKS.c.link_id, LINE_LINKS.c.line_item_id, LINE_LINKS.c.record_id).where(
        inside(company_id, LINE_LINKS), LINE_LINKS.c.link_id.in_(invoice_of)
    )
    for link_id, line_id, record_id in await connection.execute(records):
        found[invoice_of[link_id]].line_records[line_id] = record_id
