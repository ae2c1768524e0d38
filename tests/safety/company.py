"""A company of these tests' own: as many synced invoices as a test wants, with two lines each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.demo.companies import CASCADE
from adapters.demo.directory import directory_of
from adapters.demo.requisitions import requisitions_of
from adapters.erps.demo import DemoBill, DemoBills, DemoErp
from adapters.imports import RequisitionsReport, Row, import_directory, import_requisitions
from adapters.store.changes import SqlInvoiceChanges
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.requests import SqlUnlinkRequests
from domain.erps import ErpIntegration, RecordState
from domain.ports import Erp
from resolvers.check_integration import check_integration
from resolvers.context import Services
from schema.ids import node_id

Json = dict[str, Any]

COMPANY, INTEGRATION = 4900, 79
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def record_of(invoice_id: int, edition: int = 1) -> str:
    return f"BILL-{invoice_id}-{edition}"


def a_directory(company_id: int = COMPANY, erp: str = "demo", **but: object) -> Json:
    """Ada may unlink there, as she may in the demo company that this one is modelled on."""
    directory = directory_of(CASCADE)
    integration: Json = directory["erpIntegrations"][0]  # type: ignore[index]
    return directory | {
        "company": {"id": company_id, "name": f"Tamarack {company_id}", "currency": "USD"},
        "erpIntegrations": [integration | {"id": INTEGRATION, "erp": erp} | but],
    }


def a_requisition(id: int, edition: int = 1, **but: object) -> Json:
    """The first edition was synced last spring; every further one is a re-sync of tomorrow."""
    record = record_of(id, edition)
    updated = BEGAN if edition == 1 else datetime.now(UTC) + timedelta(days=edition)
    return {
        **requisitions_of(CASCADE)[0],
        "id": id,
        "number": id,
        "invoice_number": f"INV-{id}",
        "updated_at": updated.isoformat(),
        "origin_id": record,
        "items": [{"id": line, "origin_id": f"{record}/{line}"} for line in (1, 2)],
        **but,
    }


async def bring_in(
    database: Database, requisitions: Iterable[Json], company_id: int = COMPANY
) -> RequisitionsReport:
    rows = [Row(line, value) for line, value in enumerate(requisitions, start=1)]
    return await import_requisitions(database, rows, company_id)


async def found_company(
    database: Database, invoice_ids: Iterable[int], company_id: int = COMPANY, **but: Any
) -> None:
    """The company with its invoices, all of them synced."""
    await import_directory(database, a_directory(company_id, **but))
    await bring_in(database, map(a_requisition, invoice_ids), company_id)


async def ready_to_unlink(
    database: Database, bills: DemoBills, invoice_ids: Sequence[int], kept: Sequence[int] = ()
) -> None:
    """Found the company, let the Demo ERP show its bills, and delete those of `invoice_ids`."""
    everything = [*invoice_ids, *kept]
    await found_company(database, everything)
    opening = replace(_bill(f"BILL-{COMPANY}", COMPANY), permanent=True)
    bills.add([opening, *(_bill(record_of(id), COMPANY) for id in everything)])
    await look(services_on(database, DemoErp(bills, COMPANY)))
    for id in invoice_ids:
        bills.delete(record_of(id))


async def look(services: Services, company_id: int = COMPANY) -> None:
    """What `erp-link connections check` does: see the canary, and the linked records."""
    (integration,) = await services.invoices.integrations(company_id)
    await check_integration(services, integration)


def _bill(record_id: str, company_id: int) -> DemoBill:
    return DemoBill(
        record_id=record_id,
        company_id=company_id,
        document_number=f"DOC-{record_id}",
        vendor="Kestrel Electrical Contractors",
        state=RecordState.OPEN,
        total=Decimal("47700.00"),
        currency="USD",
        created_at=BEGAN,
    )


@dataclass(frozen=True)
class PlayedErps:
    """`domain.ports.Erps` in which every integration is one connection, or its company's own."""

    erp: Erp
    others: Mapping[int, Erp]

    def of(self, integration: ErpIntegration) -> Erp:
        return self.others.get(integration.company_id, self.erp)


def services_on(
    database: Database,
    erp: Erp,
    deadline_seconds: float = 8,
    others: Mapping[int, Erp] | None = None,
) -> Services:
    return Services(
        invoices=SqlInvoiceStore(database),
        ledger=SqlUnlinkLedger(database),
        requests=SqlUnlinkRequests(database),
        directory=SqlCompanyDirectory(database),
        erps=PlayedErps(erp, others or {}),
        changes=SqlInvoiceChanges(database),
        erp_deadline_seconds=deadline_seconds,
    )


UNLINK = """
mutation($id: ID!) { unlinkInvoice(input: {invoiceId: $id}) { __typename } }
"""


def unlink_request(invoice_id: int, company_id: int = COMPANY) -> Json:
    """The body of the request that unlinks an invoice."""
    id = node_id("SubcontractorInvoice", company_id, invoice_id)
    return {"query": UNLINK, "variables": {"id": id}}
