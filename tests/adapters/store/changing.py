"""Two companies whose invoices are unlinked, linked and looked at; and one who watches."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from adapters.imports import Row, import_requisitions
from adapters.store.changes import SqlInvoiceChanges
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.tokens import DEMO_ISSUER
from domain.changes import InvoiceChange
from domain.erps import RecordState, Sighting
from domain.invoices import SubcontractorInvoice
from domain.unlinking import AttemptOutcome, UnlinkAttempt
from tests.builders import HARBOR, QUARRY, a_directory, a_person, a_requisition, bring_in

SOON = 10.0
"""Seconds within which a change must be told, on a busy machine too."""


@dataclass(frozen=True)
class Changing:
    """What happens to the invoices, each in a transaction of its own."""

    database: Database

    async def founded(self, invoices: Sequence[int] = range(1, 6)) -> None:
        """Harbor with Ann and Bob, Quarry with Quinn; the same ids in both."""
        for company_id, people in ((HARBOR, ("ann", "bob")), (QUARRY, ("quinn",))):
            directory = a_directory([a_person(each) for each in people], company_id)
            await bring_in(self.database, directory, map(a_requisition, invoices))

    async def person(self, subject: str) -> int:
        viewer = await SqlCompanyDirectory(self.database).viewer(DEMO_ISSUER, subject)
        assert viewer is not None
        return viewer.id

    async def invoice(self, id: int, company_id: int = HARBOR) -> SubcontractorInvoice:
        return (await SqlInvoiceStore(self.database).invoices(company_id, [id]))[id]

    async def unlink(self, id: int, company_id: int = HARBOR) -> None:
        invoice = await self.invoice(id, company_id)
        attempt = UnlinkAttempt(
            company_id=company_id,
            id=uuid4(),
            invoice_id=id,
            link=invoice.link,
            at=datetime.now(UTC),
            person_id=1,
            by="Ann",
            outcome=AttemptOutcome.UNLINKED,
            evidence="a test says so",
        )
        assert await SqlUnlinkLedger(self.database).unlink(attempt)

    async def see(self, *ids: int, company_id: int = HARBOR) -> None:
        """The ERP is asked about the records of these invoices."""
        invoices = [await self.invoice(id, company_id) for id in ids]
        sightings = [
            (each, Sighting(each.link.record_id, RecordState.PAID, datetime.now(UTC), "paid"))
            for each in invoices
            if each.link
        ]
        await SqlUnlinkLedger(self.database).saw(company_id, sightings)

    async def bring(self, *ids: int, company_id: int = HARBOR) -> None:
        """New invoices, synced already, are imported."""
        rows = [Row(line, a_requisition(id)) for line, id in enumerate(ids, 1)]
        await import_requisitions(self.database, rows, company_id)


@asynccontextmanager
async def watching(
    changes: SqlInvoiceChanges, person_id: int, company_id: int = HARBOR
) -> AsyncIterator[AsyncIterator[InvoiceChange]]:
    async with changes.watch(company_id, person_id) as watched:
        yield watched


async def taken(watched: AsyncIterator[InvoiceChange], count: int) -> list[InvoiceChange]:
    """The next so many changes."""
    async with asyncio.timeout(SOON):
        return [await anext(watched) for _ in range(count)]


def told(changes: Sequence[InvoiceChange]) -> list[tuple[str, int]]:
    """What happened, and to which invoice."""
    return [(each.kind.name, each.invoice.id) for each in changes]
