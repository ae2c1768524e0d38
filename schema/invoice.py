"""The subcontractor invoice, as the ERP Integrations tool shows it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from domain import invoices, unlinking
from domain.invoices import InvoiceStatus
from schema.company import Commitment, Project, Vendor
from schema.errors import BadUserInput
from schema.link import ErpLink, UnlinkAttempt
from schema.node import Node, identified, shows
from schema.reading import read
from schema.request import Info

MOST_ATTEMPTS = 100


@strawberry.type(description="An exact amount with its currency.")
class Money:
    amount: Decimal = strawberry.field(description="The amount, exact.")
    currency: str = strawberry.field(description="ISO 4217.")


def _sum(description: str) -> Money | None:
    field: Money | None = strawberry.field(description=description, default=None)
    return field


def _percent(description: str) -> Decimal | None:
    field: Decimal | None = strawberry.field(description=description, default=None)
    return field


@strawberry.type(
    description="The summary of the application for payment (AIA document G702); null: not told."
)
class G702Summary:
    original_contract_sum: Money | None = _sum("Line 1: the original contract sum.")
    net_change_by_change_orders: Money | None = _sum("Line 2: net change by change orders.")
    contract_sum_to_date: Money | None = _sum("Line 3: the contract sum to date.")
    total_completed_and_stored_to_date: Money | None = _sum(
        "Line 4: the total completed and stored to date."
    )
    completed_work_retainage_percent: Decimal | None = _percent(
        "Line 5a: retainage of completed work, in percent."
    )
    completed_work_retainage_amount: Money | None = _sum("Line 5a: retainage of completed work.")
    stored_materials_retainage_percent: Decimal | None = _percent(
        "Line 5b: retainage of stored materials, in percent."
    )
    stored_materials_retainage_amount: Money | None = _sum(
        "Line 5b: retainage of stored materials."
    )
    total_retainage: Money | None = _sum("Line 5: the total retainage.")
    total_earned_less_retainage: Money | None = _sum("Line 6: the total earned less retainage.")
    less_previous_certificates_for_payment: Money | None = _sum(
        "Line 7: less previous certificates for payment."
    )
    current_payment_due: Money | None = _sum("Line 8: the current payment due.")
    balance_to_finish_including_retainage: Money | None = _sum(
        "Line 9: the balance to finish, including retainage."
    )
    tax_applicable_to_this_payment: Money | None = _sum("The tax that applies to this payment.")


@strawberry.type(
    description="A subcontractor invoice (also: requisition). While it is synced with the "
    "company's ERP it is locked: it can be neither edited nor deleted until it is unlinked."
)
class SubcontractorInvoice(Node):
    is_type_of = shows(invoices.SubcontractorInvoice)

    id: strawberry.ID = identified("SubcontractorInvoice", one_of_many=True)
    number: int = strawberry.field(description="Its place in the sequence on its commitment.")
    invoice_number: str | None = strawberry.field(description="The subcontractor's own number.")
    status: InvoiceStatus = strawberry.field(description="Its status in the approval.")
    erp_status: str | None = strawberry.field(
        description="Its status towards the ERP, in the REST API's words, such as `synced`."
    )
    billing_date: date | None = strawberry.field(description="The day it is billed for.")
    period_start: date | None = strawberry.field(description="First day of the billing period.")
    period_end: date | None = strawberry.field(description="Last day of the billing period.")
    payment_date: date | None = strawberry.field(description="The day its payment is due.")
    submitted_at: date | None = strawberry.field(description="The day it was submitted.")
    percent_complete: Decimal | None = strawberry.field(
        description="How much of the commitment is complete, in percent."
    )
    final: bool = strawberry.field(description="Whether it is the commitment's last invoice.")
    total_claimed_amount: Money | None = strawberry.field(description="What is claimed.")
    current_payment_due: Money | None = strawberry.field(
        description="What is due now: line 8 of the summary."
    )
    summary: G702Summary = strawberry.field(description="The G702 summary.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    vendor: Vendor = strawberry.field(description="The subcontractor who bills.")
    project: Project = strawberry.field(description="The project it belongs to.")
    commitment: Commitment = strawberry.field(description="The commitment it bills against.")
    erp_link: ErpLink | None = read(
        "link", description="Its active link to the ERP; null when it is not synced."
    )
    locked: bool = strawberry.field(
        description="Whether it is synced, and so can be neither edited nor deleted."
    )

    @strawberry.field(
        description="Every attempt to unlink it, newest first.",
        graphql_type=list[UnlinkAttempt],
    )
    async def unlink_history(
        self,
        info: Info,
        invoice: strawberry.Parent[invoices.SubcontractorInvoice],
        first: Annotated[
            int, strawberry.argument(description="How many attempts at most: 1 to 100.")
        ] = 20,
    ) -> list[unlinking.UnlinkAttempt]:
        if not 1 <= first <= MOST_ATTEMPTS:
            raise BadUserInput("first", f"must be from 1 to {MOST_ATTEMPTS}")
        return await info.context.history.load((invoice.company_id, invoice.id, first))
