"""What a resolver has at hand during one request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.erps import ErpTrouble, Trouble
from domain.permissions import Viewer
from domain.ports import (
    CompanyDirectory,
    CostBudget,
    Erps,
    InvoiceChanges,
    InvoiceStore,
    UnlinkLedger,
)


@dataclass(frozen=True, slots=True)
class Services:
    """What lives as long as the process."""

    invoices: InvoiceStore
    ledger: UnlinkLedger
    directory: CompanyDirectory
    erps: Erps
    changes: InvoiceChanges
    erp_deadline_seconds: float
    budget: CostBudget | None = None
    """What each caller may ask for; None: as much as they like."""

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
