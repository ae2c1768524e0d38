"""The root of subscriptions."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError

from domain import changes
from domain.changes import ChangeKind, FellBehind
from resolvers.invoice_changed import invoice_changed
from schema.ids import company_number
from schema.invoice import SubcontractorInvoice
from schema.link import ErpLink
from schema.request import Info


@strawberry.type(
    description="Something that happened to an invoice. Show `invoice`, which is as it is now: "
    "changes that were made at the same moment may come in another order."
)
class InvoiceChange:
    kind: ChangeKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When it happened.")
    by: str | None = strawberry.field(
        description="The name of the person who did it; null where nobody is known: for a link "
        "that was imported, and for a record that was looked at."
    )
    invoice: SubcontractorInvoice = strawberry.field(description="The invoice as it is now.")
    link: ErpLink = strawberry.field(
        description="The link that it happened to, as it is now: the one that was ended or made, "
        "or the one whose record was looked at."
    )


class SubscriptionBehind(GraphQLError):
    """Changes were taken too slowly, and some are lost."""

    def __init__(self) -> None:
        extensions: dict[str, Any] = {"code": "SUBSCRIPTION_BEHIND"}
        message = "More changed than could be delivered. Load the list anew, and subscribe again."
        super().__init__(message, extensions=extensions)


@strawberry.type(description="What can be watched.")
class Subscription:
    @strawberry.subscription(
        description="What happens to the company's synced invoices from now on, in whichever way "
        "it is done: they are unlinked, they are linked, the state of their record is seen. Null, "
        "and then the end, when the company is unknown or not the viewer's, or not any more.",
        graphql_type=AsyncIterator[InvoiceChange | None],
    )
    async def invoice_changed(
        self,
        info: Info,
        company_id: Annotated[strawberry.ID, strawberry.argument(description="The company.")],
    ) -> AsyncIterator[changes.InvoiceChange | None]:
        watched = invoice_changed(info.context.context, company_number(company_id))
        try:
            async with aclosing(watched) as found:
                async for change in found:
                    yield change
        except FellBehind:
            raise SubscriptionBehind from None
