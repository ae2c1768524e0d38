"""The nouns: subcontractor invoices and what they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from domain.erps import ErpLink


class InvoiceStatus(Enum):
    """The six statuses of a requisition.

    Source: the Procore REST API, `GET /rest/v1.1/requisitions`
    (https://developers.procore.com/reference/rest/requisitions).
    """

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    REVISE_AND_RESUBMIT = "revise_and_resubmit"
    APPROVED = "approved"
    APPROVED_AS_NOTED = "approved_as_noted"
    PENDING_OWNER_APPROVAL = "pending_owner_approval"


@dataclass(frozen=True, slots=True)
class Company:
    """A company that keeps its invoices here; `currency` is ISO 4217."""

    id: int
    name: str
    currency: str

    @property
    def company_id(self) -> int:
        """Itself: as of all that is a company's."""
        return self.id


@dataclass(frozen=True, slots=True)
class Project:
    company_id: int
    id: int
    name: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Vendor:
    """The subcontractor who bills."""

    company_id: int
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """The subcontract or purchase order that an invoice bills against."""

    company_id: int
    id: int
    title: str
    type: str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its ISO 4217 currency; never a float."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class G702Summary:
    """The summary of the application for payment, AIA document G702.

    Percentages are in percent (10 is ten percent).
    Source: the `summary` object of the Procore REST API's requisition.
    """

    original_contract_sum: Money | None = None
    net_change_by_change_orders: Money | None = None
    contract_sum_to_date: Money | None = None
    total_completed_and_stored_to_date: Money | None = None
    completed_work_retainage_percent: Decimal | None = None
    completed_work_retainage_amount: Money | None = None
    stored_materials_retainage_percent: Decimal | None = None
    stored_materials_retainage_amount: Money | None = None
    total_retainage: Money | None = None
    total_earned_less_retainage: Money | None = None
    less_previous_certificates_for_payment: Money | None = None
    current_payment_due: Money | None = None
    balance_to_finish_including_retainage: Money | None = None
    tax_applicable_to_this_payment: Money | None = None


@dataclass(frozen=True, slots=True)
class SubcontractorInvoice:
    """A subcontractor invoice (requisition). Synced, and so locked, while it has a link."""

    company_id: int
    id: int
    number: int
    invoice_number: str | None
    status: InvoiceStatus
    erp_status: str | None
    billing_date: date | None
    period_start: date | None
    period_end: date | None
    payment_date: date | None
    submitted_at: date | None
    percent_complete: Decimal | None
    final: bool
    currency: str
    total_claimed_amount: Money | None
    current_payment_due: Money | None
    summary: G702Summary
    created_at: datetime
    updated_at: datetime
    vendor: Vendor
    project: Project
    commitment: Commitment
    link: ErpLink | None
    others: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What else is kept of it, by name, and read as if it were a field: it is only shown, and
    nothing is decided by it."""

    if not TYPE_CHECKING:  # whatever is decided by something has it among the fields

        def __getattr__(self, name: str) -> Any:
            if name == "others" or name not in self.others:
                raise AttributeError(f"an invoice has no {name}")
            return self.others[name]

    @property
    def locked(self) -> bool:
        """Once synced, an invoice can be neither edited nor deleted until it is unlinked."""
        return self.link is not None
