"""The traces that attempts to unlink leave, and what a link is known by after a look at it."""

from dataclasses import replace

from domain.erps import ErpLink, ErpName, ErpTrouble, Sighting
from domain.unlinking import (
    AttemptOutcome,
    ErpUnavailable,
    InvoiceNotFound,
    InvoiceNotSynced,
    PermissionDenied,
    StillInErp,
    UnlinkNotSupported,
    UnlinkRefusal,
)


def trace(refusal: UnlinkRefusal) -> tuple[AttemptOutcome, str]:
    """How the audit calls a refusal, and what it rests on where no ERP was seen to say so."""
    match refusal:
        case PermissionDenied(missing):
            lacks = ", ".join(each.permission.value for each in missing)
            return AttemptOutcome.PERMISSION_DENIED, f"missing: {lacks}"
        case InvoiceNotFound():
            return (
                AttemptOutcome.INVOICE_NOT_FOUND,
                "no such invoice in this company, or not of the company any more",
            )
        case InvoiceNotSynced():
            return AttemptOutcome.INVOICE_NOT_SYNCED, "the invoice had no active link"
        case UnlinkNotSupported(integration):
            return AttemptOutcome.UNLINK_NOT_SUPPORTED, f"{integration.name} does not support it"
        case ErpUnavailable(_, trouble, detail):
            return AttemptOutcome.ERP_UNAVAILABLE, f"{trouble.value}: {detail}"
        case StillInErp(state=state):
            return AttemptOutcome.STILL_IN_ERP, state.value


def unavailable(erp: ErpName, doubt: ErpTrouble) -> ErpUnavailable:
    """What comes of an answer that leaves a doubt."""
    return ErpUnavailable(erp, doubt.trouble, doubt.detail, doubt.retry_after_seconds)


def as_last_known(link: ErpLink, sighting: Sighting) -> ErpLink:
    """The link with what the ERP said just now of its record, as the ledger keeps it."""
    return replace(
        link,
        record_state=sighting.state,
        checked_at=sighting.as_of,
        document_number=sighting.document_number or link.document_number,
    )


def as_seen_there(link: ErpLink, sighting: Sighting) -> ErpLink:
    """The same of a record that the ERP still holds."""
    return replace(as_last_known(link, sighting), seen_at=sighting.as_of)
