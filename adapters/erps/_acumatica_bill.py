"""What Acumatica's JSON says of a bill: each value is what it must be, or the answer is none.

Every field is an object with its `value`, and one that is empty an object without (MYOB,
Integration Development Guide, Basic_Get_Records). Names of fields are those of Bill and
BillApplicationDetail in github.com/Acumatica/AcumaticaRESTAPIClientForCSharp; that a bill always
has its amounts is recalled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.erps._rest import Answer, reconnect, unexpected
from adapters.erps._settings import is_uuid
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble

FIELDS = ("Type", "ReferenceNbr", "Status", "Amount", "Balance")
BILL, DEBIT_ADJUSTMENT = "Bill", "Debit Adj."
NONE = "PX.Api.ContractBased.NoEntitySatisfiesTheConditionException"
NO_RIGHTS = "PX.Data.PXNotEnoughRightsException"
NOT_LOGGED_IN = "PX.Data.PXNotLoggedInException"
LOGIN_LIMIT = "API Login Limit"
# A status that is not here, one of prepayments or checks too, is no answer about a bill. What is
# pre-released is in the ledger already.
_STATES = {
    "On Hold": RecordState.DRAFT,
    "Pending Approval": RecordState.DRAFT,
    "Rejected": RecordState.DRAFT,
    "Balanced": RecordState.DRAFT,
    "Scheduled": RecordState.DRAFT,
    "Pre-Released": RecordState.OPEN,
    "Under Reclassification": RecordState.OPEN,
    "Open": RecordState.OPEN,
    "Closed": RecordState.PAID,
    "Voided": RecordState.VOIDED,
}


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill as Acumatica tells it. `debited`: how much of it debit adjustments have settled."""

    id: str
    number: str
    status: str
    amount: Decimal
    balance: Decimal
    debited: Decimal | None

    @property
    def is_closed(self) -> bool:
        return self.status == "Closed"

    @property
    def state(self) -> RecordState:
        state = _STATES[self.status]
        if state is RecordState.OPEN and self.balance < self.amount:
            return RecordState.PARTLY_PAID
        # One of nothing is closed as it is released, with nothing applied to it.
        if self.is_closed and self.debited is not None and self.debited >= self.amount > 0:
            return RecordState.REVERSED
        return state

    def sighting(self, tenant: str, as_of: datetime) -> Sighting:
        by = "" if not self.debited else f", debited with {self.debited} of {self.amount}"
        evidence = f"Acumatica holds bill {self.number} as {self.status}{by}"
        fingerprint = f"{tenant}/{self.id}"
        return Sighting(
            RecordId(self.number), self.state, as_of, evidence, self.number, fingerprint
        )


def bills_of(answer: Answer, most: int) -> Sequence[Bill]:
    """What a list has, which is all there is. Raises ErpTrouble for everything else."""
    match answer.status, answer.body:
        case 200, list(rows) if len(rows) <= most:
            return [_bill(row) for row in rows]
    raise _refusal(answer)


def bill_of(answer: Answer) -> Bill:
    """The one bill of an answer. Raises ErpTrouble for everything else, "none" too."""
    if answer.status == 200:
        return _bill(answer.body)
    raise _refusal(answer)


def is_none(answer: Answer) -> bool:
    """Whether Acumatica says that it has, or shows us, no such record; False: it has one.

    Raises ErpTrouble for everything else.
    """
    match answer.status, answer.body:
        case 500, {"exceptionType": exception} if exception == NONE:
            return True
        case 200, {"ReferenceNbr": {"value": str()}}:
            return False
    raise _refusal(answer)


def _refusal(answer: Answer) -> ErpTrouble:
    """A 500 is one of Acumatica's own exceptions, or a failure."""
    if answer.status != 500:
        return unexpected(f"an answer ({answer.status}) that is not about bills")
    match answer.body:
        case {"exceptionType": exception} if exception == NOT_LOGGED_IN:
            return reconnect("Acumatica does not accept the token")
        case {"exceptionType": exception} if exception == NO_RIGHTS:
            return ErpTrouble(Trouble.FORBIDDEN, "Acumatica forbids the request (500)")
        case {"exceptionMessage": str(message)} if message.startswith(LOGIN_LIMIT):
            detail = "all API users of Acumatica's licence are taken"
            return ErpTrouble(Trouble.RATE_LIMITED, detail, 60)
    return ErpTrouble(Trouble.SERVER_ERROR, "the ERP failed (500)")


def _bill(row: Any) -> Bill:
    match row:
        case {
            "id": str(entity_id),
            "Type": {"value": str(kind)},
            "ReferenceNbr": {"value": str(number)},
            "Status": {"value": str(status)},
            "Amount": {"value": amount},
            "Balance": {"value": balance},
        } if kind == BILL and is_uuid(entity_id) and number and status in _STATES:
            applied = row.get("Applications")
            debited = None if applied is None else _debited(applied)
            bill = Bill(entity_id, number, status, _money(amount), _money(balance), debited)
        case _:
            raise unexpected("a record that is not a bill as Acumatica tells it")
    if not 0 <= bill.balance <= bill.amount:
        raise unexpected("a bill with more, or less, than its amount left to pay")
    return bill


def _debited(applications: Any) -> Decimal:
    if not isinstance(applications, list):
        raise unexpected("applications that are no list")
    return sum((_applied(each) for each in applications), Decimal(0))


def _applied(application: Any) -> Decimal:
    match application:
        case {"DocType": {"value": str(kind)}, "AmountPaid": {"value": paid}}:
            return _money(paid) if kind == DEBIT_ADJUSTMENT else Decimal(0)
    raise unexpected("an application to a bill that is none")


def _money(value: Any) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise unexpected("an amount that is none")
