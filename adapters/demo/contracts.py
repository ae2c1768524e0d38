"""What a demo subcontractor has contracted to do, and how far billing has got."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from adapters.demo.trades import Trade
from domain.invoices import InvoiceStatus


@dataclass(frozen=True, slots=True)
class DemoVendor:
    """A subcontractor; `prefix` and `first_number` are of its own invoice numbers."""

    id: int
    name: str
    prefix: str
    first_number: int


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """A change of the contract sum, from one application on; negative: a credit."""

    work: str
    amount: Decimal
    application: int


class Latest(Enum):
    """How far the last application of a commitment has got: its status and ERP status."""

    EXPORTED = (InvoiceStatus.APPROVED, "synced")
    EXPORTED_AS_NOTED = (InvoiceStatus.APPROVED_AS_NOTED, "synced")
    EXPORTED_BEFORE_THE_OWNER = (InvoiceStatus.PENDING_OWNER_APPROVAL, "synced")
    READY = (InvoiceStatus.APPROVED, "ready_to_export")
    FAILED = (InvoiceStatus.APPROVED_AS_NOTED, "failed_to_export")
    AT_THE_OWNER = (InvoiceStatus.PENDING_OWNER_APPROVAL, "not_in_erp")
    REJECTED = (InvoiceStatus.REVISE_AND_RESUBMIT, "rejected")
    SENT_BACK = (InvoiceStatus.REVISE_AND_RESUBMIT, "not_in_erp")
    IN_REVIEW = (InvoiceStatus.UNDER_REVIEW, "not_in_erp")
    BEGUN = (InvoiceStatus.DRAFT, "not_in_erp")

    @property
    def status(self) -> InvoiceStatus:
        return self.value[0]

    @property
    def erp_status(self) -> str:
        return self.value[1]

    @property
    def synced(self) -> bool:
        return self.erp_status == "synced"


@dataclass(frozen=True, slots=True)
class DemoCommitment:
    """A subcontract, or a purchase order when its trade is SUPPLY.

    It is billed monthly from the month `begins` of 2026; `pace` is how much of its first line
    is done in a month, in percent. The last application of a `final` one releases the retainage.
    """

    id: int
    project_id: int
    vendor: DemoVendor
    trade: Trade
    title: str
    total: Decimal
    begins: int
    applications: int
    latest: Latest
    pace: int = 34
    change_order: ChangeOrder | None = None
    final: bool = False

    @property
    def type(self) -> str:
        supply = self.trade is Trade.SUPPLY
        return "PurchaseOrderContract" if supply else "WorkOrderContract"

    @property
    def retainage_percent(self) -> Decimal:
        return Decimal(0 if self.trade is Trade.SUPPLY else 10)
