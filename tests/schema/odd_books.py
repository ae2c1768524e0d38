"""Books with everything that an answer may hold: all told, nothing told, and what cannot be shown.

Harbor's are in order. In Quarry's some values are of no type of the schema, as if someone had
written them by hand.
"""

from typing import Any

from sqlalchemy import delete, select, update

from adapters.store.changes import SqlInvoiceChanges
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.requests import SqlUnlinkRequests
from adapters.store.rows import ATTEMPTS, INVOICES, LINKS, table
from adapters.store.tables import CommitmentRow
from adapters.tokens import DEMO_ISSUER
from domain.erps import RecordState
from resolvers.context import Context, Services
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from tests.builders import HARBOR, QUARRY, a_directory, a_requisition, bring_in
from tests.fakes import FakeErp
from tests.schema import books

WHOLE, UNLINKED = 50, 51
"""Invoices of Harbor's: of which all is told, and one that was synced once."""
OUT_OF_ORDER = (2, 3, 4, 5, 6, 7)
"""Quarry's invoices with a value that cannot be shown, and one beside them that can."""


async def fill(database: Database) -> None:
    await books.fill(database)
    await bring_in(
        database,
        a_directory(books.HARBOR_PEOPLE, integration={"notes": "Ask Ann.", "erp": "tryton"}),
        [_whole(WHOLE), a_requisition(UNLINKED)],
    )
    ledger = SqlUnlinkLedger(database)
    services = Services(
        SqlInvoiceStore(database),
        ledger,
        SqlUnlinkRequests(database),
        SqlCompanyDirectory(database),
        FakeErp({f"BILL-{UNLINKED}": RecordState.DELETED}),
        SqlInvoiceChanges(database),
        8,
    )
    for person, number in (("bob", 1), ("ann", 1), ("ann", 51), ("ann", books.UNSYNCED)):
        viewer = await services.directory.viewer(DEMO_ISSUER, person)
        assert viewer is not None
        key = NodeKey("SubcontractorInvoice", HARBOR, str(number))
        await unlink_invoice(Context(viewer, services), key)
    await _spoil(database)


def _whole(id: int) -> dict[str, Any]:
    return a_requisition(
        id,
        status="pending_owner_approval",
        requisition_start="2026-03-01",
        requisition_end="2026-03-31",
        payment_date="2026-04-30",
        submitted_at="2026-04-01",
        percent_complete="96.36%",
        final=True,
        total_claimed_amount="1250.10",
        currency_configuration={"currency_iso_code": "CAD"},
        summary={
            "original_contract_sum": "99999999999999.99",
            "net_change_by_change_orders": "0.00",
            "completed_work_retainage_percent": "7.5%",
            "stored_materials_retainage_percent": "0%",
            "total_retainage": "12.50",
            "current_payment_due": "-0.05",
        },
    )


async def _spoil(database: Database) -> None:
    """One value of each kind that the schema's types refuse."""
    spoiled: list[dict[str, Any]] = [
        {"status": "lost"},
        {"percent_complete": "most of it"},
        {"summary": {"total_retainage": "a lot", "completed_work_retainage_percent": "5"}},
        {"summary": {"completed_work_retainage_percent": "few", "total_retainage": "1.00"}},
        # PostgreSQL keeps no number that GraphQL's Int does not hold.
        {"number": 2**31} if database.engine.dialect.name == "sqlite" else {"status": "found"},
        {"percent_complete": "12.5", "invoice_number": 'quoted " and \\ and \u2028'},
    ]
    async with database.writing() as connection:
        for id, values in zip(OUT_OF_ORDER, spoiled, strict=True):
            here = INVOICES.c.company_id == QUARRY, INVOICES.c.id == id
            await connection.execute(update(INVOICES).where(*here).values(**values))
        linked = LINKS.c.company_id == QUARRY, LINKS.c.invoice_id == 8
        await connection.execute(update(LINKS).where(*linked).values(record_state="somewhere"))
        commitments = table(CommitmentRow)
        theirs = update(commitments).where(commitments.c.company_id == QUARRY)
        await connection.execute(theirs.values(title=""))


INVOICE = INVOICES.c.company_id == HARBOR, INVOICES.c.id == WHOLE
LINK = LINKS.c.company_id == HARBOR, LINKS.c.invoice_id == WHOLE
ATTEMPT = ATTEMPTS.c.company_id == HARBOR, ATTEMPTS.c.invoice_id == WHOLE


async def linked(database: Database) -> Any:
    """How the whole invoice stands, for `link_again`."""
    columns = INVOICES.c.link_id, INVOICES.c.synced_at, INVOICES.c.erp_status
    async with database.reading() as connection:
        return dict((await connection.execute(select(*columns).where(*INVOICE))).mappings().one())


async def link_again(database: Database, before: Any) -> None:
    """As if it had never been unlinked."""
    async with database.writing() as connection:
        await connection.execute(update(INVOICES).where(*INVOICE).values(before))
        await connection.execute(update(LINKS).where(*LINK).values(ended_at=None))
        await connection.execute(delete(ATTEMPTS).where(*ATTEMPT))
