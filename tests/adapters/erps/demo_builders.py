"""Bills for the tests: everything unsaid is fine."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from adapters.erps.demo import DemoBill
from domain.erps import RecordState

OURS, THEIRS = 7, 8
CREATED = datetime(2026, 3, 5, 14, 30, 12, tzinfo=UTC)


def a_bill(record_id: str = "BILL-1042", **but: object) -> DemoBill:
    bill = DemoBill(
        record_id=record_id,
        company_id=OURS,
        document_number="KE-26031",
        vendor="Kestrel Electrical Contractors",
        state=RecordState.OPEN,
        total=Decimal("47700.00"),
        currency="USD",
        created_at=CREATED,
    )
    return replace(bill, **but)  # type: ignore[arg-type]


OPENING = a_bill("BILL-1000", permanent=True, created_at=datetime(2026, 6, 1, tzinfo=UTC))
FOREIGN = a_bill("BILL-2001", company_id=THEIRS)
