"""A desk to unlink at: two synced invoices and one that is not, on a database of the test's own."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.settings import Settings
from adapters.store.engine import Database
from adapters.tokens import DEMO_ISSUER
from app import open_services
from domain.invoices import SubcontractorInvoice
from domain.rows import Selection
from domain.unlinking import AttemptOutcome, UnlinkAttempt, UnlinkOutcome
from resolvers.check_integration import check_integration
from resolvers.context import Context, Services
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from tests.builders import (
    HARBOR,
    Document,
    a_directory,
    a_person,
    a_requisition,
    bring_in,
)
from tests.databases import Templates
from tests.fakes import Contents, FakeErp, contents

PEOPLE = (a_person("ann"), a_person("bob", canPushToAccounting=False))
WANTED = Selection.of(
    "number", "erp_status", "locked", "summary.total_retainage", "vendor.name", "link.record_id"
)
SYNCED, ALSO_SYNCED, NOT_SYNCED = 1, 2, 3


async def fill(database: Database) -> None:
    rows = [a_requisition(SYNCED), a_requisition(ALSO_SYNCED)]
    await bring_in(
        database, a_directory(PEOPLE), [*rows, a_requisition(NOT_SYNCED, origin_id=None)]
    )


@dataclass
class Desk:
    """The store and the ERP, and what a test does with them."""

    database: Database
    services: Services
    erp: FakeErp

    async def unlink(self, invoice_id: int = SYNCED, person: str = "ann") -> UnlinkOutcome:
        viewer = await self.services.directory.viewer(DEMO_ISSUER, person)
        assert viewer is not None
        key = NodeKey("SubcontractorInvoice", HARBOR, str(invoice_id))
        return await unlink_invoice(Context(viewer, self.services), key, WANTED)

    async def invoice(self, invoice_id: int = SYNCED) -> SubcontractorInvoice:
        return (await self.services.invoices.invoices(HARBOR, [invoice_id]))[invoice_id]

    async def attempts(self, invoice_id: int = SYNCED) -> Sequence[UnlinkAttempt]:
        """Newest first."""
        return (await self.services.ledger.attempts(HARBOR, [invoice_id], 100))[invoice_id]

    async def outcomes(self, invoice_id: int = SYNCED) -> list[AttemptOutcome]:
        return [attempt.outcome for attempt in await self.attempts(invoice_id)]

    async def integration_becomes(self, **but: object) -> None:
        await bring_in(self.database, a_directory(PEOPLE, integration=but))

    async def people_become(self, *people: Document) -> None:
        await bring_in(self.database, a_directory(people))

    async def is_synced_anew(self, record_id: str, at: str = "2026-06-01T00:00:00Z") -> None:
        """What a re-sync brings: the same invoice, as another record of the ERP."""
        again: Document = a_requisition(SYNCED, origin_id=record_id, updated_at=at)
        await bring_in(self.database, a_directory(PEOPLE), [again])

    async def contents(self) -> Contents:
        return await contents(self.database, HARBOR)

    async def check(self) -> None:
        (integration,) = await self.services.invoices.integrations(HARBOR)
        await check_integration(self.services, integration)


@pytest.fixture
async def desk(kind: str, templates: Templates, tmp_path: Path) -> AsyncIterator[Desk]:
    """The ERP was checked once, so that the records were seen; nothing is asked of it yet."""
    settings = Settings(
        database_url=SecretStr(templates.copy(kind, "desk", fill, tmp_path)), data_dir=tmp_path
    )
    async with open_services(settings) as (database, services):
        erp = FakeErp()
        opened = Desk(database, replace(services, erps=erp), erp)
        await opened.check()
        erp.asked.clear()
        yield opened
