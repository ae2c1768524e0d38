"""The demo invoices as the Procore REST API v1.1 returns requisitions.

Source: `GET /rest/v1.1/requisitions` (https://developers.procore.com/reference/rest/requisitions).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.demo.bills import state_of
from adapters.demo.book import DemoInvoice, invoices_of
from adapters.demo.companies import DemoCompany
from adapters.demo.progress import ZERO, Application, BilledLine
from domain.erps import RecordState


def requisitions_of(company: DemoCompany) -> Sequence[dict[str, Any]]:
    return [_requisition(invoice) for invoice in invoices_of(company)]


def _requisition(invoice: DemoInvoice) -> dict[str, Any]:
    billed, vendor = invoice.application, invoice.commitment.vendor
    return {
        "id": invoice.id,
        "previous_requisition_id": invoice.previous_id,
        "project_id": invoice.commitment.project_id,
        "commitment_id": invoice.commitment.id,
        "commitment_type": invoice.commitment.type,
        "contract_name": invoice.commitment.title,
        "vendor_id": vendor.id,
        "vendor_name": vendor.name,
        "number": billed.number,
        "invoice_number": invoice.invoice_number,
        "status": invoice.status.value,
        "erp_status": invoice.erp_status,
        "final": billed.final,
        "deletable": invoice.latest and invoice.record_id is None,
        "percent_complete": _percent(billed.completed_and_stored / billed.contract_sum * 100),
        "total_claimed_amount": _money(billed.claimed),
        "origin_id": invoice.record_id,
        "origin_data": None,
        **_dates(invoice),
        "currency_configuration": _currency(invoice.company.currency),
        "summary": _summary(invoice),
        "summary_text": _summary_text(invoice),
        "items": _items(invoice),
    }


def _currency(code: str) -> dict[str, Any]:
    return {
        "currency_iso_code": code,
        "currency_exchange_rate": 1.0,
        "base_currency_iso_code": code,
    }


def _dates(invoice: DemoInvoice) -> dict[str, str | None]:
    start, end = invoice.period
    paid = invoice.record_id is not None and state_of(invoice.record_id) is RecordState.PAID
    paid_on = invoice.updated_at.date() + timedelta(days=21) if paid else None
    return {
        "requisition_start": _day(start),
        "requisition_end": _day(end),
        "billing_date": _day(invoice.billed_on),
        "submitted_at": _day(invoice.submitted_on),
        "payment_date": _day(paid_on),
        "created_at": _instant(invoice.created_at),
        "updated_at": _instant(invoice.updated_at),
    }


def _summary(invoice: DemoInvoice) -> dict[str, str]:
    billed = invoice.application
    retainage = billed.work_retainage + billed.materials_retainage
    start, end = invoice.period
    return {
        "original_contract_sum": _money(billed.commitment.total),
        "net_change_by_change_orders": _money(billed.net_change),
        "positive_change_order_item_total": _money(max(billed.net_change, ZERO)),
        "negative_change_order_item_total": _money(min(billed.net_change, ZERO)),
        "contract_sum_to_date": _money(billed.contract_sum),
        "total_completed_and_stored_to_date": _money(billed.completed_and_stored),
        "completed_work_retainage_percent": _percent(billed.retainage_percent),
        "completed_work_retainage_amount": _money(billed.work_retainage),
        "stored_materials_retainage_percent": _percent(billed.retainage_percent),
        "stored_materials_retainage_amount": _money(billed.materials_retainage),
        "total_retainage": _money(retainage),
        "total_earned_less_retainage": _money(billed.earned),
        "less_previous_certificates_for_payment": _money(billed.certified_before),
        "tax_applicable_to_this_payment": _money(billed.tax),
        "current_payment_due": _money(billed.payment_due),
        "balance_to_finish_including_retainage": _money(billed.contract_sum - billed.earned),
        "formatted_period": f"{start:%m/%d/%y} - {end:%m/%d/%y}",
    }


def _summary_text(invoice: DemoInvoice) -> dict[str, str]:
    projects = {project.id: project for project in invoice.company.projects}
    project = projects[invoice.commitment.project_id]
    return {
        "project_name": project.name,
        "project_number": project.number,
        "to_general_contractor": invoice.company.name,
        "application_number": str(invoice.application.number),
        "contract_for": invoice.commitment.title,
    }


def _items(invoice: DemoInvoice) -> list[dict[str, Any]]:
    before = invoice.application.previous
    return [
        _item(invoice, position, line, _same(before, position))
        for position, line in enumerate(invoice.application.lines, start=1)
    ]


def _same(before: Application | None, position: int) -> BilledLine | None:
    """The same line on the application before, if it was there."""
    return before.lines[position - 1] if before and position <= len(before.lines) else None


def _item(
    invoice: DemoInvoice, position: int, line: BilledLine, before: BilledLine | None
) -> dict[str, Any]:
    done_before = before.completed if before else ZERO
    to_date = line.completed + line.stored
    return {
        "id": invoice.id * 10 + position,
        "item_type": "change_order_item" if line.change_order else "contract_item",
        "accounting_method": "amount",
        "line_number": str(position),
        "position": position,
        "description_of_work": line.work,
        "scheduled_value": _money(line.scheduled),
        "work_completed_from_previous_application": _money(done_before),
        "work_completed_this_period": _money(line.completed - done_before),
        "materials_presently_stored": _money(line.stored),
        "total_completed_and_stored_to_date": _money(to_date),
        "total_completed_and_stored_to_date_percent": _percent(to_date / line.scheduled * 100),
        "origin_id": invoice.record_id and f"{invoice.record_id}/{position}",
    }


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _percent(percent: Decimal) -> str:
    return f"{percent:.2f}%"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
