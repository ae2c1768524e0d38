"""What a resolver has at hand during one request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.erps import ErpTrouble, Trouble
from domain.permissions import NobodyKnown, Reader, Viewer
from domain.ports import (
    CompanyDirectory,
    CostBudget,
    Erps,
    InvoiceChanges,
    InvoiceStore,
    UnlinkLedger,
    UnlinkRequests,
)

DAY = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Services:
    """What lives as long as the process."""

    invoices: InvoiceStore
    ledger: UnlinkLedger
    requests: UnlinkRequests
    directory: CompanyDirectory
    erps: Erps
    changes: InvoiceChanges
    erp_deadline_seconds: float
    budget: CostBudget | None = None
    """What each caller may ask for; None: as much as they like."""
    agent_deadline_seconds: float = DAY
    """How long an unlink waits for the agent of an ERP that can only be polled."""

    @asynccontextmanager
    async def erp_deadline(self) -> AsyncIterator[None]:
        """The time that one look-up in an ERP may take; past it, the answer is a doubt."""
        try:
            async with asyncio.timeout(self.erp_deadline_seconds):
                yield
        except TimeoutError:
            detail = f"no answer within {self.erp_deadline_seconds:g} s"
            raise ErpTrouble(Trouble.TIMEOUT, detail) from None


@dataclass(frozen=True, slots=True)
class Context:
    """One request: who asks, and what answers."""

    viewer: Viewer
    services: Services
    reader: Reader | None = None
    """Where the viewer is only remembered, who asks: what is shown, a statement must have shown to
    this very reader. None: the viewer was looked up for this request."""

    def by(self, person_id: int, name: str) -> "Context":
        """The same, of the person whom a statement has shown the viewer to be."""
        return Context(Viewer(person_id, name, self.viewer.companies), self.services, self.reader)

    async def looked_up(self) -> "Context":
        """The same with the viewer as the directory knows them now. Raises NobodyKnown."""
        if self.reader is None:
            return self
        reader, directory = self.reader, self.services.directory
        viewer = await directory.viewer(reader.issuer, reader.subject)
        if viewer is None:
            raise NobodyKnown
        return Context(viewer, self.services)
