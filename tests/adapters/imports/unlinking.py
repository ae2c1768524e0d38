"""Unlinking an invoice, as the service does it."""

from datetime import datetime
from uuid import uuid4

from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from domain.unlinking import AttemptOutcome, UnlinkAttempt
from tests.adapters.imports.builders import COMPANY


async def attempt_on(database: Database, invoice_id: int, at: datetime) -> UnlinkAttempt:
    invoice = (await SqlInvoiceStore(database).invoices(COMPANY, [invoice_id]))[invoice_id]
    return UnlinkAttempt(
        company_id=COMPANY,
        id=uuid4(),
        invoice_id=invoice_id,
        link=invoice.link,
        at=at,
        person_id=1,
        by="Ada",
        outcome=AttemptOutcome.UNLINKED,
        evidence="gone",
    )


async def unlinked(database: Database, invoice_id: int, at: datetime) -> None:
    assert await SqlUnlinkLedger(database).unlink(await attempt_on(database, invoice_id, at))
