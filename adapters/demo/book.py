"""The demo invoices of a company: which there are, when they were billed, and their bills' ids."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from adapters.demo import cascade, northshore, prairie
from adapters.demo.companies import CASCADE, NORTHSHORE, PRAIRIE, DemoCompany
from adapters.demo.contracts import DemoCommitment
from adapters.demo.progress import Application
from domain.invoices import InvoiceStatus

YEAR = 2026
COMMITMENTS = {
    CASCADE.id: cascade.COMMITMENTS,
    NORTHSHORE.id: northshore.COMMITMENTS,
    PRAIRIE.id: prairie.COMMITMENTS,
}
FIRST_ID = 810_000


@dataclass(frozen=True, slots=True)
class DemoInvoice:
    """One application for payment. `place` counts the company's invoices in billing order.

    `record_id` is its bill in the ERP, None when it is not synced; `previous_id` is the
    application before it on the same commitment.
    """

    company: DemoCompany
    application: Application
    place: int
    record_id: str | None
    previous_id: int | None

    @property
    def id(self) -> int:
        return FIRST_ID + 10 * self.company.first_bill + self.place

    @property
    def commitment(self) -> DemoCommitment:
        return self.application.commitment

    @property
    def latest(self) -> bool:
        return self.application.number == self.commitment.applications

    @property
    def status(self) -> InvoiceStatus:
        if self.latest:
            return self.commitment.latest.status
        noted = (self.commitment.id + self.application.number) % 5 == 0
        return InvoiceStatus.APPROVED_AS_NOTED if noted else InvoiceStatus.APPROVED

    @property
    def erp_status(self) -> str:
        return self.commitment.latest.erp_status if self.latest else "synced"

    @property
    def invoice_number(self) -> str | None:
        """The subcontractor's own; a draft has none yet."""
        if self.status is InvoiceStatus.DRAFT:
            return None
        vendor = self.commitment.vendor
        return f"{vendor.prefix}{vendor.first_number + 3 * self.place + self.month}"

    @property
    def month(self) -> int:
        return _month(self.application)

    @property
    def period(self) -> tuple[date, date]:
        start = date(YEAR, self.month, 1)
        return start, start.replace(day=monthrange(YEAR, self.month)[1])

    @property
    def billed_on(self) -> date:
        return date(YEAR, self.month, 25)

    @property
    def submitted_on(self) -> date | None:
        if self.status is InvoiceStatus.DRAFT:
            return None
        return self.billed_on + timedelta(days=self.place % 4)

    @property
    def created_at(self) -> datetime:
        minutes = 13 * (self.place % 31)
        return datetime(YEAR, self.month, 21, 13, 5, tzinfo=UTC) + timedelta(minutes=minutes)

    @property
    def updated_at(self) -> datetime:
        """When it was synced, early in the month after, or else last touched."""
        if self.record_id is None:
            return self.created_at + timedelta(days=8, hours=3, minutes=17)
        after = self.period[1] + timedelta(days=3 + self.place % 6)
        after += timedelta(days=max(0, 7 - after.isoweekday()) if after.isoweekday() > 5 else 0)
        hour, minute = 14 + self.place % 8, self.place * 17 % 60
        return datetime(after.year, after.month, after.day, hour, minute, 40, tzinfo=UTC)


@cache
def invoices_of(company: DemoCompany) -> Sequence[DemoInvoice]:
    """All invoices of a demo company, in the order they were billed."""
    applications = [
        Application(commitment, number, company.tax_percent)
        for commitment in COMMITMENTS[company.id]
        for number in range(1, commitment.applications + 1)
    ]
    invoices: list[DemoInvoice] = []
    ids: dict[int, int] = {}
    bill = company.first_bill
    for place, each in enumerate(sorted(applications, key=_billing_order), start=1):
        synced = each.commitment.latest.synced or each.number < each.commitment.applications
        bill += synced
        record_id = f"BILL-{bill}" if synced else None
        previous_id = ids.get(each.commitment.id)
        invoices.append(DemoInvoice(company, each, place, record_id, previous_id))
        ids[each.commitment.id] = invoices[-1].id
    return tuple(invoices)


def _month(application: Application) -> int:
    return application.commitment.begins + application.number - 1


def _billing_order(application: Application) -> tuple[int, int]:
    return _month(application), application.commitment.id
