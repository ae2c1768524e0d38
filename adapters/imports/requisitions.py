"""A requisition as the Procore REST API v1.1 returns it, read into plain values.

Source: `GET /rest/v1.1/requisitions` (https://developers.procore.com/reference/rest/requisitions).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.imports.fields import (
    Id,
    Moment,
    Number,
    OptionalCurrency,
    OptionalDay,
    OptionalMoney,
    OptionalPercent,
    OptionalShortText,
    OptionalText,
    Text,
)
from adapters.imports.json_values import Row
from adapters.imports.problems import Problem, problems_of
from domain.invoices import InvoiceStatus


class Fields(BaseModel):
    """A JSON object of the API: fields that we do not know are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CurrencyFields(Fields):
    currency_iso_code: OptionalCurrency = None


class SummaryTextFields(Fields):
    project_name: OptionalText = None
    project_number: OptionalText = None


class SummaryFields(Fields):
    """The fields of `domain.invoices.G702Summary`."""

    original_contract_sum: OptionalMoney = None
    net_change_by_change_orders: OptionalMoney = None
    contract_sum_to_date: OptionalMoney = None
    total_completed_and_stored_to_date: OptionalMoney = None
    completed_work_retainage_percent: OptionalPercent = None
    completed_work_retainage_amount: OptionalMoney = None
    stored_materials_retainage_percent: OptionalPercent = None
    stored_materials_retainage_amount: OptionalMoney = None
    total_retainage: OptionalMoney = None
    total_earned_less_retainage: OptionalMoney = None
    less_previous_certificates_for_payment: OptionalMoney = None
    current_payment_due: OptionalMoney = None
    balance_to_finish_including_retainage: OptionalMoney = None
    tax_applicable_to_this_payment: OptionalMoney = None


class ItemFields(Fields):
    id: Id
    origin_id: OptionalShortText = None


class RequisitionFields(Fields):
    id: Id
    number: Number
    invoice_number: OptionalShortText = None
    status: InvoiceStatus
    erp_status: OptionalText = None
    billing_date: OptionalDay = None
    requisition_start: OptionalDay = None
    requisition_end: OptionalDay = None
    payment_date: OptionalDay = None
    submitted_at: OptionalDay = None
    percent_complete: OptionalPercent = None
    final: bool | None = Field(default=None, strict=True)
    total_claimed_amount: OptionalMoney = None
    created_at: Moment
    updated_at: Moment
    project_id: Id
    vendor_id: Id
    vendor_name: Text
    commitment_id: Id
    contract_name: Text
    commitment_type: Text
    origin_id: OptionalShortText = None
    currency_configuration: CurrencyFields | None = None
    summary: SummaryFields | None = None
    summary_text: SummaryTextFields | None = None
    items: Annotated[tuple[ItemFields, ...], Field(max_length=10_000)] | None = None


@dataclass(frozen=True, slots=True)
class Requisition:
    """What is kept of one row. `columns` are those of the invoice that the row alone decides."""

    line: int
    id: int
    updated_at: datetime
    columns: dict[str, Any]
    vendor_name: str
    project: dict[str, str]
    """The project's name and number, as far as the row gives them."""
    commitment: dict[str, str]
    origin_id: str | None
    lines: dict[int, str | None]
    """The `origin_id` of each line item, by its id."""


def read_requisition(row: Row, currency: str) -> Requisition | list[Problem]:
    """One row, or all that is wrong with it. `currency` is for a row that names none."""
    if not isinstance(row.value, dict):
        return [Problem(row.line, "", "a requisition must be a JSON object")]
    try:
        fields = RequisitionFields.model_validate(row.value)
    except ValidationError as invalid:
        return [_of_requisition(row.value, problem) for problem in problems_of(invalid, row.line)]
    items = fields.items or ()
    lines = {item.id: item.origin_id for item in items}
    if len(lines) < len(items):
        problem = Problem(row.line, "items", "two items have the same id")
        return [_of_requisition(row.value, problem)]
    return Requisition(
        line=row.line,
        id=fields.id,
        updated_at=fields.updated_at,
        columns=_columns(fields, currency),
        vendor_name=fields.vendor_name,
        project=_project(fields.summary_text),
        commitment={"title": fields.contract_name, "type": fields.commitment_type},
        origin_id=fields.origin_id,
        lines=lines,
    )


SAME_NAME = (
    "number",
    "invoice_number",
    "erp_status",
    "billing_date",
    "payment_date",
    "submitted_at",
    "percent_complete",
    "total_claimed_amount",
    "created_at",
    "updated_at",
    "project_id",
    "vendor_id",
    "commitment_id",
)


def _of_requisition(value: dict[object, object], problem: Problem) -> Problem:
    """Name the requisition too: the API answers with all of them in one line."""
    id = value.get("id")
    if type(id) is not int:
        return problem
    return replace(problem, reason=f"{problem.reason} (requisition {id})")


def _columns(fields: RequisitionFields, currency: str) -> dict[str, Any]:
    named = fields.currency_configuration and fields.currency_configuration.currency_iso_code
    summary = fields.summary or SummaryFields()
    return {
        **{name: getattr(fields, name) for name in SAME_NAME},
        "status": fields.status.value,
        "period_start": fields.requisition_start,
        "period_end": fields.requisition_end,
        "final": bool(fields.final),
        "currency": named or currency,
        "current_payment_due": summary.current_payment_due,
        "summary": {
            name: str(value)
            for name in SummaryFields.model_fields
            if (value := getattr(summary, name)) is not None
        },
    }


def _project(found: SummaryTextFields | None) -> dict[str, str]:
    named = {"name": found.project_name, "number": found.project_number} if found else {}
    return {column: value for column, value in named.items() if value is not None}
