"""Writing how an attempt to unlink ended: the whole of it or nothing."""

from functools import lru_cache
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store.ending import ATTEMPT, as_seen, seeing
from adapters.store.engine import Database
from adapters.store.findable import make_findable
from adapters.store.in_one_go import InOneGo, RefusedInOneGo
from adapters.store.in_one_statement import InOneStatement, RefusedInOneStatement
from adapters.store.outbox import KEPT, Told, tell
from adapters.store.prepared import Prepared, Values
from adapters.store.rows import ATTEMPTS
from adapters.store.selecting import Selecting
from adapters.store.tables import InvoiceRow
from adapters.store.waking import Waking
from domain.changes import ChangeKind
from domain.erps import Sighting
from domain.invoices import SubcontractorInvoice
from domain.rows import Layout, Selection
from domain.unlinking import UnlinkAttempt

MOST_KEPT = 200
"""Selections whose statements are kept; each may be prepared on every connection."""
PRUNING_SECONDS = 1.0
"""How often a process deletes a company's old changes as it writes new ones."""


class Unlinking:
    """Statements are kept: those of an unlink for each selection of what is read back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ready = lru_cache(MOST_KEPT)(self._make_ready)
        self._seeing = Prepared(seeing(), database.engine.dialect)
        self._attempt = Prepared(insert(ATTEMPTS).values(ATTEMPT), database.engine.dialect)
        kind = RefusedInOneGo if self._is_sqlite else RefusedInOneStatement
        self._refused: RefusedInOneGo | RefusedInOneStatement = kind(database)
        self._pruned: dict[int, float] = {}
        self._waking = Waking(database)

    async def unlink(
        self, attempt: UnlinkAttempt, sighting: Sighting | None, wanted: Selection
    ) -> SubcontractorInvoice | None:
        values = values_of(attempt, ChangeKind.UNLINKED, attempt.by) | as_seen(sighting)
        layout, way = self._ready(wanted)
        row = await way.unlink(values, prune=self._is_time_to_prune(attempt.company_id))
        if row is None:
            return None
        self._waking.soon(attempt.company_id)
        invoice: Any = layout.of(row)
        found: SubcontractorInvoice = invoice
        return found

    async def refuse(self, attempt: UnlinkAttempt, sighting: Sighting) -> None:
        """Keep what the ERP said of the link's record as its last known state."""
        values = values_of(attempt, ChangeKind.RECORD_STATE_SEEN, None) | as_seen(sighting)
        known = attempt.link.document_number if attempt.link else None
        if sighting.document_number not in (None, known):
            await self._refuse_renumbered(attempt, values)
            return
        prune = self._is_time_to_prune(attempt.company_id)
        await self._refused.refuse(values, prune=prune)
        self._waking.soon(attempt.company_id)

    async def record(self, attempt: UnlinkAttempt) -> None:
        await self._database.written(self._attempt, values_of(attempt))

    async def aclose(self) -> None:
        """Wait until those who watch have been told."""
        await self._waking.aclose()

    async def _refuse_renumbered(self, attempt: UnlinkAttempt, values: Values) -> None:
        """The invoice is found by another number from now on: that takes a longer transaction."""
        company_id, invoice_id = attempt.company_id, attempt.invoice_id
        async with self._database.writing() as connection:
            if attempt.link and await _sent(connection, self._seeing, values):
                await make_findable(connection, company_id, [invoice_id])
                told = Told(ChangeKind.RECORD_STATE_SEEN, invoice_id, attempt.link.id)
                await tell(connection, company_id, [told], attempt.at)
            await _sent(connection, self._attempt, values)

    @property
    def _is_sqlite(self) -> bool:
        return self._database.engine.dialect.name == "sqlite"

    def _make_ready(self, wanted: Selection) -> tuple[Layout, InOneGo | InOneStatement]:
        selecting = Selecting(InvoiceRow, self._database.engine.dialect)
        layout = selecting.layout(wanted)
        kind = InOneGo if self._is_sqlite else InOneStatement
        return layout, kind(self._database, selecting.statement())

    def _is_time_to_prune(self, company_id: int) -> bool:
        now = monotonic()
        if now < self._pruned.get(company_id, now):
            return False
        self._pruned[company_id] = now + PRUNING_SECONDS
        return True


async def _sent(connection: AsyncConnection, statement: Prepared, values: Values) -> bool:
    """Whether rows came back."""
    arguments = tuple(statement.arguments(values))
    result = await connection.exec_driver_sql(statement.text, arguments)
    return result.returns_rows and bool(result.all())


def values_of(
    attempt: UnlinkAttempt, kind: ChangeKind | None = None, by: str | None = None
) -> dict[str, Any]:
    """What the parts of `adapters.store.ending` are given; `kind` and `by` are of the change."""
    return {
        "company_id": attempt.company_id,
        "attempt_id": attempt.id,
        "invoice_id": attempt.invoice_id,
        "link_id": attempt.link.id if attempt.link else None,
        "attempted_at": attempt.at,
        "person_id": attempt.person_id,
        "person_name": attempt.by,
        "outcome": attempt.outcome.value,
        "evidence": attempt.evidence,
        "change_id": uuid4(),
        "kind": kind.value if kind else None,
        "told_by": by,
        "pruned_before": attempt.at - KEPT,
    }
