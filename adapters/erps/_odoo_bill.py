"""What Odoo's JSON says of a bill: each value is what it must be, or the answer is none.

An empty value is `false`, a many2one is its id and its name, and an instant is UTC without saying
so (odoo/odoo, odoo/orm/fields_*.py and fields_temporal.py, as `read` formats them).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import RecordId, RecordState, Sighting

BILL = "account.move"
FIELDS = ("name", "state", "payment_state", "move_type", "company_id", "create_date")
_STATES = {"draft": RecordState.DRAFT, "cancel": RecordState.VOIDED}
_POSTED = {
    "not_paid": RecordState.OPEN,
    "blocked": RecordState.OPEN,
    "invoicing_legacy": RecordState.OPEN,
    "partial": RecordState.PARTLY_PAID,
    "in_payment": RecordState.PAID,
    "paid": RecordState.PAID,
    "reversed": RecordState.REVERSED,
}
UNNUMBERED = "/"
"""What the name of a draft was up to Odoo 16; since then it is empty. Both are recalled."""


def rows_of(answer: Answer) -> Sequence[Any]:
    """What a search found. Raises ErpTrouble for everything else, errors in their JSON too."""
    if answer.status == 200 and isinstance(answer.body, list):
        return answer.body
    raise unexpected(f"an answer ({answer.status}) that is no list of records")


def sighting(row: Any, company: int, as_of: datetime) -> Sighting:
    """A row of a search as a sighting. Raises ErpTrouble unless it is a bill of the company."""
    match row:
        case {
            "id": int(record_id),
            "name": str() | False as name,
            "state": str(word),
            "payment_state": str(payment),
            "move_type": str(kind),
            "company_id": [int(owner), str()],
            "create_date": str(created),
        } if not isinstance(record_id, bool) and not isinstance(owner, bool):
            state = _POSTED.get(payment) if word == "posted" else _STATES.get(word)
        case _:
            raise unexpected("a record that is not a bill as Odoo tells it")
    if state is None:
        raise unexpected("a state that no bill of Odoo is known to have")
    if owner != company or kind != "in_invoice":
        raise unexpected(f"{BILL} {record_id} is no vendor bill of the company synced with")
    number = name if name and name != UNNUMBERED else None
    named = f"{BILL} {record_id}" + (f", number {number}," if number else "")
    seen = f"{word}, {payment}" if word == "posted" else word
    evidence = f"Odoo holds {named} as {seen}"
    return Sighting(RecordId(str(record_id)), state, as_of, evidence, number, _instant(created))


def _instant(text: str) -> str:
    try:
        instant = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise unexpected("a date and time that is none") from None
    return instant.isoformat(timespec="seconds")
