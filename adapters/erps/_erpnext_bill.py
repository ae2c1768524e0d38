"""What ERPNext's JSON says of a bill: each value is what it must be, or the answer is none.

`docstatus` is 0 (draft), 1 (submitted) or 2 (cancelled) of every document of Frappe
(github.com/frappe/frappe, model/docstatus.py). The words of `status` are those of ERPNext's
Purchase Invoice (github.com/frappe/erpnext, purchase_invoice_list.js and public clients); when
each is set is recalled.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import RecordId, RecordState, Sighting

BILL = "Purchase Invoice"
FIELDS = ("name", "docstatus", "status", "company", "is_return", "creation", "amended_from")
DELETED = "Deleted Document"
DELETED_FIELDS = ("deleted_doctype", "deleted_name", "restored", "creation")
# "Debit Note Issued" is said of what was paid in part and debited for the rest, too: it is settled,
# and not reversed for certain.
_SUBMITTED = {
    "Submitted": RecordState.OPEN,
    "Unpaid": RecordState.OPEN,
    "Overdue": RecordState.OPEN,
    "Internal Transfer": RecordState.OPEN,
    "Partly Paid": RecordState.PARTLY_PAID,
    "Paid": RecordState.PAID,
    "Debit Note Issued": RecordState.PAID,
}


def rows_of(answer: Answer) -> Sequence[Any]:
    """The rows of a list. Raises ErpTrouble for everything else, errors in their JSON too."""
    match answer.status, answer.body:
        case 200, {"data": list(rows)} if "exc_type" not in answer.body:
            return rows
    raise unexpected(f"an answer ({answer.status}) that is no list of documents")


def exc_type(answer: Answer) -> str | None:
    """The exception that Frappe says has ended the request; None: it has not, or says nothing."""
    match answer.body:
        case {"exc_type": str(name)}:
            return name
    return None


def sighting(row: Any, company: str, as_of: datetime) -> Sighting:
    """A row of a list as a sighting. Raises ErpTrouble unless it is a bill of the company."""
    match row:
        case {
            "name": str(name),
            "docstatus": 0 | 1 | 2 as docstatus,
            "status": str(word),
            "company": str(owner),
            "is_return": 0 | 1 as is_return,
            "creation": str(created),
            "amended_from": str() | None,
        } if name and not isinstance(docstatus, bool) and not isinstance(is_return, bool):
            state = _state(docstatus, word)
        case _:
            raise unexpected("a record that is not a bill as ERPNext tells it")
    if state is None:
        raise unexpected("a status that no bill of ERPNext is known to have")
    if owner != company or is_return:
        raise unexpected(f"{BILL} {name} is no bill of the company synced with")
    evidence = f"ERPNext holds {BILL} {name} as {word}, docstatus {docstatus}"
    return Sighting(RecordId(name), state, as_of, evidence, name, _instant(created))


def proven(absent: Sighting, deletions: Sequence[Any]) -> Sighting:
    """An absence with the newest record of its deletion, if that is one and is of this bill."""
    match deletions:
        case [
            {
                "deleted_doctype": "Purchase Invoice",
                "deleted_name": str(name),
                "restored": 0 | 1 as restored,
                "creation": str(when),
            }
        ] if name == absent.record_id:
            if restored:
                doubt = f"ERPNext says that {BILL} {name} was restored under another name"
                return replace(absent, doubt=doubt)
            evidence = f"ERPNext's {DELETED} says that {BILL} {name} was deleted on {when}"
            return replace(absent, state=RecordState.DELETED, evidence=evidence)
    return absent


def _state(docstatus: int, word: str) -> RecordState | None:
    if docstatus == 1:
        return _SUBMITTED.get(word)
    return RecordState.VOIDED if docstatus == 2 else RecordState.DRAFT


def _instant(text: str) -> str:
    """In the site's own zone, which it does not tell."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise unexpected("a date and time that is none") from None
    if len(text) < len("2026-03-05 14:30:12") or instant.tzinfo is not None:
        raise unexpected("a date and time that is not as ERPNext tells it")
    return instant.isoformat(timespec="microseconds")
