"""What the tests are about, built in one word each: everything unsaid is fine.

First domain values, then the two documents that real data is imported from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from adapters.imports import Row, import_directory, import_requisitions
from adapters.store.engine import Database
from adapters.tokens import DEMO_ISSUER
from domain.capabilities import Rule
from domain.erps import Canary, ErpIntegration, ErpLink, ErpName, RecordId, RecordState, Sighting
from domain.invoices import (
    Commitment,
    G702Summary,
    InvoiceStatus,
    Money,
    Project,
    SubcontractorInvoice,
    Vendor,
)
from domain.permissions import AccessLevel, Grants

Document = dict[str, Any]

HARBOR, QUARRY = 7, 8
"""Two companies. They give their records the same ids, so that an id alone names nothing."""
INTEGRATION, DOCKS, SHEDS = 71, 701, 702
"""An ERP integration and two projects, of either company."""

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
LINK = UUID("00000000-0000-4000-8000-000000000001")
BILL, OPENING = RecordId("BILL-1"), RecordId("OPENING")
CANARY = Canary(OPENING, "print of OPENING")


def an_integration(**but: Any) -> ErpIntegration:
    """What is said of a rule is the company's own word."""
    integration = ErpIntegration(
        company_id=HARBOR,
        id=INTEGRATION,
        erp=ErpName("fake"),
        name="Harbor ledger",
        canary=CANARY,
    )
    rules = {rule.value for rule in Rule}
    return replace(integration, **{f"own_{k}" if k in rules else k: v for k, v in but.items()})


def a_link(**but: Any) -> ErpLink:
    """An active link to a record that was seen in the ERP an hour ago."""
    link = ErpLink(
        company_id=HARBOR,
        id=LINK,
        invoice_id=1,
        integration=an_integration(),
        record_id=BILL,
        document_number="DOC-1",
        synced_at=NOON - timedelta(days=1),
        synced_by=None,
        record_state=RecordState.OPEN,
        checked_at=NOON - timedelta(hours=1),
        seen_at=NOON - timedelta(hours=1),
    )
    return replace(link, **but)


def an_invoice(**but: Any) -> SubcontractorInvoice:
    """A synced invoice on the project DOCKS."""
    invoice = SubcontractorInvoice(
        company_id=HARBOR,
        id=1,
        number=1,
        invoice_number="INV-1",
        status=InvoiceStatus.APPROVED,
        erp_status="synced",
        billing_date=NOON.date(),
        period_start=None,
        period_end=None,
        payment_date=None,
        submitted_at=None,
        percent_complete=None,
        final=False,
        currency="USD",
        total_claimed_amount=Money(Decimal("100.00"), "USD"),
        current_payment_due=Money(Decimal("90.00"), "USD"),
        summary=G702Summary(),
        created_at=NOON,
        updated_at=NOON,
        vendor=Vendor(HARBOR, 1, "Kestrel Electric"),
        project=Project(HARBOR, DOCKS, "Docks"),
        commitment=Commitment(HARBOR, 1, "Lighting", "WorkOrderContract"),
        link=a_link(),
    )
    return replace(invoice, **but)


def a_sighting(state: RecordState, **but: Any) -> Sighting:
    """What the ERP says now of the record of `a_link`."""
    return replace(Sighting(BILL, state, NOON, f"the ERP says {state.value}"), **but)


def the_canary(**but: Any) -> Sighting:
    """The canary of `an_integration`, seen."""
    seen = a_sighting(RecordState.OPEN, record_id=OPENING, fingerprint=CANARY.fingerprint)
    return replace(seen, **but)


def some_grants(**but: Any) -> Grants:
    """All that it takes to unlink on the project DOCKS."""
    grants = Grants(AccessLevel.STANDARD, True, {DOCKS: AccessLevel.ADMIN})
    return replace(grants, **but)


def a_person(subject: str, **but: Any) -> Document:
    """Someone who may unlink on the project DOCKS, as a directory lists them."""
    return {
        "name": subject.capitalize(),
        "identities": [{"issuer": DEMO_ISSUER, "subject": subject}],
        "erpIntegrations": "standard",
        "canPushToAccounting": True,
        "commitments": {str(DOCKS): "admin"},
    } | but


def a_directory(
    people: Sequence[Document], company_id: int = HARBOR, integration: Document | None = None
) -> Document:
    name = "Harbor Builders" if company_id == HARBOR else "Quarry Works"
    word = name.split()[0]
    return {
        "format": "erp-link.directory/1",
        "company": {"id": company_id, "name": name, "currency": "USD"},
        "erpIntegrations": [
            {
                "id": INTEGRATION,
                "erp": "fake",
                "name": f"{word} ledger",
                "unlinkSupported": True,
                "deletionRequired": True,
                "voidCountsAsGone": False,
                "reversalCountsAsGone": False,
            }
            | (integration or {})
        ],
        "projects": [
            {"id": DOCKS, "name": f"{word} Docks", "number": f"{word[0]}-1"},
            {"id": SHEDS, "name": f"{word} Sheds"},
        ],
        "people": list(people),
    }


def a_requisition(id: int, **but: Any) -> Document:
    """A requisition that is synced as record BILL-<id>; `due` is its payment due."""
    due = but.pop("due", f"{id}00.00")
    return {
        "id": id,
        "number": id,
        "invoice_number": f"INV-{id}",
        "status": "approved",
        "erp_status": "synced",
        "billing_date": "2026-03-31",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": f"2026-02-01T00:00:00.{id:06}Z",
        "project_id": DOCKS,
        "vendor_id": 1,
        "vendor_name": "Kestrel Electric",
        "commitment_id": 1,
        "contract_name": "Lighting",
        "commitment_type": "WorkOrderContract",
        "origin_id": f"BILL-{id}",
        "summary": {"current_payment_due": due},
    } | but


async def bring_in(
    database: Database, directory: Document, requisitions: Iterable[Document] = ()
) -> None:
    """Import a directory and requisitions, as `erp-link import` does."""
    company_id = await import_directory(database, directory)
    rows = [Row(line, value) for line, value in enumerate(requisitions, 1)]
    await import_requisitions(database, rows, company_id)
