"""Values that cannot be kept exactly are named by line, field and reason, and nothing is kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.imports import (
    ImportRefused,
    Problem,
    RequisitionsFile,
    import_requisitions,
    read_file,
)
from adapters.imports.requisitions import SummaryFields, read_requisition
from adapters.store.engine import Database
from adapters.store.tables import InvoiceRow, VendorRow
from domain.invoices import G702Summary
from tests.adapters.imports.builders import COMPANY, a_requisition, rows, without
from tests.adapters.imports.stored import all_of, bring_in

AMOUNT = 'must be an amount as text, such as "47700.00", of at most 16 digits'
PERCENTAGE = 'must be a percentage as text, such as "96.36%"'
DAY = 'must be a date such as "2026-03-31"'
TIME = 'must be a time such as "2026-03-31T16:20:00Z"'
TOO_LONG = "string should have at most"
TOO_LARGE = "should be less than or equal to"
TOO_SMALL = "should be greater than or equal to"

WRONG: list[tuple[str, Any, str]] = [
    ("total_claimed_amount", 53000.00, AMOUNT),
    ("total_claimed_amount", 53000, AMOUNT),
    ("total_claimed_amount", "NaN", AMOUNT),
    ("total_claimed_amount", "Infinity", AMOUNT),
    ("total_claimed_amount", "1e5", AMOUNT),
    ("total_claimed_amount", "53000.001", AMOUNT),
    ("total_claimed_amount", "53,000.00", AMOUNT),
    ("total_claimed_amount", "$53000.00", AMOUNT),
    ("total_claimed_amount", "", AMOUNT),
    ("total_claimed_amount", " 1.00", AMOUNT),
    ("total_claimed_amount", "1.00\n", AMOUNT),
    ("total_claimed_amount", "٣.00", AMOUNT),
    ("total_claimed_amount", "100000000000000.00", AMOUNT),
    ("summary", {"current_payment_due": 1.5}, AMOUNT),
    ("summary", {"stored_materials_retainage_percent": "much"}, PERCENTAGE),
    ("summary", "none", "must be a JSON object"),
    ("percent_complete", "all of it", PERCENTAGE),
    ("percent_complete", "NaN", PERCENTAGE),
    ("percent_complete", 96.36, PERCENTAGE),
    ("updated_at", "2026-04-02T16:20:00", "must be a time with its zone"),
    ("updated_at", "2026-04-02", "must be a time with its zone"),
    ("updated_at", "yesterday", TIME),
    ("updated_at", 1775146800, TIME),
    ("updated_at", None, TIME),
    ("created_at", "0001-01-01T00:00:00+14:00", "is out of the range of times"),
    ("billing_date", "31/03/2026", DAY),
    ("billing_date", "20260331", DAY),
    ("billing_date", "2026-02-30", "day is out of range for month"),
    ("billing_date", "", DAY),
    ("status", "paid", "should be 'draft', 'under_review', 'revise_and_resubmit', 'approved', "),
    ("status", None, "should be 'draft'"),
    ("id", "31", "must be a whole number"),
    ("id", True, "must be a whole number"),
    ("id", 31.5, "must be a whole number"),
    ("id", 0, TOO_SMALL),
    ("id", 2**63, TOO_LARGE),
    ("number", "4", "must be a whole number"),
    ("number", 2**31, TOO_LARGE),
    ("final", "no", "must be true or false"),
    ("vendor_id", None, "must be a whole number"),
    ("vendor_name", None, "must be a text"),
    ("vendor_name", " ", "must not be empty"),
    ("vendor_name", "Bri\x00sk", "holds the character NUL"),
    ("vendor_name", "Bri\ud800sk", "holds half a character"),
    ("vendor_name", "x" * 1001, TOO_LONG),
    ("commitment_id", None, "must be a whole number"),
    ("contract_name", None, "must be a text"),
    ("origin_id", 17, "must be a text"),
    ("origin_id", "x" * 256, TOO_LONG),
    ("invoice_number", 4, "must be a text"),
    ("invoice_number", "x" * 256, TOO_LONG),
    ("currency_configuration", {"currency_iso_code": "usd"}, "must be a currency of ISO 4217"),
    ("summary_text", {"project_name": 5}, "must be a text"),
    ("items", {}, "must be a JSON array"),
    ("items", [5], "must be a JSON object"),
    ("items", [{"id": 1}, {"id": "2"}], "must be a whole number"),
    ("items", [{"id": 1}, {"id": 1}], "two items have the same id"),
]


@pytest.mark.parametrize(("field", "value", "reason"), WRONG)
def test_a_wrong_value_is_named(field: str, value: object, reason: str) -> None:
    [row] = rows(a_requisition(**{field: value}))

    problems = read_requisition(row, "CAD")

    assert isinstance(problems, list)
    [problem] = problems
    assert problem.line == 1
    assert problem.field.startswith(field)
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "number",
        "status",
        "created_at",
        "updated_at",
        "project_id",
        "vendor_id",
        "vendor_name",
        "commitment_id",
        "contract_name",
        "commitment_type",
    ],
)
def test_a_missing_field_is_named(field: str) -> None:
    [row] = rows(without(a_requisition(id=31), field))

    problems = read_requisition(row, "CAD")

    reason = "is missing" if field == "id" else "is missing (requisition 31)"
    assert problems == [Problem(1, field, reason)]


@pytest.mark.parametrize("value", [None, 5, "text", [], True])
def test_a_row_that_is_no_object_is_named(value: object) -> None:
    [row] = rows(value)

    assert read_requisition(row, "CAD") == [Problem(1, "", "a requisition must be a JSON object")]


def test_the_path_leads_to_the_wrong_item() -> None:
    [row] = rows(a_requisition(items=[{"id": 1}, {"origin_id": "L2"}]))

    assert read_requisition(row, "CAD") == [
        Problem(1, "items[1].id", "is missing (requisition 31)")
    ]


def test_all_that_is_wrong_with_a_row_is_named() -> None:
    [row] = rows(a_requisition(number="4", status="paid"))

    problems = read_requisition(row, "CAD")

    assert isinstance(problems, list)
    assert [problem.field for problem in problems] == ["number", "status"]


def test_every_field_of_the_summary_is_read() -> None:
    assert list(SummaryFields.model_fields) == list(G702Summary.__dataclass_fields__)


async def test_nothing_of_a_file_with_a_wrong_row_is_kept(company: Database) -> None:
    with pytest.raises(ImportRefused) as refusal:
        await bring_in(company, a_requisition(id=1), a_requisition(id=2, status="paid"))

    assert [(problem.line, problem.field) for problem in refusal.value.problems] == [(2, "status")]
    assert await all_of(company, InvoiceRow) == await all_of(company, VendorRow) == []


async def test_nothing_of_a_long_file_is_kept_when_its_last_row_is_wrong(
    company: Database,
) -> None:
    good = [a_requisition(id=id) for id in range(1, 2500)]

    with pytest.raises(ImportRefused):
        await bring_in(company, *good, a_requisition(id=2500, status="paid"))

    assert await all_of(company, InvoiceRow) == await all_of(company, VendorRow) == []


async def test_twenty_problems_are_named_and_the_others_counted(company: Database) -> None:
    wrong = [a_requisition(id=id, status="paid") for id in range(1, 24)]

    with pytest.raises(ImportRefused) as refusal:
        await bring_in(company, *wrong)

    lines = str(refusal.value).splitlines()
    assert [problem.line for problem in refusal.value.problems] == list(range(1, 21))
    assert lines[0].startswith("line 1: status: should be 'draft'")
    assert (len(lines), lines[-1]) == (21, "and 3 more")


async def test_a_file_that_breaks_off_keeps_nothing(company: Database, tmp_path: Path) -> None:
    path = tmp_path / "requisitions.json"
    path.write_text(json.dumps([a_requisition(id=1), a_requisition(id=2)], indent=0)[:-3])
    file = read_file(path)
    assert isinstance(file, RequisitionsFile)

    with pytest.raises(ImportRefused, match="the file ends inside a value"):
        await import_requisitions(company, file.rows(), COMPANY)

    assert await all_of(company, InvoiceRow) == []


async def test_money_that_json_knows_as_a_number_is_refused(
    company: Database, tmp_path: Path
) -> None:
    path = tmp_path / "requisitions.json"
    path.write_text(json.dumps([a_requisition(total_claimed_amount=53000.0)]))
    file = read_file(path)
    assert isinstance(file, RequisitionsFile)

    with pytest.raises(ImportRefused) as refusal:
        await import_requisitions(company, file.rows(), COMPANY)

    assert refusal.value.problems == (
        Problem(1, "total_claimed_amount", f"{AMOUNT} (requisition 31)"),
    )
