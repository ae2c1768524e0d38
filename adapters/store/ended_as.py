"""What a request to unlink ended as, kept as a document, so that it is told the same later.

The link and the invoice are not in it: they are read as they are then.
"""

from collections.abc import Mapping
from typing import Any, assert_never

from domain.erps import ErpLink, RecordState, Trouble
from domain.invoices import SubcontractorInvoice
from domain.permissions import AccessLevel, MissingPermission, UnlinkPermission
from domain.unlinking import (
    AttemptOutcome,
    ErpUnavailable,
    InvoiceNotFound,
    InvoiceNotSynced,
    PermissionDenied,
    StillInErp,
    Unlinked,
    UnlinkNotSupported,
    UnlinkRefusal,
)

Document = Mapping[str, Any]


def document_of(outcome: Unlinked | UnlinkRefusal) -> Document:
    """What has to be kept of it."""
    match outcome:
        case Unlinked():
            return _named(AttemptOutcome.UNLINKED)
        case StillInErp(state=state, address=address):
            return _named(AttemptOutcome.STILL_IN_ERP, state=state.value, address=address)
        case PermissionDenied(missing):
            return _named(AttemptOutcome.PERMISSION_DENIED, missing=[*map(_of_missing, missing)])
        case InvoiceNotFound():
            return _named(AttemptOutcome.INVOICE_NOT_FOUND)
        case InvoiceNotSynced():
            return _named(AttemptOutcome.INVOICE_NOT_SYNCED)
        case UnlinkNotSupported():
            return _named(AttemptOutcome.UNLINK_NOT_SUPPORTED)
        case ErpUnavailable(_, trouble, detail, retry_after):
            told = {"trouble": trouble.value, "detail": detail, "retry_after": retry_after}
            return _named(AttemptOutcome.ERP_UNAVAILABLE, **told)
    assert_never(outcome)


def outcome_of(
    kept: Document, link: ErpLink, invoice: SubcontractorInvoice
) -> Unlinked | UnlinkRefusal:
    """The outcome of which `document_of` kept this."""
    match AttemptOutcome(kept["outcome"]):
        case AttemptOutcome.UNLINKED:
            return Unlinked(invoice, link)
        case AttemptOutcome.STILL_IN_ERP:
            state = RecordState(kept["state"])
            return StillInErp(link, link.integration, state, kept["address"])
        case AttemptOutcome.PERMISSION_DENIED:
            return PermissionDenied(tuple(map(_missing, kept["missing"])), invoice.project)
        case AttemptOutcome.INVOICE_NOT_FOUND:
            return InvoiceNotFound()
        case AttemptOutcome.INVOICE_NOT_SYNCED:
            return InvoiceNotSynced()
        case AttemptOutcome.UNLINK_NOT_SUPPORTED:
            return UnlinkNotSupported(link.integration)
        case AttemptOutcome.ERP_UNAVAILABLE:
            trouble = Trouble(kept["trouble"])
            return ErpUnavailable(
                link.integration.erp, trouble, kept["detail"], kept["retry_after"]
            )
        case AttemptOutcome.UNLINK_PENDING as pending:
            raise ValueError(f"no request ends as {pending.value}")


def _named(outcome: AttemptOutcome, **more: Any) -> Document:
    return {"outcome": outcome.value, **more}


def _of_missing(missing: MissingPermission) -> Document:
    return {
        "permission": missing.permission.value,
        "required": missing.required,
        "current": missing.current,
    }


def _missing(kept: Document) -> MissingPermission:
    required, current = (
        None if kept[name] is None else AccessLevel(kept[name]) for name in ("required", "current")
    )
    return MissingPermission(UnlinkPermission(kept["permission"]), required, current)
