"""What Agave's JSON says of an AP invoice: each value is what it must be, or the answer is none.

Shapes: docs.agaveapi.com/agave-api/identifiers and headers, and its Postman collection as kept in
github.com/api-evangelist/agave (ap-invoices: number, vendor_id); the words of `status`, and that
they are told like this, are recalled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble

_STATES = {
    "draft": RecordState.DRAFT,
    "pending": RecordState.DRAFT,
    "pending approval": RecordState.DRAFT,
    "unposted": RecordState.DRAFT,
    "open": RecordState.OPEN,
    "posted": RecordState.OPEN,
    "approved": RecordState.OPEN,
    "review": RecordState.OPEN,
    "dispute": RecordState.OPEN,
    "partially paid": RecordState.PARTLY_PAID,
    "paid": RecordState.PAID,
    "void": RecordState.VOIDED,
    "voided": RecordState.VOIDED,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of invoices, and when the ERP itself was read."""

    rows: Sequence[Any]
    is_last: bool
    as_of: datetime


def page_of(answer: Answer, began: datetime) -> Page:
    """The page that a request which began then was answered with. Raises ErpTrouble otherwise."""
    match answer.status, answer.body:
        case 200, {
            "data": list(rows),
            "meta": {"current_page": int(), "has_more_results": (bool() | None) as more},
        } if not answer.body.keys() & {"error", "message"}:
            as_of = _as_of(answer.headers.get("Agave-Data-Retrieved-At"), began)
            return Page(rows, more is False or (more is None and not rows), as_of)
        case ((400 | 422), {"message": str()}):
            raise unexpected(
                f"Agave refuses the request ({answer.status}): can this ERP's AP invoices be "
                "filtered by id?"
            )
    raise unexpected(f"an answer ({answer.status}) that is no list of AP invoices")


def _as_of(retrieved: str | None, began: datetime) -> datetime:
    """When the ERP was read, if that was before the request; else when the request began."""
    if retrieved is None:
        raise ErpTrouble(Trouble.STALE, "Agave does not say when it read the ERP")
    try:
        at = datetime.fromisoformat(retrieved)
    except ValueError:
        raise unexpected("a date and time that is none") from None
    if at.tzinfo is None:
        raise unexpected("a date and time without a zone")
    return began if at >= began.replace(microsecond=0) else at


def sighting(row: Any, erp: str, as_of: datetime) -> Sighting:
    """A row of a list as a sighting. Raises ErpTrouble unless it is an invoice."""
    match row:
        case {
            "id": str(record_id),
            "source_id": str(source_id),
            "vendor_id": str(vendor_id),
            "number": (str() | None) as number,
            "status": str(word),
        } if source_id and vendor_id and word.lower() in _STATES:
            state = _STATES[word.lower()]
        case _:
            raise unexpected("a record that is not an AP invoice as Agave tells it")
    named = f"AP invoice {record_id}" + (f", number {number}," if number else "")
    return Sighting(
        RecordId(record_id),
        state,
        as_of,
        f"{erp}, through Agave, holds {named} as {word}",
        number or None,
        # An account that is linked anew has the same ids: they are the ERP's, under Agave's name.
        f"{source_id}/{vendor_id}",
        provisional=state is RecordState.DRAFT,
    )
