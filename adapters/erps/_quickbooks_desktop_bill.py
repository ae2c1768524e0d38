"""What QuickBooks Desktop says of bills: each value is what it must be, or none is.

The elements are those of BillRet and TxnDeletedRet; what they mean together is partly recalled:
- `IsPaid` and `OpenAmount` tell the payment; `AmountDue` is the bill's total [R].
- A void sets the amount to zero and keeps the bill (developer.intuit.com, qbdesktop/txnvoid); that
  it then begins the memo with "VOID:" is [R]. So a zero alone is no void, and nothing else is.
- `IsPending` is a bill that is not posted yet [R].
- `TimeCreated` is told in the computer's own zone, not always with the right one [R]; so a bill is
  told from another one by its number in the file, and by the file.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from adapters.erps._quickbooks_desktop_qbxml import amount, instant, is_true, said
from adapters.erps._rest import unexpected
from adapters.safe_xml import Element
from domain.erps import RecordId, RecordState, Sighting


def sighting(bill: Element, as_of: datetime, company_file: str) -> Sighting:
    """A BillRet as a sighting. Raises ErpTrouble unless it is a bill."""
    record_id = said(bill, "TxnID")
    if bill.tag != "BillRet" or not record_id:
        raise unexpected("a record that is not a bill as QuickBooks tells it")
    state, number = _state(bill), said(bill, "RefNumber") or None
    named = f"bill {record_id}" + (f", number {number}," if number else "")
    return Sighting(
        RecordId(record_id),
        state,
        as_of,
        f"QuickBooks holds {named} as {state.value.replace('_', ' ')}",
        number,
        f"{said(bill, 'TxnNumber') or 'a bill'} of {company_file}",
    )


def _state(bill: Element) -> RecordState:
    total, is_paid = amount(said(bill, "AmountDue")), is_true(said(bill, "IsPaid"))
    is_pending = is_true(said(bill, "IsPending"))
    if total is None or total < 0:
        raise unexpected("an amount that no bill can have")
    if total == 0 and (said(bill, "Memo") or "").startswith("VOID:"):
        return RecordState.VOIDED
    if is_pending:
        return RecordState.DRAFT
    return RecordState.PAID if is_paid else _unpaid(total, amount(said(bill, "OpenAmount")))


def _unpaid(total: Decimal, rest: Decimal | None) -> RecordState:
    if rest is None or rest == total:
        return RecordState.OPEN
    if not 0 < rest < total:
        raise unexpected("amounts that no bill can have")
    return RecordState.PARTLY_PAID


def deletions(response: Element) -> Mapping[RecordId, datetime]:
    """When bills were deleted, of a TxnDeletedQueryRs. Raises ErpTrouble."""
    found = dict[RecordId, datetime]()
    for deleted in response:
        record_id = said(deleted, "TxnID")
        if deleted.tag != "TxnDeletedRet" or not record_id:
            raise unexpected("a deletion that is none as QuickBooks tells it")
        if said(deleted, "TxnDelType") == "Bill":
            found[RecordId(record_id)] = instant(said(deleted, "TimeDeleted")).astimezone(UTC)
    return found
