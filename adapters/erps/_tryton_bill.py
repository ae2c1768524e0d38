"""What Tryton's JSON says of a bill: each value is what it must be, or the answer is none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.erps._rest import unexpected
from domain.erps import RecordId, RecordState, Sighting

BILL = "account.invoice"
FIELDS = ("company", "type", "state", "number", "create_date", "total_amount", "amount_to_pay")
# A validated bill has its number and its move already: nobody can edit or delete it any more.
_STATES = {
    "draft": RecordState.DRAFT,
    "validated": RecordState.OPEN,
    "posted": RecordState.OPEN,
    "paid": RecordState.PAID,
    "cancelled": RecordState.VOIDED,
}


def sighting(row: Any, company: int, as_of: datetime) -> Sighting:
    """A row of a search as a sighting. Raises ErpTrouble unless it is a bill of the company."""
    match row:
        case {
            "__name__": "account.invoice",
            "id": int(record_id),
            "company": int(owner),
            "type": str(kind),
            "state": str(word),
            "number": str() | None as number,
            "create_date": created,
            "total_amount": total,
            "amount_to_pay": unpaid,
        } if word in _STATES and not isinstance(owner, bool):
            name = f"{BILL} {record_id}" + (f", number {number}," if number else "")
            partly = abs(_amount(unpaid)) < abs(_amount(total)) and word == "posted"
            seen = Sighting(
                RecordId(str(record_id)),
                RecordState.PARTLY_PAID if partly else _STATES[word],
                as_of,
                f"Tryton holds {name} as {word}",
                number,
                instant(created).isoformat(timespec="microseconds"),
            )
        case _:
            raise unexpected("a record that is not a bill as Tryton tells it")
    if owner != company or kind != "in":
        raise unexpected(f"{BILL} {record_id} is no supplier invoice of the company synced with")
    return seen


def instant(value: Any) -> datetime:
    match value:
        case {"__class__": "datetime"}:
            parts: Mapping[str, Any] = {k: v for k, v in value.items() if k != "__class__"}
            try:
                return datetime(**parts, tzinfo=UTC)
            except (TypeError, ValueError, OverflowError):
                pass
    raise unexpected("a date and time that is none")


def _amount(value: Any) -> Decimal:
    match value:
        case {"__class__": "Decimal", "decimal": str(text)}:
            try:
                amount = Decimal(text)
            except InvalidOperation:
                pass
            else:
                if amount.is_finite():
                    return amount
    raise unexpected("an amount that is none")
