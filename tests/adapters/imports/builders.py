"""Requisitions and directories in which everything unsaid is fine."""

import copy
from typing import Any

from adapters.imports import Row

Json = dict[str, Any]

COMPANY = 4200
INTEGRATION = 7

REQUISITION: Json = {
    "id": 31,
    "number": 4,
    "invoice_number": "HVAC-004",
    "status": "approved",
    "erp_status": "synced",
    "billing_date": "2026-03-31",
    "requisition_start": "2026-03-01",
    "requisition_end": "2026-03-31",
    "payment_date": None,
    "submitted_at": "2026-03-28",
    "percent_complete": "96.36%",
    "final": False,
    "total_claimed_amount": "53000.00",
    "created_at": "2026-03-28T09:00:00Z",
    "updated_at": "2026-04-02T16:20:00Z",
    "project_id": 500,
    "vendor_id": 90,
    "vendor_name": "Brisk Air",
    "commitment_id": 600,
    "contract_name": "Ventilation",
    "commitment_type": "WorkOrderContract",
    "currency_configuration": {"currency_iso_code": "USD"},
    "summary": {
        "current_payment_due": "47700.00",
        "completed_work_retainage_percent": "10.00",
        "formatted_period": "01/03/26 - 31/03/26",
    },
    "summary_text": {"project_name": "Harbour Tower", "project_number": "HT-1"},
    "custom_fields": {},
}


def a_requisition(**but: object) -> Json:
    """One that is not synced, unless it is given an `origin_id`."""
    return copy.deepcopy(REQUISITION) | but


def without(fields: Json, *names: str) -> Json:
    return {name: value for name, value in fields.items() if name not in names}


def rows(*values: object) -> list[Row]:
    """One row per line."""
    return [Row(line, value) for line, value in enumerate(values, start=1)]


def an_integration(**but: object) -> Json:
    return {
        "id": INTEGRATION,
        "erp": "sage_300",
        "name": "Sage 300",
        "unlinkSupported": True,
        "deletionRequired": True,
        "voidCountsAsGone": False,
        "reversalCountsAsGone": False,
    } | but


def a_person(subject: str = "ada", **but: object) -> Json:
    return {
        "name": subject.title(),
        "identities": [{"issuer": "https://id.example", "subject": subject}],
        "erpIntegrations": "standard",
        "canPushToAccounting": True,
        "commitments": {"500": "admin"},
    } | but


def a_directory(**but: object) -> Json:
    return {
        "format": "erp-link.directory/1",
        "company": {"id": COMPANY, "name": "Hinterland Builders", "currency": "CAD"},
        "erpIntegrations": [an_integration()],
        "projects": [{"id": 500, "name": "Tower by the sea"}],
        "people": [a_person()],
    } | but
