"""Unlinks that wait for the agent of an ERP that can only be polled.

They are rare, and nobody waits for their end: each is an ordinary transaction, of the same parts
as an unlink that is answered at once (`adapters.store.ending`), on both databases.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Update, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows, statements
from adapters.store.ended_as import document_of, outcome_of
from adapters.store.ending import ATTEMPT, as_seen, ending, freeing, freeing_lines, seeing
from adapters.store.engine import Database
from adapters.store.findable import make_findable
from adapters.store.outbox import Told, tell
from adapters.store.prepared import Prepared, Values
from adapters.store.rows import ATTEMPTS, LINKS, REQUESTS
from adapters.store.unlinking import sent, values_of
from domain.changes import ChangeKind
from domain.erps import Sighting
from domain.invoices import SubcontractorInvoice
from domain.unlink_requests import UnlinkRequest
from domain.unlinking import UnlinkAttempt, Unlinked, UnlinkRefusal


class _LinkMoved(Exception):
    """The link that a request is about is not the invoice's active one any more."""


class SqlUnlinkRequests:
    """`domain.ports.UnlinkRequests` over SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        dialect = database.engine.dialect
        kind: Any = sqlite if dialect.name == "sqlite" else postgresql
        self._opening = kind.insert(REQUESTS).on_conflict_do_nothing()
        self._attempt = Prepared(insert(ATTEMPTS).values(ATTEMPT), dialect)
        self._seeing = Prepared(seeing(), dialect)
        self._ending = Prepared(ending(), dialect)
        self._freeing = Prepared(freeing(), dialect)
        self._freeing_lines = Prepared(freeing_lines(), dialect)

    async def open(self, attempt: UnlinkAttempt, waits_until: datetime) -> UnlinkRequest:
        if attempt.link is None:
            raise ValueError("what waits for an answer about a record has a link")
        its = (_not_ended(attempt.company_id)).where(REQUESTS.c.link_id == attempt.link.id)
        while True:
            async with self.database.writing() as connection:
                await connection.execute(self._opening, _of(attempt, waits_until))
                # None: the one that stood in the way was ended since.
                found = await _whole(connection, attempt.company_id, its)
                if found and not found[0].is_overdue(attempt.at):
                    await sent(connection, self._attempt, values_of(attempt))
            if found:
                return found[0]

    async def find(self, company_id: int, ids: Sequence[UUID]) -> Mapping[UUID, UnlinkRequest]:
        found = await self._read(company_id, _requests(company_id).where(REQUESTS.c.id.in_(ids)))
        return {each.id: each for each in found}

    async def not_ended(
        self, company_id: int, *, integration_id: int, limit: int
    ) -> Sequence[UnlinkRequest]:
        its = _not_ended(company_id).where(LINKS.c.integration_id == integration_id)
        oldest_first = its.order_by(REQUESTS.c.asked_at, REQUESTS.c.id)
        return await self._read(company_id, oldest_first.limit(limit))

    async def not_ended_of(
        self, company_id: int, invoice_ids: Sequence[int]
    ) -> Sequence[UnlinkRequest]:
        its = _not_ended(company_id).where(LINKS.c.invoice_id.in_(invoice_ids))
        return await self._read(company_id, its)

    async def end(
        self,
        request: UnlinkRequest,
        attempt: UnlinkAttempt,
        outcome: Unlinked | UnlinkRefusal,
        sighting: Sighting | None = None,
    ) -> bool:
        values = values_of(attempt) | as_seen(sighting)
        try:
            async with self.database.writing() as connection:
                if not (await connection.execute(_ending(request, attempt, outcome))).rowcount:
                    return False
                if isinstance(outcome, Unlinked):
                    await self._unlink(connection, attempt, values)
                elif sighting is not None:
                    await self._see(connection, attempt, values)
                await sent(connection, self._attempt, values)
        except _LinkMoved:
            return False
        return True

    async def _unlink(
        self, connection: AsyncConnection, attempt: UnlinkAttempt, values: Values
    ) -> None:
        """Links first, then invoices, as an import locks them."""
        if not await sent(connection, self._ending, values):
            raise _LinkMoved
        if not await sent(connection, self._freeing, values):
            raise RuntimeError("an invoice does not hold its own active link")
        await sent(connection, self._freeing_lines, values)
        await _tell(connection, attempt, ChangeKind.UNLINKED, attempt.by)

    async def _see(
        self, connection: AsyncConnection, attempt: UnlinkAttempt, values: Values
    ) -> None:
        """Keep what the ERP said of the record, unless the link was ended meanwhile."""
        if await sent(connection, self._seeing, values):
            await make_findable(connection, attempt.company_id, [attempt.invoice_id])
            await _tell(connection, attempt, ChangeKind.RECORD_STATE_SEEN, None)

    async def _read(self, company_id: int, which: Select[Any]) -> Sequence[UnlinkRequest]:
        async with self.database.reading() as connection:
            return await _whole(connection, company_id, which)


def _requests(company_id: int) -> Select[Any]:
    """Requests, each with its link and integration after its own columns."""
    return (
        select(*REQUESTS.c, *LINKS.c, *rows.INTEGRATIONS.c)
        .select_from(REQUESTS)
        .join(LINKS, statements.referred(REQUESTS, "link_id", LINKS))
        .join(
            rows.INTEGRATIONS,
            statements.referred(LINKS, "integration_id", rows.INTEGRATIONS),
        )
        .where(statements.inside(company_id, REQUESTS))
    )


def _not_ended(company_id: int) -> Select[Any]:
    return _requests(company_id).where(REQUESTS.c.ended_at.is_(None))


def _of(attempt: UnlinkAttempt, waits_until: datetime) -> rows.Values:
    return {
        "company_id": attempt.company_id,
        "id": attempt.id,
        "link_id": attempt.link.id if attempt.link else None,
        "person_id": attempt.person_id,
        "person_name": attempt.by,
        "asked_at": attempt.at,
        "waits_until": waits_until,
    }


async def _whole(
    connection: AsyncConnection, company_id: int, which: Select[Any]
) -> Sequence[UnlinkRequest]:
    """The requests, with their invoices as they are now."""
    found = (await connection.execute(which)).all()
    if not found:
        return []
    split = [rows.split(row, (REQUESTS, LINKS, rows.INTEGRATIONS)) for row in found]
    ids = {its_link["invoice_id"] for _, its_link, _ in split}
    wanted = statements.invoices(company_id).where(rows.INVOICES.c.id.in_(ids))
    invoices = {each.id: each for each in map(rows.invoice, await connection.execute(wanted))}
    return [
        _request(own, its_link, its_integration, invoices[its_link["invoice_id"]])
        for own, its_link, its_integration in split
    ]


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


def _ending(
    request: UnlinkRequest, attempt: UnlinkAttempt, outcome: Unlinked | UnlinkRefusal
) -> Update:
    """The guard: of no request that was ended."""
    return (
        update(REQUESTS)
        .where(
            statements.inside(request.company_id, REQUESTS),
            REQUESTS.c.id == request.id,
            REQUESTS.c.ended_at.is_(None),
        )
        .values(ended_at=attempt.at, ended_as=document_of(outcome))
    )


async def _tell(
    connection: AsyncConnection, attempt: UnlinkAttempt, kind: ChangeKind, by: str | None
) -> None:
    if attempt.link is not None:
        told = Told(kind, attempt.invoice_id, attempt.link.id, by)
        await tell(connection, attempt.company_id, [told], attempt.at)
