"""An invoice's link to its ERP record, and the history of attempts to unlink."""

from datetime import datetime

import strawberry

from domain import erps
from domain.erps import RecordState
from domain.unlinking import AttemptOutcome
from schema.company import ErpIntegration
from schema.node import Node, identified, shows
from schema.reading import read


@strawberry.type(
    description="The tie between an invoice and its ERP record. Unlinking ends it; it is kept."
)
class ErpLink(Node):
    is_type_of = shows(erps.ErpLink)

    id: strawberry.ID = identified("ErpLink", one_of_many=True)
    erp: str = read("integration.erp", description="The ERP's short name, such as `tryton`.")
    record_id: str = strawberry.field(description="The id of the record in the ERP.")
    document_number: str | None = strawberry.field(
        description="The number of the document in the ERP, as last seen there."
    )
    synced_at: datetime = strawberry.field(description="When the invoice was synced.")
    synced_by: str | None = strawberry.field(description="Who synced it, where that is known.")
    record_state: RecordState | None = strawberry.field(
        description="The last known state of the record, as of `checkedAt`. Never fresh: the "
        "ERP is asked anew for every unlink."
    )
    checked_at: datetime | None = strawberry.field(
        description="When the ERP was last asked about the record; null: never."
    )
    ended_at: datetime | None = strawberry.field(
        description="When the link was ended; null while it is active."
    )
    integration: ErpIntegration = strawberry.field(
        description="The connection through which the invoice was synced."
    )


@strawberry.type(description="One attempt to unlink an invoice: the audit's line.")
class UnlinkAttempt:
    at: datetime = strawberry.field(description="When it was decided.")
    by: str = strawberry.field(description="Who tried.")
    outcome: AttemptOutcome = strawberry.field(description="How it ended.")
    evidence: str = strawberry.field(description="What the decision rests on.")
    link: ErpLink | None = strawberry.field(description="The link in question, if there was one.")
