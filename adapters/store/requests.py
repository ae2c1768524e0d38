"""Unlinks that wait for the agent of an ERP that can only be polled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows, statements
from adapters.store.ended_as import outcome_of
from adapters.store.engine import Database
from adapters.store.request_scripts import LinkMoved, RequestScripts
from adapters.store.rows import INTEGRATIONS, LINKS, REQUESTS
from adapters.store.scripts import run
from domain.erps import Sighting
from domain.invoices import SubcontractorInvoice
from domain.unlink_requests import UnlinkRequest
from domain.unlinking import UnlinkAttempt, Unlinked, UnlinkRefusal


class SqlUnlinkRequests:
    """`domain.ports.UnlinkRequests` over SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._scripts = RequestScripts(database.engine.dialect)

    async def open(self, attempt: UnlinkAttempt, waits_until: datetime) -> UnlinkRequest:
        values, script = self._scripts.opening(attempt, waits_until)
        id = await run(self.database, values, script)
        while id is None:  # the one that stood in the way was ended before it could be read
            id = await run(self.database, values, script)
        return (await self.find(attempt.company_id, [id]))[id]

    async def end(
        self,
        request: UnlinkRequest,
        attempt: UnlinkAttempt,
        outcome: Unlinked | UnlinkRefusal,
        sighting: Sighting | None = None,
    ) -> bool:
        values, script = self._scripts.ending(request, attempt, outcome, sighting)
        try:
            return await run(self.database, values, script)
        except LinkMoved:
            return False

    async def find(self, company_id: int, ids: Sequence[UUID]) -> Mapping[UUID, UnlinkRequest]:
        found = await self._read(company_id, _requests(company_id).where(REQUESTS.c.id.in_(ids)))
        return {each.id: each for each in found}

    async def not_ended(
        self, company_id: int, *, integration_id: int, limit: int
    ) -> Sequence[UnlinkRequest]:
        its = _not_ended(company_id).where(LINKS.c.integration_id == integration_id)
        oldest_first = its.order_by(REQUESTS.c.asked_at, REQUESTS.c.id)
        return await self._read(company_id, oldest_first.limit(limit))

    async def overdue(
        self, company_id: int, invoice_ids: Sequence[int], now: datetime
    ) -> Sequence[UnlinkRequest]:
        its = _not_ended(company_id).where(LINKS.c.invoice_id.in_(invoice_ids))
        return await self._read(company_id, its.where(REQUESTS.c.waits_until <= now))

    async def _read(self, company_id: int, which: Select[Any]) -> Sequence[UnlinkRequest]:
        """The requests, with their invoices as they are now."""
        async with self.database.reading() as connection:
            found = (await connection.execute(which)).all()
            split = [rows.split(row, (REQUESTS, LINKS, INTEGRATIONS)) for row in found]
            ids = {its_link["invoice_id"] for _, its_link, _ in split}
            invoices = await _invoices(connection, company_id, ids) if ids else {}
        return [
            _request(own, its_link, its_integration, invoices[its_link["invoice_id"]])
            for own, its_link, its_integration in split
        ]


def _requests(company_id: int) -> Select[Any]:
    """Requests, each with its link and integration after its own columns."""
    source = REQUESTS.join(LINKS, statements.referred(REQUESTS, "link_id", LINKS)).join(
        INTEGRATIONS, statements.referred(LINKS, "integration_id", INTEGRATIONS)
    )
    return (
        select(*REQUESTS.c, *LINKS.c, *INTEGRATIONS.c)
        .select_from(source)
        .where(statements.inside(company_id, REQUESTS))
    )


def _not_ended(company_id: int) -> Select[Any]:
    return _requests(company_id).where(REQUESTS.c.ended_at.is_(None))


async def _invoices(
    connection: AsyncConnection, company_id: int, ids: set[int]
) -> Mapping[int, SubcontractorInvoice]:
    wanted = statements.invoices(company_id).where(rows.INVOICES.c.id.in_(ids))
    return {each.id: each for each in map(rows.invoice, await connection.execute(wanted))}


def _request(
    own: rows.Values,
    its_link: rows.Values,
    its_integration: rows.Values,
    invoice: SubcontractorInvoice,
) -> UnlinkRequest:
    link, kept = rows.link(its_link, its_integration), own["ended_as"]
    return UnlinkRequest(
        company_id=own["company_id"],
        id=own["id"],
        link=link,
        invoice=invoice,
        person_id=own["person_id"],
        by=own["person_name"],
        asked_at=own["asked_at"],
        waits_until=own["waits_until"],
        ended_at=own["ended_at"],
        outcome=None if kept is None else outcome_of(kept, link, invoice),
    )
