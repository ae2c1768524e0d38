"""Rows turned into domain values. The order of columns is the tables' own."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Table

from adapters.store.tables import (
    AttemptRow,
    ChangeRow,
    CommitmentRow,
    IntegrationRow,
    InvoiceRow,
    LinkRow,
    ProjectRow,
    RequestRow,
    VendorRow,
)
from domain.erps import Canary, ErpIntegration, ErpLink, RecordId, RecordState
from domain.invoices import (
    Commitment,
    G702Summary,
    InvoiceStatus,
    Money,
    Project,
    SubcontractorInvoice,
    Vendor,
)
from domain.unlinking import AttemptOutcome, UnlinkAttempt


def table(model: Any) -> Table:
    found: Table = model.__table__
    return found


INVOICES = table(InvoiceRow)
PROJECTS = table(ProjectRow)
VENDORS = table(VendorRow)
COMMITMENTS = table(CommitmentRow)
LINKS = table(LinkRow)
INTEGRATIONS = table(IntegrationRow)
ATTEMPTS = table(AttemptRow)
CHANGES = table(ChangeRow)
REQUESTS = table(RequestRow)

Values = dict[str, Any]


def split(row: Sequence[Any], tables: Sequence[Table]) -> list[Values]:
    """The values of each table in turn, from a row that begins with all their columns."""
    parts, start = [], 0
    for each in tables:
        end = start + len(each.c)
        parts.append(dict(zip(each.c.keys(), row[start:end], strict=True)))
        start = end
    return parts


def project(values: Values) -> Project:
    return Project(**values)


def vendor(values: Values) -> Vendor:
    return Vendor(**values)


def commitment(values: Values) -> Commitment:
    return Commitment(**values)


def integration(values: Values) -> ErpIntegration:
    values = dict(values)
    record_id, fingerprint = values.pop("canary_record_id"), values.pop("canary_fingerprint")
    canary = Canary(RecordId(record_id), fingerprint) if record_id is not None else None
    return ErpIntegration(**values, canary=canary)


def link(values: Values, its_integration: Values) -> ErpLink:
    values = dict(values)
    del values["integration_id"]
    state = values.pop("record_state")
    return ErpLink(
        **values,
        record_state=RecordState(state) if state else None,
        integration=integration(its_integration),
    )


def money(amount: Decimal | str | None, currency: str) -> Money | None:
    return Money(Decimal(amount), currency) if amount is not None else None


def summary(document: Mapping[str, str], currency: str) -> G702Summary:
    """The summary as it is kept: decimals as text."""
    parts: dict[str, Any] = {
        name: Decimal(text) if name.endswith("_percent") else money(text, currency)
        for name, text in document.items()
    }
    return G702Summary(**parts)


OWN = [field.name for field in fields(SubcontractorInvoice) if field.name in INVOICES.c]
OTHERS = [column for column in INVOICES.c if column.name not in OWN]


def invoice(row: Sequence[Any]) -> SubcontractorInvoice:
    """An invoice from a row that begins with the columns of `adapters.store.statements.WHOLE`."""
    own, its_project, its_vendor, its_commitment, its_link, its_integration = split(
        row, (INVOICES, PROJECTS, VENDORS, COMMITMENTS, LINKS, INTEGRATIONS)
    )
    values = {name: own[name] for name in OWN}
    percent = own["percent_complete"]
    currency = own["currency"]
    values |= {
        "status": InvoiceStatus(own["status"]),
        "summary": summary(own["summary"], currency),
        "percent_complete": Decimal(percent) if percent is not None else None,
        "total_claimed_amount": money(own["total_claimed_amount"], currency),
        "current_payment_due": money(own["current_payment_due"], currency),
    }
    return SubcontractorInvoice(
        **values,
        project=project(its_project),
        vendor=vendor(its_vendor),
        commitment=commitment(its_commitment),
        link=link(its_link, its_integration) if its_link["id"] else None,
        others={column.name: _meant(column, own[column.name]) for column in OTHERS},
    )


def _meant(column: Column[Any], held: Any) -> Any:
    means = column.info.get("means")
    return held if means is None or held is None else means(held)


def attempt(values: Values, its_link: ErpLink | None) -> UnlinkAttempt:
    return UnlinkAttempt(
        company_id=values["company_id"],
        id=values["id"],
        invoice_id=values["invoice_id"],
        link=its_link,
        at=values["attempted_at"],
        person_id=values["person_id"],
        by=values["person_name"],
        outcome=AttemptOutcome(values["outcome"]),
        evidence=values["evidence"],
    )
