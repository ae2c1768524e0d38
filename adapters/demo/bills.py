"""The bills that the demo companies' synced invoices became in the Demo ERP."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from adapters.demo.book import DemoInvoice, invoices_of
from adapters.demo.companies import DemoCompany
from adapters.erps.demo import DemoBill
from domain.erps import RecordState

STATES = {
    RecordState.DRAFT: (1039, 1042, 1044, 2026),
    RecordState.PARTLY_PAID: (1007, 1011, 1016, 2006, 3008),
    RecordState.PAID: (1001, 1002, 1003, 1005, 1006, 2001, 2002, 2004, 3001, 3002, 3003, 3005),
    RecordState.VOIDED: (1009, 1024, 3012),
    RecordState.REVERSED: (1013, 1028),
}
"""By the number of the bill; every other bill is open."""
DELETED = {
    1012: datetime(2026, 6, 9, 15, 20, tzinfo=UTC),
    1021: datetime(2026, 6, 30, 9, 45, tzinfo=UTC),
    1033: datetime(2026, 7, 14, 13, 5, tzinfo=UTC),
}
"""The bills that somebody has deleted in the ERP already."""
_STATE = {number: state for state, numbers in STATES.items() for number in numbers}


def state_of(record_id: str) -> RecordState:
    return _STATE.get(_number(record_id), RecordState.OPEN)


def bills_of(company: DemoCompany) -> Sequence[DemoBill]:
    """The company's opening balance, then one bill for each synced invoice."""
    invoices = invoices_of(company)
    return [_opening_balance(company), *(_bill(each) for each in invoices if each.record_id)]


def _opening_balance(company: DemoCompany) -> DemoBill:
    return DemoBill(
        record_id=f"BILL-{company.first_bill}",
        company_id=company.id,
        document_number="OPENING-2026",
        vendor="Accounts payable brought forward",
        state=RecordState.OPEN,
        total=Decimal("186420.75"),
        currency=company.currency,
        created_at=datetime(2026, 1, 2, 16, 0, tzinfo=UTC),
        permanent=True,
    )


def _bill(invoice: DemoInvoice) -> DemoBill:
    record_id = invoice.record_id or ""
    return DemoBill(
        record_id=record_id,
        company_id=invoice.company.id,
        document_number=invoice.invoice_number or "",
        vendor=invoice.commitment.vendor.name,
        state=state_of(record_id),
        total=invoice.application.payment_due,
        currency=invoice.company.currency,
        created_at=invoice.updated_at - timedelta(seconds=40),
        deleted_at=DELETED.get(_number(record_id)),
    )


def _number(record_id: str) -> int:
    return int(record_id.removeprefix("BILL-"))
