"""What QuickBooks Online's JSON says of a bill: each value is what it must be, or none is.

Shapes: github.com/ej2/python-quickbooks (objects/bill.py, tests/unit/test_cdc.py), and
developer.intuit.com on Bill, on errors and on change data capture.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble

NOT_FOUND = "610"


def bills_of(answer: Answer) -> Sequence[Any]:
    """The rows of an answer to a query. Raises ErpTrouble for everything else."""
    match answer.status, answer.body:
        case 200, {"QueryResponse": dict(said), "time": str()} if "Fault" not in answer.body:
            rows = said.get("Bill", [])
            if isinstance(rows, list):
                return rows
        case 400 | 403, {"Fault": {"type": "AUTHORIZATION" | "AuthorizationFault"}}:
            raise ErpTrouble(Trouble.FORBIDDEN, "the granted access does not reach this company")
    raise unexpected(f"an answer ({answer.status}) that is no list of bills")


def is_missing(answer: Answer) -> bool:
    """Whether this answer to the read of one bill says that there is none."""
    match answer.status, answer.body:
        case 400, {"Fault": {"Error": [{"code": str(code)}], "type": "ValidationFault"}}:
            return code == NOT_FOUND
    return False


def deletion_of(record_id: RecordId, changes: Any) -> str | None:
    """What change data capture says of a bill's deletion; None if it says nothing of one."""
    match changes:
        case {"CDCResponse": [{"QueryResponse": [{"Bill": list(rows)}]}]}:
            for row in rows:
                match row:
                    case {
                        "Id": str(deleted),
                        "status": "Deleted",
                        "MetaData": {"LastUpdatedTime": str(when)},
                    } if deleted == record_id:
                        instant = _instant(when).isoformat(timespec="seconds")
                        return f"QuickBooks says that bill {record_id} was deleted on {instant}"
    return None


def sighting(row: Any, as_of: datetime) -> Sighting:
    """A row of a query as a sighting. Raises ErpTrouble unless it is a bill."""
    match row:
        case {
            "Id": str(record_id),
            "TotalAmt": int() | Decimal() as total,
            "Balance": int() | Decimal() as balance,
            "MetaData": {"CreateTime": str(created)},
        } if "status" not in row:
            state = _state(total, balance)
        case _:
            raise unexpected("a record that is not a bill as QuickBooks tells it")
    number = row.get("DocNumber")
    if not isinstance(number, str | None):
        raise unexpected("a bill's number that is none")
    named = f"bill {record_id}" + (f", number {number}," if number else "")
    evidence = f"QuickBooks holds {named} as {state.value.replace('_', ' ')}"
    fingerprint = _instant(created).isoformat(timespec="seconds")
    return Sighting(RecordId(record_id), state, as_of, evidence, number, fingerprint)


def _state(total: int | Decimal, balance: int | Decimal) -> RecordState:
    if isinstance(total, bool) or isinstance(balance, bool) or not 0 <= balance <= total:
        raise unexpected("amounts that no bill can have")
    if balance == total:
        return RecordState.OPEN
    return RecordState.PARTLY_PAID if balance else RecordState.PAID


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise unexpected("a date and time that is none") from None
    if instant.tzinfo is None:
        raise unexpected("a date and time without its zone")
    return instant.astimezone(UTC)
