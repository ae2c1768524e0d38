"""What Xero's JSON says of a bill: each value is what it must be, or the answer is none.

Shapes: XeroAPI/Xero-OpenAPI, xero_accounting.yaml 16.1.0 (MIT), schemas Invoices and Invoice.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import RecordId, RecordState, Sighting

# What awaits approval has no place in the books yet, and is deleted like a draft.
_STATES = {
    "DRAFT": RecordState.DRAFT,
    "SUBMITTED": RecordState.DRAFT,
    "AUTHORISED": RecordState.OPEN,
    "PAID": RecordState.PAID,
    "VOIDED": RecordState.VOIDED,
    "DELETED": RecordState.DELETED,
}


def rows_of(answer: Answer) -> Sequence[Any]:
    """The invoices of an answer. Raises ErpTrouble for everything else."""
    match answer.status, answer.body:
        case 200, {"Status": "OK", "Invoices": list(rows)}:
            return rows
    raise unexpected(f"an answer ({answer.status}) that is no list of invoices")


def sighting(row: Any, as_of: datetime) -> Sighting:
    """An invoice as a sighting. Raises ErpTrouble unless it is a bill.

    Its id is unique in all of Xero, and so its own fingerprint.
    """
    match row:
        case {
            "InvoiceID": str(record_id),
            "Type": "ACCPAY",
            "Status": str(word),
            "Total": int() | Decimal() as total,
            "AmountDue": int() | Decimal() as due,
        } if word in _STATES and not isinstance(total, bool) and not isinstance(due, bool):
            state = _STATES[word]
        case _:
            raise unexpected("a record that is not a bill as Xero tells it")
    if state is RecordState.OPEN and due < total:
        state = RecordState.PARTLY_PAID
    number = row.get("InvoiceNumber")
    if not isinstance(number, str | None):
        raise unexpected("a bill's number that is none")
    named = f"bill {record_id}" + (f", number {number}," if number else "")
    evidence = f"Xero holds {named} as {word.lower()}"
    return Sighting(RecordId(record_id), state, as_of, evidence, number or None, record_id)
