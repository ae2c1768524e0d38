"""The books of two companies: what the lists of the tests are made of.

Harbor's invoices have ties and gaps in everything that they can be ordered by. Quarry's have
the same ids, and one more; their numbers begin at 101, so that none is mistaken for Harbor's.
"""

from datetime import UTC, datetime
from uuid import UUID

from adapters.store.changes import SqlInvoiceChanges
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.requests import SqlUnlinkRequests
from adapters.tokens import DEMO_ISSUER
from domain.erps import RecordState
from domain.unlinking import AttemptOutcome, UnlinkAttempt
from resolvers.check_integration import check_integration
from resolvers.context import Services
from tests.builders import (
    DOCKS,
    HARBOR,
    QUARRY,
    SHEDS,
    Document,
    a_directory,
    a_person,
    a_requisition,
    bring_in,
)
from tests.fakes import FakeErp

KESTREL, STEEL, BAUER = 1, 2, 3
VENDORS = {KESTREL: "Kestrel Electric", STEEL: "100% Steel_Works\\Co", BAUER: "Straße & Söhne"}

NOON, LATER, LAST = "2026-03-01T12:00:00Z", "2026-03-02T12:00:00.000001Z", "2026-03-03T00:00:00Z"
MARCH, APRIL, MAY = "2026-03-31", "2026-04-30", "2026-05-31"
UNSYNCED = 12


def _harbor(
    id: int,
    at: str,
    billed: str | None,
    invoice_number: str | None,
    due: str | None,
    vendor: int,
    project: int = DOCKS,
    **but: object,
) -> Document:
    return a_requisition(
        id,
        updated_at=at,
        billing_date=billed,
        invoice_number=invoice_number,
        due=due,
        vendor_id=vendor,
        vendor_name=VENDORS[vendor],
        project_id=project,
        commitment_id=vendor,
        contract_name=f"Contract {vendor}",
        **but,
    )


HARBOR_INVOICES = (
    _harbor(1, NOON, MARCH, "INV-7", "100.00", KESTREL),
    _harbor(2, NOON, MARCH, "INV-7", "100.00", STEEL, SHEDS),
    _harbor(3, NOON, APRIL, "inv-7", "9.50", BAUER, status="draft"),
    _harbor(4, LATER, None, None, None, KESTREL, status="under_review"),
    _harbor(5, LATER, None, None, None, STEEL, SHEDS),
    _harbor(6, LATER, APRIL, "A_1", "-20.00", BAUER),
    _harbor(7, LATER, MAY, "A%1", "0.00", KESTREL, status="approved_as_noted"),
    _harbor(8, LAST, MAY, "Ärger-10", "99999999999999.99", STEEL, SHEDS),
    _harbor(9, LAST, MARCH, "INV-10", "100.00", BAUER, SHEDS, status="draft"),
    _harbor(10, "2026-02-28T23:59:59.999999Z", MARCH, "INV-7", "0.00", KESTREL),
    _harbor(11, "2026-02-28T23:59:59.999999Z", "0001-01-02", "漢字", "100.01", KESTREL),
    _harbor(UNSYNCED, NOON, MARCH, "INV-7", "100.00", KESTREL, origin_id=None),
)
HARBOR_STATES = {
    "BILL-1": RecordState.DRAFT,
    "BILL-2": RecordState.PAID,
    "BILL-3": RecordState.PAID,
    "BILL-4": RecordState.VOIDED,
    "BILL-11": RecordState.ABSENT,
}
HARBOR_DOCUMENTS = {"BILL-1": "GL/2026/0001", "BILL-5": "Kestrel-5", "BILL-12": "never"}

QUARRY_INVOICES = tuple(
    a_requisition(
        id,
        number=100 + id,
        invoice_number=f"Q-{id}",
        vendor_name="Quarry vendor",
        contract_name="Quarry contract",
        updated_at=f"2026-02-{id:02}T00:00:00Z",
    )
    for id in (*range(1, 12), 14)
)

HARBOR_PEOPLE = (
    a_person("ann", commitments={str(DOCKS): "admin", str(SHEDS): "admin"}),
    a_person("bob", canPushToAccounting=False),
    a_person("olga", erpIntegrations="read_only", commitments={str(SHEDS): "standard"}),
)
QUARRY_PEOPLE = (a_person("quinn"), a_person("olga"))


REQUEST, REQUESTED = UUID("00000000-0000-4000-8000-0000000000aa"), 10
"""A request to unlink that waits in either company, and the invoice that it is about."""


async def fill(database: Database) -> None:
    """Both companies; and in either somebody waits for the agent of its ERP, for a long time."""
    await enter(database)
    for company_id, subject in ((HARBOR, "ann"), (QUARRY, "quinn")):
        viewer = await SqlCompanyDirectory(database).viewer(DEMO_ISSUER, subject)
        found = await SqlInvoiceStore(database).invoices(company_id, [REQUESTED])
        assert viewer is not None
        attempt = UnlinkAttempt(
            company_id=company_id,
            id=REQUEST,
            invoice_id=REQUESTED,
            link=found[REQUESTED].link,
            at=datetime.fromisoformat(NOON),
            person_id=viewer.id,
            by=viewer.name,
            outcome=AttemptOutcome.UNLINK_PENDING,
            evidence="its agent is awaited",
        )
        await SqlUnlinkRequests(database).open(attempt, datetime(9999, 1, 1, tzinfo=UTC))


async def enter(database: Database) -> None:
    """Import both companies, have their ERPs looked at once, and let Nora leave Harbor again."""
    await bring_in(database, a_directory([a_person("nora")]))
    await bring_in(database, a_directory(HARBOR_PEOPLE), HARBOR_INVOICES)
    await bring_in(database, a_directory(QUARRY_PEOPLE, QUARRY), QUARRY_INVOICES)
    for company_id, erp in (
        (HARBOR, FakeErp(dict(HARBOR_STATES), dict(HARBOR_DOCUMENTS))),
        (QUARRY, FakeErp()),
    ):
        invoices = SqlInvoiceStore(database)
        services = Services(
            invoices,
            SqlUnlinkLedger(database),
            SqlUnlinkRequests(database),
            SqlCompanyDirectory(database),
            erp,
            SqlInvoiceChanges(database),
            8,
        )
        for integration in await invoices.integrations(company_id):
            await check_integration(services, integration)
