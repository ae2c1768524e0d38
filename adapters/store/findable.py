"""Keeping what invoices are searched by in step with their ERP documents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, update
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


def found_by(company_id: int | ColumnElement[int]) -> Select[Any]:
    """Invoices by their ids, each with the words that `search_text` is made of."""
    invoices = rows.INVOICES
    source = invoices.join(
        rows.VENDORS, statements.referred(invoices, "vendor_id", rows.VENDORS)
    ).join(rows.LINKS, statements.referred(invoices, "link_id", rows.LINKS))
    words = (
        invoices.c.number,
        invoices.c.invoice_number,
        rows.VENDORS.c.name,
        rows.LINKS.c.document_number,
    )
    wanted = select(invoices.c.id, *words).select_from(source)
    return wanted.where(statements.inside(company_id, invoices)).order_by(invoices.c.id)


async def make_findable(
    connection: AsyncConnection, company_id: int, invoice_ids: Sequence[int]
) -> None:
    """Let the search find invoices by the document numbers that their links have now."""
    wanted = found_by(company_id).where(rows.INVOICES.c.id.in_(invoice_ids))
    texts = [
        {"_company": company_id, "_invoice": id, "text": search_text(*words)}
        for id, *words in await connection.execute(wanted)
    ]
    if texts:
        await connection.execute(SEARCHABLE, texts)
