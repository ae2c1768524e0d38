"""The demo invoices: their arithmetic, and that there is something of everything to see."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from adapters.demo.bills import bills_of
from adapters.demo.companies import CASCADE, COMPANIES, NORTHSHORE, DemoCompany
from adapters.demo.requisitions import requisitions_of
from domain.erps import RecordState
from domain.invoices import InvoiceStatus

Requisition = dict[str, Any]
ALL = [
    pytest.param(company, row, id=f"{company.name} {row['id']}")
    for company in COMPANIES
    for row in requisitions_of(company)
]
each_invoice = pytest.mark.parametrize(("company", "row"), ALL)
each_company = pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)


def money(text: str) -> Decimal:
    assert Decimal(text) == Decimal(text).quantize(Decimal("0.01"))
    assert text == f"{Decimal(text):.2f}"
    return Decimal(text)


def percent(text: str) -> Decimal:
    assert text.endswith("%")
    return Decimal(text[:-1])


def total(items: list[Requisition], name: str) -> Decimal:
    return sum((money(item[name]) for item in items), Decimal())


def of_percent(rate: Decimal, amount: Decimal) -> Decimal:
    return (rate * amount / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@each_invoice
def test_the_summary_adds_up(company: DemoCompany, row: Requisition) -> None:
    summary = row["summary"]
    rates = {name: percent(value) for name, value in summary.items() if name.endswith("percent")}
    g702 = {
        name: money(value)
        for name, value in summary.items()
        if name not in rates and name != "formatted_period"
    }

    assert g702["contract_sum_to_date"] == (
        g702["original_contract_sum"] + g702["net_change_by_change_orders"]
    )
    assert g702["total_retainage"] == (
        g702["completed_work_retainage_amount"] + g702["stored_materials_retainage_amount"]
    )
    assert g702["total_earned_less_retainage"] == (
        g702["total_completed_and_stored_to_date"] - g702["total_retainage"]
    )
    before_tax = (
        g702["total_earned_less_retainage"] - g702["less_previous_certificates_for_payment"]
    )
    assert g702["tax_applicable_to_this_payment"] == of_percent(company.tax_percent, before_tax)
    assert g702["current_payment_due"] == before_tax + g702["tax_applicable_to_this_payment"]
    assert g702["balance_to_finish_including_retainage"] == (
        g702["contract_sum_to_date"] - g702["total_earned_less_retainage"]
    )


@each_invoice
def test_the_items_make_up_the_summary(company: DemoCompany, row: Requisition) -> None:
    items, summary = row["items"], row["summary"]
    completed = total(items, "work_completed_from_previous_application") + total(
        items, "work_completed_this_period"
    )
    stored = total(items, "materials_presently_stored")
    changes = [item for item in items if item["item_type"] == "change_order_item"]

    assert total(items, "scheduled_value") == money(summary["contract_sum_to_date"])
    assert total(changes, "scheduled_value") == money(summary["net_change_by_change_orders"])
    assert completed + stored == money(summary["total_completed_and_stored_to_date"])
    assert money(summary["completed_work_retainage_amount"]) == of_percent(
        percent(summary["completed_work_retainage_percent"]), completed
    )
    assert money(summary["stored_materials_retainage_amount"]) == of_percent(
        percent(summary["stored_materials_retainage_percent"]), stored
    )


@each_invoice
def test_an_invoice_is_believable(company: DemoCompany, row: Requisition) -> None:
    assert money(row["summary"]["current_payment_due"]) > 0
    assert money(row["total_claimed_amount"]) > 0
    assert 0 < percent(row["percent_complete"]) <= 100
    assert (percent(row["percent_complete"]) == 100) >= row["final"]
    assert len(row["items"]) >= 3
    assert row["requisition_start"] <= row["billing_date"] <= row["requisition_end"]
    assert row["created_at"] < row["updated_at"]
    assert all(row[name].startswith("2026-") for name in ("created_at", "updated_at"))
    assert row["currency_configuration"]["currency_iso_code"] == company.currency
    for item in row["items"]:
        done = percent(item["total_completed_and_stored_to_date_percent"])
        assert 0 <= done <= 100, item


@each_company
def test_an_application_takes_up_where_the_one_before_it_ended(company: DemoCompany) -> None:
    rows = {row["id"]: row for row in requisitions_of(company)}
    numbers = defaultdict(list)
    for row in rows.values():
        numbers[row["commitment_id"]].append(row["number"])
        before = rows.get(row["previous_requisition_id"])
        earned = before["summary"]["total_earned_less_retainage"] if before else "0.00"
        assert row["summary"]["less_previous_certificates_for_payment"] == earned
        assert (before["number"] if before else 0) == row["number"] - 1
        if before:
            assert before["commitment_id"] == row["commitment_id"]
            assert before["invoice_number"] != row["invoice_number"]
            assert before["updated_at"] < row["updated_at"]

    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


@each_company
def test_a_company_has_dozens_of_invoices_in_all_statuses(company: DemoCompany) -> None:
    rows = requisitions_of(company)

    assert len(rows) >= 24
    assert {row["status"] for row in rows} == {status.value for status in InvoiceStatus}
    assert {row["commitment_type"] for row in rows} == {
        "WorkOrderContract",
        "PurchaseOrderContract",
    }
    assert {row["project_id"] for row in rows} == {project.id for project in company.projects}
    assert len(company.projects) >= 3
    assert any(row["final"] for row in rows)


@each_company
def test_only_approved_invoices_are_synced_and_they_are_most(company: DemoCompany) -> None:
    rows = requisitions_of(company)
    synced = Counter(row["status"] for row in rows if row["origin_id"])

    assert set(synced) == {"approved", "approved_as_noted", "pending_owner_approval"}
    assert synced.total() > len(rows) / 2
    for row in rows:
        assert (row["erp_status"] == "synced") == (row["origin_id"] is not None)
        assert all(
            (item["origin_id"] is None) == (row["origin_id"] is None) for item in row["items"]
        )


def test_nothing_has_the_id_of_another() -> None:
    rows = [row for company in COMPANIES for row in requisitions_of(company)]
    items = [item for row in rows for item in row["items"]]
    origins = [each["origin_id"] for each in [*rows, *items] if each["origin_id"]]

    assert len({row["id"] for row in rows}) == len(rows)
    assert len({item["id"] for item in items}) == len(items)
    assert len(set(origins)) == len(origins)


def test_one_company_counts_in_canadian_dollars() -> None:
    assert Counter(company.currency for company in COMPANIES) == {"USD": 2, "CAD": 1}
    assert NORTHSHORE.currency == "CAD"


@each_company
def test_each_synced_invoice_has_its_bill_and_each_company_an_opening_balance(
    company: DemoCompany,
) -> None:
    opening, *bills = bills_of(company)
    rows = {row["origin_id"]: row for row in requisitions_of(company) if row["origin_id"]}

    assert opening.permanent
    assert opening.record_id not in rows
    assert {bill.record_id for bill in bills} == set(rows)
    for bill in bills:
        row = rows[bill.record_id]
        assert not bill.permanent
        assert bill.company_id == company.id
        assert bill.vendor == row["vendor_name"]
        assert bill.document_number == row["invoice_number"]
        assert (f"{bill.total:.2f}", bill.currency) == (
            row["summary"]["current_payment_due"],
            company.currency,
        )
        assert (bill.state is RecordState.PAID) == (row["payment_date"] is not None)


def test_the_first_companys_bills_are_in_every_state_and_mostly_open() -> None:
    bills = bills_of(CASCADE)
    states = Counter(bill.state for bill in bills if bill.deleted_at is None)
    deleted = [bill for bill in bills if bill.deleted_at]

    assert set(states) == set(RecordState) - {RecordState.DELETED, RecordState.ABSENT}
    assert states[RecordState.OPEN] > len(bills) / 2
    assert len(deleted) >= 2
    assert all(bill.deleted_at and bill.deleted_at > bill.created_at for bill in deleted)


def test_the_companies_differ_in_what_their_erp_asks_for() -> None:
    rules = [company.integration for company in COMPANIES]

    assert [each.unlink_supported for each in rules] == [True, True, False]
    assert [each.deletion_required for each in rules] == [True, False, True]
    assert not CASCADE.integration.void_counts_as_gone
