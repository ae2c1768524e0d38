"""Subscription.invoiceChanged."""

from collections.abc import AsyncGenerator

from domain.changes import InvoiceChange
from resolvers.context import Context


async def invoice_changed(
    context: Context, company_id: int
) -> AsyncGenerator[InvoiceChange | None, None]:
    """What happens to the company's synced invoices from now on.

    None, and then the end, when the company is not the viewer's, or not any more: as if it did
    not exist. Raises FellBehind.
    """
    if context.viewer.company(company_id) is not None:
        async with context.services.changes.watch(company_id, context.viewer.id) as changes:
            async for change in changes:
                yield change
    yield None
