"""What NetSuite's JSON says of a vendor bill: each value is what it must be, or the answer is none.

Rows of SuiteQL have their columns in lower case and all values as text; a column that is null is
left out, by recollection. The page around them, and the errors: docs.oracle.com, NetSuite online
help, section_157909186990 and section_156570709583.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble

COLUMNS = ("id", "type", "tranid", "status", "voided", "foreignamountpaid", "foreignamountunpaid")
TOO_MANY = "REQUEST_LIMIT_EXCEEDED"
# Open and paid in full are known of public code; the others are recalled, not proven. A status
# that is not here is no answer.
_STATES = {
    "A": (RecordState.OPEN, "open"),
    "B": (RecordState.PAID, "paid in full"),
    "C": (RecordState.VOIDED, "cancelled"),
    "D": (RecordState.DRAFT, "pending approval"),
    "E": (RecordState.DRAFT, "rejected"),
}


def rows_of(answer: Answer, most: int) -> Sequence[Any]:
    """The rows of an answer to a query for `most` at most. Raises ErpTrouble otherwise."""
    match answer.status, answer.body:
        case 200, {
            "items": list(rows),
            "count": int(count),
            "totalResults": int(total),
            "hasMore": bool(more),
        } if len(rows) == count == min(total, most) and more == (total > most):
            return rows
        case status, {"o:errorDetails": [{"o:errorCode": str(code)}, *_]}:
            raise _refusal(status, code)
    raise unexpected(f"an answer ({answer.status}) that is no list of bills")


def _refusal(status: int, code: str) -> ErpTrouble:
    """No error is ever absence: a role that may not see bills is told that there is no table."""
    if TOO_MANY in code:
        return ErpTrouble(Trouble.RATE_LIMITED, f"NetSuite wants fewer requests ({status})")
    if status == 400:
        detail = "NetSuite refuses the query (400): may the role see bills, and use SuiteAnalytics?"
        return ErpTrouble(Trouble.FORBIDDEN, detail)
    return unexpected(f"an error ({status}) that says nothing of a bill")


def sighting(row: Any, as_of: datetime, account: str) -> Sighting:
    """A row as a sighting, in the account that was asked. Raises ErpTrouble unless it is a bill."""
    match row:
        case {"id": str(record_id), "type": "VendBill", "status": str(word)} if (
            word.removeprefix("VendBill:") in _STATES
        ):
            state, told = _STATES[word.removeprefix("VendBill:")]
        case _:
            raise unexpected("a record that is not a bill as NetSuite tells it")
    number, voided = row.get("tranid"), row.get("voided", "F")
    if not isinstance(number, str | None) or voided not in ("T", "F"):
        raise unexpected("a bill whose values are none")
    paid, unpaid = (_amount(row.get(f"foreignamount{name}", "0")) for name in ("paid", "unpaid"))
    if voided == "T":
        state, told = RecordState.VOIDED, "voided"
    elif state is RecordState.OPEN and paid and unpaid:
        state, told = RecordState.PARTLY_PAID, "partly paid"
    named = f"bill {record_id}" + (f", number {number}," if number else "")
    evidence = f"NetSuite holds {named} as {told}"
    fingerprint = f"{account}/{record_id}"
    return Sighting(RecordId(record_id), state, as_of, evidence, number or None, fingerprint)


def _amount(text: Any) -> Decimal:
    try:
        amount = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise unexpected("an amount that is none")
    return amount
