"""What Sage Intacct's JSON says of a bill: each value is what it must be, or the answer is none.

A row of a query is flat: a field of a part has a dot in its name, and amounts are text
(github.com/lorenz-bus-service/node-intacct-rest-api, spec/accounts-payable.json).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble

FIELDS = (
    "key",
    "billNumber",
    "state",
    "totalTxnAmount",
    "totalTxnAmountDue",
    "audit.createdDateTime",
)
TOKEN_INVALID = "REST-2102"
# What the object model lists of expenses holds of bills too, by recollection. A state that is
# not here is no answer.
_STATES = {
    "draft": RecordState.DRAFT,
    "submitted": RecordState.DRAFT,
    "partiallyApproved": RecordState.DRAFT,
    "declined": RecordState.DRAFT,
    "partiallyDeclined": RecordState.DRAFT,
    "approved": RecordState.OPEN,
    "posted": RecordState.OPEN,
    "selected": RecordState.OPEN,
    "confirmed": RecordState.OPEN,
    "reversalPending": RecordState.OPEN,
    "partiallyPaid": RecordState.PARTLY_PAID,
    "paid": RecordState.PAID,
    "voided": RecordState.VOIDED,
    "reversed": RecordState.REVERSED,
    "reversal": RecordState.REVERSED,
}


def rows_of(answer: Answer, size: int) -> Sequence[Any]:
    """The rows of an answer to a query for `size` rows at most. Raises ErpTrouble otherwise."""
    match answer.status, answer.body:
        case 200, {"ia::result": list(rows), "ia::meta": {"totalCount": int(count)}}:
            if len(rows) == min(count, size) and not isinstance(count, bool):
                return rows
        case ((400 | 422), body) if _error(body) is not None:
            raise ErpTrouble(
                Trouble.FORBIDDEN,
                f"Sage Intacct refuses the query ({answer.status}): may the user list bills?",
            )
    raise unexpected(f"an answer ({answer.status}) that is no list of bills")


def is_revoked(body: Any) -> bool:
    """Whether a token endpoint says that what we have is of no use any more."""
    error = _error(body)
    return error == "invalid_grant" or TOKEN_INVALID in str(error)


def _error(body: Any) -> Any:
    """What is in one of the three envelopes; None where there is no such."""
    match body:
        case {"ia::error": error} | {"ia::result": {"ia::error": error}} | {"error": error}:
            return error
    return None


def sighting(row: Any, as_of: datetime) -> Sighting:
    """A row of a query as a sighting. Raises ErpTrouble unless it is a bill."""
    match row:
        case {
            "key": str(record_id),
            "billNumber": str() | None as number,
            "state": str(word),
            "totalTxnAmount": str(total),
            "totalTxnAmountDue": str(due),
            "audit.createdDateTime": str(created),
        } if word in _STATES:
            state = _STATES[word]
        case _:
            raise unexpected("a record that is not a bill as Sage Intacct tells it")
    if state is RecordState.OPEN and _amount(due) < _amount(total):
        state = RecordState.PARTLY_PAID
    named = f"bill {record_id}" + (f", number {number}," if number else "")
    evidence = f"Sage Intacct holds {named} as {word}"
    return Sighting(RecordId(record_id), state, as_of, evidence, number, _instant(created))


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise unexpected("an amount that is none")
    return amount


def _instant(text: str) -> str:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise unexpected("a date and time that is none") from None
    if instant.tzinfo is None:
        raise unexpected("a date and time without its zone")
    return instant.astimezone(UTC).isoformat(timespec="seconds")
