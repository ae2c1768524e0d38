"""The root of mutations."""

from typing import Annotated

import strawberry

from domain.rows import NOTHING
from resolvers.unlink_invoice import unlink_invoice
from schema.ids import node_key
from schema.proving import PROVES_ITS_READER
from schema.request import Info
from schema.selecting import selected
from schema.unlink_invoice import UnlinkInvoiceResult, result_of


@strawberry.input(description="Which invoice to unlink.")
class UnlinkInvoiceInput:
    invoice_id: strawberry.ID = strawberry.field(description="The invoice's id.")


@strawberry.type(description="What can be changed.")
class Mutation:
    @strawberry.mutation(
        description="Unlink an invoice from its ERP record, if the viewer may and the ERP says "
        "that the record is gone.",
        metadata=PROVES_ITS_READER,
    )
    async def unlink_invoice(
        self,
        info: Info,
        input: Annotated[
            UnlinkInvoiceInput, strawberry.argument(description="Which invoice to unlink.")
        ],
    ) -> UnlinkInvoiceResult | None:
        wanted = selected(info).get("invoice", NOTHING)
        key = node_key(input.invoice_id)
        return result_of(await unlink_invoice(info.context.context, key, wanted))
