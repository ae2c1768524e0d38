"""When an unlink is safe, and every way an attempt can end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from domain.erps import (
    ErpIntegration,
    ErpLink,
    ErpName,
    ErpTrouble,
    RecordState,
    Sighting,
    Trouble,
)
from domain.invoices import Project, SubcontractorInvoice
from domain.permissions import Grants, MissingPermission, missing_permissions
from domain.unlink_requests import UnlinkRequest


@dataclass(frozen=True, slots=True)
class Unlinked:
    invoice: SubcontractorInvoice
    former_link: ErpLink


@dataclass(frozen=True, slots=True)
class StillInErp:
    link: ErpLink
    integration: ErpIntegration
    state: RecordState
    address: str | None = None
    """Where people see the record in their browsers, where that is known."""


@dataclass(frozen=True, slots=True)
class PermissionDenied:
    missing: tuple[MissingPermission, ...]
    project: Project


@dataclass(frozen=True, slots=True)
class InvoiceNotFound:
    pass


@dataclass(frozen=True, slots=True)
class InvoiceNotSynced:
    pass


@dataclass(frozen=True, slots=True)
class UnlinkNotSupported:
    integration: ErpIntegration


@dataclass(frozen=True, slots=True)
class ErpUnavailable:
    """No definite answer: the link stays as it was."""

    erp: ErpName | None
    trouble: Trouble
    detail: str
    retry_after_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class UnlinkPending:
    """The ERP can only be polled: the request waits for its agent, and the link is as it was."""

    request: UnlinkRequest


class AttemptOutcome(Enum):
    """How an attempt ended, as the audit keeps it."""

    UNLINKED = "unlinked"
    STILL_IN_ERP = "still_in_erp"
    PERMISSION_DENIED = "permission_denied"
    INVOICE_NOT_FOUND = "invoice_not_found"
    INVOICE_NOT_SYNCED = "invoice_not_synced"
    UNLINK_NOT_SUPPORTED = "unlink_not_supported"
    ERP_UNAVAILABLE = "erp_unavailable"
    UNLINK_PENDING = "unlink_pending"
    """Not yet: the agent of an ERP that can only be polled is awaited."""


@dataclass(frozen=True, slots=True)
class UnlinkAttempt:
    """One line of the audit: who tried to unlink what, when, and how it ended."""

    company_id: int
    id: UUID
    invoice_id: int
    link: ErpLink | None
    at: datetime
    person_id: int
    by: str
    outcome: AttemptOutcome
    evidence: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The unlink is safe. Without a sighting: the integration needs no deletion."""

    evidence: str
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True)
class StillThere:
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class UnlinkCase:
    """What an attempt is judged by, as it was at one moment.

    An invoice that the person can see, by its project and its active link, and what the person
    may do on that project.
    """

    person_id: int
    person_name: str
    project: Project
    link: ErpLink | None
    grants: Grants


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that only the ERP can still keep from being ended."""

    link: ErpLink

    @property
    def integration(self) -> ErpIntegration:
        return self.link.integration


UnlinkRefusal = (
    StillInErp
    | PermissionDenied
    | InvoiceNotFound
    | InvoiceNotSynced
    | UnlinkNotSupported
    | ErpUnavailable
)
UnlinkOutcome = Unlinked | UnlinkPending | UnlinkRefusal


def examine(case: UnlinkCase | None) -> Candidate | UnlinkRefusal:
    """What can be said without asking the ERP, in this order; None: there is nothing to see.

    Does the viewer see it, may they, is it synced, is it supported: nobody makes us call an ERP
    who may not unlink.
    """
    if case is None:
        return InvoiceNotFound()
    if missing := missing_permissions(case.grants, case.project.id):
        return PermissionDenied(missing, case.project)
    if case.link is None:
        return InvoiceNotSynced()
    if not case.link.integration.unlink_supported:
        return UnlinkNotSupported(case.link.integration)
    return Candidate(case.link)


def without_asking(integration: ErpIntegration) -> Gone | None:
    """That an unlink is safe whatever the ERP would say; None: it has to be asked."""
    if integration.deletion_required:
        return None
    return Gone("this integration needs no deletion: the ERP was not asked")


def verdict(
    integration: ErpIntegration, link: ErpLink, answer: Sequence[Sighting], asked_at: datetime
) -> Gone | StillThere:
    """Read an ERP's answer to one look-up of the link's record and the integration's canary.

    Raises ErpTrouble whenever the answer leaves a doubt: read before we asked, or about another
    record; without the canary that must be visible, so that we may be looking at another
    database or with other rights; or "no such record" of one that was never seen there, since
    several ERPs say "not found" of what is merely not ours to see, or from an ERP that goes on
    showing what was deleted.
    """
    seen = {sighting.record_id: sighting for sighting in answer if sighting.as_of >= asked_at}
    sighting = seen.get(link.record_id)
    if sighting is None:
        raise ErpTrouble(Trouble.STALE, "the ERP gave no fresh answer about this record")
    canary = integration.canary
    canary_seen = canary is not None and canary.is_seen_in(seen.values())
    if canary is not None and not canary_seen:
        raise ErpTrouble(Trouble.NOT_VISIBLE, "the ERP does not show a record that must be visible")
    absent = sighting.state is RecordState.ABSENT
    if not absent and not _counts_as_gone(integration, sighting.state):
        return StillThere(sighting)
    if not canary_seen:
        raise ErpTrouble(Trouble.NOT_VISIBLE, "no record is known yet that must be visible")
    if absent and sighting.doubt is not None:
        raise ErpTrouble(Trouble.NOT_VISIBLE, sighting.doubt)
    if absent and link.seen_at is None:
        raise ErpTrouble(
            Trouble.NOT_VISIBLE, "the ERP knows no such record, and it was never seen there"
        )
    return Gone(f"{sighting.evidence}; the canary was seen in the same answer", sighting)


def _counts_as_gone(integration: ErpIntegration, state: RecordState) -> bool:
    return (
        state is RecordState.DELETED
        or (state is RecordState.VOIDED and integration.void_counts_as_gone)
        or (state is RecordState.REVERSED and integration.reversal_counts_as_gone)
    )
