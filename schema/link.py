"""An invoice's link to its ERP record, and the history of attempts to unlink."""

from datetime import datetime
from typing import Self

import strawberry

from domain import erps, unlinking
from domain.erps import RecordState
from domain.unlinking import AttemptOutcome
from schema.company import ErpIntegration
from schema.ids import node_id
from schema.node import Node
from schema.request import Info


@strawberry.type(
    description="The tie between an invoice and its ERP record. Unlinking ends it; it is kept."
)
class ErpLink(Node):
    erp: str = strawberry.field(description="The ERP's short name, such as `tryton`.")
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
    own: strawberry.Private[erps.ErpLink]
    known: strawberry.Private[erps.ErpIntegration | None]

    @strawberry.field(description="The connection through which the invoice was synced.")
    async def integration(self, info: Info) -> ErpIntegration:
        if self.known is not None:
            return ErpIntegration.of(self.known)
        found = await info.context.integrations.load(self.own.company_id)
        return next(ErpIntegration.of(i) for i in found if i.id == self.own.integration_id)

    @classmethod
    def of(cls, link: erps.ErpLink, integration: erps.ErpIntegration | None = None) -> Self:
        """`integration`: the link's own, where it was read along with it."""
        return cls(
            id=node_id("ErpLink", link.company_id, link.id),
            erp=link.erp,
            record_id=link.record_id,
            document_number=link.document_number,
            synced_at=link.synced_at,
            synced_by=link.synced_by,
            record_state=link.record_state,
            checked_at=link.checked_at,
            ended_at=link.ended_at,
            own=link,
            known=integration,
        )


@strawberry.type(description="One attempt to unlink an invoice: the audit's line.")
class UnlinkAttempt:
    at: datetime = strawberry.field(description="When it was decided.")
    by: str = strawberry.field(description="Who tried.")
    outcome: AttemptOutcome = strawberry.field(description="How it ended.")
    evidence: str = strawberry.field(description="What the decision rests on.")
    link: ErpLink | None = strawberry.field(description="The link in question, if there was one.")

    @classmethod
    def of(cls, attempt: unlinking.UnlinkAttempt) -> Self:
        return cls(
            at=attempt.at,
            by=attempt.by,
            outcome=attempt.outcome,
            evidence=attempt.evidence,
            link=ErpLink.of(attempt.link) if attempt.link else None,
        )
