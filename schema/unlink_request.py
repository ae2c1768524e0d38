"""An unlink that waits for the agent of an ERP that can only be polled, and what came of it."""

from datetime import datetime

import strawberry

from domain import unlink_requests
from domain.unlink_requests import UnlinkRequestState
from schema.invoice import SubcontractorInvoice
from schema.link import ErpLink
from schema.node import Node, identified, shows
from schema.reading import read
from schema.unlink_invoice import UnlinkInvoiceResult, result_of


@strawberry.type(
    description="A request to unlink an invoice from an ERP that can only be polled. It ends when "
    "an agent beside the ERP has asked it, or when its time is over."
)
class UnlinkRequest(Node):
    is_type_of = shows(unlink_requests.UnlinkRequest)

    id: strawberry.ID = identified("UnlinkRequest", one_of_many=True)
    state: UnlinkRequestState = strawberry.field(description="Whether it waits still.")
    by: str = strawberry.field(
        description="Who asked, and in whose name it ends: they must be allowed to then."
    )
    asked_at: datetime = strawberry.field(description="When they asked.")
    waits_until: datetime = strawberry.field(
        description="When its time is over: what is not answered by then is `STALE`."
    )
    answered_at: datetime | None = strawberry.field(
        description="When an agent's answer ended it; null: none did."
    )
    invoice: SubcontractorInvoice = strawberry.field(description="The invoice as it is now.")
    link: ErpLink = strawberry.field(
        description="The link that was to be ended; it may have been, in this way or another."
    )
    outcome: UnlinkInvoiceResult | None = read(
        "outcome",
        by=lambda outcome: None if outcome is None else result_of(outcome),
        description="What the unlink ended as, as `unlinkInvoice` would have answered it; null "
        "while it waits.",
    )
