"""What the service knows of ERPs: integrations, links, and what an ERP said of a record."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from enum import Enum
from typing import NewType
from uuid import UUID

from domain.capabilities import Capabilities, Rule, holds
from domain.registry import capabilities_of

ErpName = NewType("ErpName", str)
RecordId = NewType("RecordId", str)


class RecordState(Enum):
    """What an ERP said of a vendor bill."""

    DRAFT = "draft"
    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    VOIDED = "voided"
    REVERSED = "reversed"
    DELETED = "deleted"
    """The ERP itself keeps proof of the deletion, or see `domain.unlinking.verdict`."""
    ABSENT = "absent"
    """The ERP knows no such record. It may be deleted, or not ours to see."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One ERP's answer about one record, read at `as_of` and no earlier.

    `fingerprint` tells a record from another one that has the same id in another database;
    `evidence` is what was seen, in words fit for an audit. `doubt` says of an absent record why
    it cannot have been deleted: there are ERPs that go on showing what was. A `provisional` record
    may live on under another id, as a draft that is posted: its absence proves nothing later.
    `address` is where people see the record in their browsers, of an ERP that is known to have
    such addresses.
    """

    record_id: RecordId
    state: RecordState
    as_of: datetime
    evidence: str
    document_number: str | None = None
    fingerprint: str | None = None
    doubt: str | None = None
    provisional: bool = False
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Canary:
    """A record known to be visible, stored when the integration was connected.

    "Not found" is worth nothing unless the canary is seen in the same answer.
    """

    record_id: RecordId
    fingerprint: str

    def is_seen_in(self, sightings: Iterable[Sighting]) -> bool:
        """Whether it is there: this very record, and no other of the same id."""
        return any(
            sighting.record_id == self.record_id
            and sighting.fingerprint == self.fingerprint
            and sighting.state not in (RecordState.ABSENT, RecordState.DELETED)
            for sighting in sightings
        )


@dataclass(frozen=True, slots=True)
class ErpIntegration:
    """A company's connection to its ERP, with its rules (the capability record).

    What the company says of them itself begins with `own`; None: what is documented of this kind
    of ERP counts, and where nothing is, the safe side (`domain.capabilities`).
    """

    company_id: int
    id: int
    erp: ErpName
    name: str
    _: KW_ONLY
    own_syncs_subcontractor_invoices: bool | None = None
    own_unlink_supported: bool | None = None
    own_deletion_required: bool | None = None
    own_void_counts_as_gone: bool | None = None
    own_reversal_counts_as_gone: bool | None = None
    notes: str | None = None
    own_documentation_url: str | None = None
    canary: Canary | None = None

    @property
    def known(self) -> Capabilities:
        return capabilities_of(self.erp)

    @property
    def unlink_supported(self) -> bool:
        return holds(Rule.UNLINK_SUPPORTED, self.known, self.own_unlink_supported)

    @property
    def deletion_required(self) -> bool:
        return holds(Rule.DELETION_REQUIRED, self.known, self.own_deletion_required)

    @property
    def void_counts_as_gone(self) -> bool:
        return holds(Rule.VOID_COUNTS_AS_GONE, self.known, self.own_void_counts_as_gone)

    @property
    def reversal_counts_as_gone(self) -> bool:
        return holds(Rule.REVERSAL_COUNTS_AS_GONE, self.known, self.own_reversal_counts_as_gone)


@dataclass(frozen=True, slots=True)
class ErpLink:
    """The tie between an invoice and its ERP record; ended by an unlink, never erased.

    `record_state` is the last known one, read at `checked_at`; `seen_at` is when the record
    was last seen to exist through this integration, for good and not as a provisional one.
    """

    company_id: int
    id: UUID
    invoice_id: int
    integration: ErpIntegration
    record_id: RecordId
    document_number: str | None
    synced_at: datetime
    synced_by: str | None
    record_state: RecordState | None = None
    checked_at: datetime | None = None
    seen_at: datetime | None = None
    ended_at: datetime | None = None


class Trouble(Enum):
    """Why an ERP gave no definite answer."""

    NOT_CONFIGURED = "not_configured"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNEXPECTED_ANSWER = "unexpected_answer"
    NOT_VISIBLE = "not_visible"
    STALE = "stale"


class ErpTrouble(Exception):
    """The ERP gave no definite answer. Never means that a record is gone, or is there."""

    def __init__(
        self, trouble: Trouble, detail: str, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(f"{trouble.value}: {detail}")
        self.trouble = trouble
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds


class AskedLater(Exception):
    """This ERP cannot be asked: an agent beside it asks us, some time later, what to look up.

    No trouble, and no answer: nothing is known of any record yet (`domain.unlink_requests`).
    """
