"""The domain's enums, published. Types name the domain's own classes."""

import strawberry

from domain.capabilities import Origin
from domain.changes import ChangeKind
from domain.erps import RecordState, Trouble
from domain.invoices import InvoiceStatus
from domain.pages import OrderField
from domain.permissions import AccessLevel, UnlinkPermission
from domain.unlink_requests import UnlinkRequestState
from domain.unlinking import AttemptOutcome

ENUMS = [
    strawberry.enum(
        InvoiceStatus,
        name="SubcontractorInvoiceStatus",
        description="The status of a subcontractor invoice.",
    ),
    strawberry.enum(
        RecordState,
        name="ErpRecordState",
        description="What an ERP said of a vendor bill. `ABSENT`: it knows no such record, which "
        "alone does not prove a deletion.",
    ),
    strawberry.enum(
        Trouble,
        name="ErpUnavailableReason",
        description="Why an ERP gave no definite answer.",
    ),
    strawberry.enum(
        Origin,
        name="ErpRuleOrigin",
        description="Whose word the value of a rule is: the `COMPANY` says so of its own "
        "integration; it is documented, so the `REGISTRY` knows it; or it is `UNKNOWN`.",
    ),
    strawberry.enum(
        AttemptOutcome,
        name="UnlinkAttemptOutcome",
        description="How an attempt to unlink ended. `UNLINK_PENDING`: not yet, an agent of the "
        "ERP is awaited; when it has answered, that is an attempt of its own.",
    ),
    strawberry.enum(
        UnlinkRequestState,
        name="UnlinkRequestState",
        description="Whether a request to unlink is `WAITING` for an agent of the ERP, or an agent "
        "`ANSWERED`, or it is `STALE`: nobody did in time, and the invoice stayed linked.",
    ),
    strawberry.enum(
        ChangeKind,
        name="InvoiceChangeKind",
        description="What happened to an invoice: it was `UNLINKED`, or `LINKED` to a record for "
        "the first time or anew; or the ERP was asked about its record, and the state is "
        "`RECORD_STATE_SEEN`.",
    ),
    strawberry.enum(
        AccessLevel,
        name="AccessLevel",
        description="The level of a tool; each includes those before it.",
    ),
    strawberry.enum(
        UnlinkPermission,
        name="UnlinkPermission",
        description="What is required to unlink; all three are.",
    ),
    strawberry.enum(
        OrderField,
        name="SyncedInvoiceOrderField",
        description="What a list of synced invoices can be ordered by.",
    ),
]
