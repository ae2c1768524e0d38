"""Keeping what invoices are searched by in step with their ERP documents."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows, statements
from adapters.store.search import search_text

SEARCHABLE = (
    update(rows.INVOICES)
    .where(
        rows.INVOICES.c.company_id == bindparam("_company"),
        rows.INVOICES.c.id == bindparam("_invoice"),
    )
    .values(search_text=bindparam("text"))
)


async def make_findable(
    connection: AsyncConnection, company_id: int, invoice_ids: Sequence[int]
) -> None:
    """Let the search find invoices by the document numbers that their links have now."""
    invoices = rows.INVOICES
    source = invoices.join(
        rows.VENDORS, statements.referred(invoices, "vendor_id", rows.VENDORS)
    ).join(rows.LINKS, statements.referred(invoices, "link_id", rows.LINKS))
    found_by = (
        invoices.c.number,
        invoices.c.invoice_number,
        rows.VENDORS.c.name,
        rows.LINKS.c.document_number,
    )
    wanted = (
        select(invoices.c.id, *found_by)
        .select_from(source)
        .where(statements.inside(company_id, invoices), invoices.c.id.in_(invoice_ids))
        .order_by(invoices.c.id)
    )
    texts = [
        {"_company": company_id, "_invoice": id, "text": search_text(*words)}
        for id, *words in await connection.execute(wanted)
    ]
    if texts:
        await connection.execute(SEARCHABLE, texts)
