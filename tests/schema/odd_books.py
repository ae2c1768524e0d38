"""Books with everything that an answer may hold: all told, nothing told, and what cannot be shown.

Harbor's are in order. In Quarry's some values are of no type of the schema, as if someone had
written them by hand.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

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
from domain.erps import RecordState, Trouble
from domain.permissions import Grants, missing_permissions
from domain.unlinking import (
    AttemptOutcome,
    ErpUnavailable,
    InvoiceNotFound,
    InvoiceNotSynced,
    PermissionDenied,
    StillInErp,
    UnlinkAttempt,
    Unlinked,
    UnlinkNotSupported,
    UnlinkRefusal,
)
from resolvers.context import Context, Services
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from tests.builders import (
    DOCKS,
    HARBOR,
    NOON,
    QUARRY,
    a_directory,
    a_requisition,
    an_invoice,
    bring_in,
)
from tests.fakes import FakeErp
from tests.schema import books

WHOLE, UNLINKED, ANSWERED = 50, 51, 52
"""Invoices of Harbor's: of which all is told, one that was synced once, and one that was unlinked
when an agent of its ERP had answered."""
OUT_OF_ORDER = (2, 3, 4, 5, 6, 7)
"""Quarry's invoices with a value that cannot be shown, and one beside them that can."""


REQUESTS = [UUID(int=number) for number in range(9)]
"""Requests of Harbor's to unlink, which ended in all the ways there are."""


async def fill(database: Database) -> None:
    await books.fill(database)
    await bring_in(
        database,
        a_directory(books.HARBOR_PEOPLE, integration={"notes": "Ask Ann.", "erp": "tryton"}),
        [_whole(WHOLE), a_requisition(UNLINKED), a_requisition(ANSWERED)],
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
    for number, request in enumerate(REQUESTS):
        await _end(services, number, request)
    await _spoil(database)


async def _end(services: Services, number: int, id: UUID) -> None:
    """The last one is stale, and about the invoice of the one before."""
    invoice_id = ANSWERED if number == 0 else min(number, 7)
    link = (await services.invoices.invoices(HARBOR, [invoice_id]))[invoice_id].link
    ann = await services.directory.viewer(DEMO_ISSUER, "ann")
    assert link is not None
    assert ann is not None
    lacks = missing_permissions(Grants(), DOCKS)
    slow = ErpUnavailable(link.integration.erp, Trouble.RATE_LIMITED, "slowly", 7)
    late = ErpUnavailable(link.integration.erp, Trouble.TIMEOUT, "nobody came")
    project = (await services.invoices.projects(HARBOR, [DOCKS]))[DOCKS]
    outcomes: list[Unlinked | UnlinkRefusal] = [
        Unlinked(an_invoice(), link),
        StillInErp(link, link.integration, RecordState.PAID),
        PermissionDenied(lacks, project),
        InvoiceNotFound(),
        InvoiceNotSynced(),
        UnlinkNotSupported(link.integration),
        slow,
        late,
        late,
    ]
    attempt = UnlinkAttempt(
        *(HARBOR, id, invoice_id, link, NOON, ann.id, ann.name, AttemptOutcome.UNLINK_PENDING, "")
    )
    request = await services.requests.open(attempt, NOON + timedelta(days=1))
    kind = AttemptOutcome.UNLINKED if number == 0 else AttemptOutcome.ERP_UNAVAILABLE
    at = request.waits_until if number == 8 else NOON + timedelta(hours=1)
    ended = replace(attempt, id=uuid4(), at=at, outcome=kind)
    assert await services.requests.end(request, ended, outcomes[number])


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
