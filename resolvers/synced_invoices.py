"""Query.syncedInvoices."""

from domain.pages import Page, PageRequest, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.rows import Selection
from resolvers.context import Context


async def synced_invoices(
    context: Context,
    company_id: int,
    keep: SyncedInvoiceFilter,
    order: SyncedInvoiceOrder,
    request: PageRequest,
    wanted: Selection,
) -> Page | None:
    """One page of the company's synced invoices, of each what is wanted.

    None when the company is not the viewer's.
    """
    if context.reader is not None:
        store = context.services.invoices
        page = await store.page(company_id, keep, order, request, wanted, context.reader)
        if page.entries:
            return page
        context = await context.looked_up()
    if context.viewer.company(company_id) is None:
        return None
    return await context.services.invoices.page(company_id, keep, order, request, wanted)


async def count_synced_invoices(
    context: Context, company_id: int, keep: SyncedInvoiceFilter
) -> int:
    """How many invoices all pages hold together."""
    if context.viewer.company(company_id) is None:
        return 0
    return await context.services.invoices.count(company_id, keep)
