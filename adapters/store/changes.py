"""Those who watch a company's changes: one reader a company and process tells them all."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import select

from adapters.store import outbox
from adapters.store.directory import MEMBERSHIPS
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.wakeups import keep_waking
from adapters.store.watchers import Watcher
from domain.changes import FellBehind, InvoiceChange

PAGE = 500
"""How many changes are read at once."""
PAUSE = 1.0
"""Seconds before a reading that failed is tried again."""
LISTENING_WITHIN = 10.0

log = logging.getLogger(__name__)


class SqlInvoiceChanges:
    """`domain.ports.InvoiceChanges` over SQLite and PostgreSQL.

    Nothing runs, and no connection is held, while nobody watches.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers: dict[int, _Reader] = {}
        self._listening = asyncio.Event()
        self._ear: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watch(self, company_id: int, person_id: int) -> AsyncIterator[Watcher]:
        """See the port. Raises TimeoutError when the database cannot be listened to."""
        reader = self._readers.get(company_id)
        if reader is None:
            reader = self._readers[company_id] = _Reader(self._database, company_id)
        watcher = reader.add(person_id)
        try:
            await self._listen()
            await reader.begun()
            yield watcher
        finally:
            await self._leave(company_id, reader, watcher)

    async def aclose(self) -> None:
        """End everything, whoever still watches."""
        for reader in self._readers.values():
            await reader.stop()
        self._readers.clear()
        await self._stop_listening()

    async def _listen(self) -> None:
        """Be sure to hear of what is committed from now on."""
        if self._ear is None:
            self._ear = asyncio.create_task(
                keep_waking(self._database, self._wake, self._listening)
            )
        async with asyncio.timeout(LISTENING_WITHIN):
            await self._listening.wait()

    def _wake(self, company_id: int | None) -> None:
        for each, reader in self._readers.items():
            if company_id in (None, each):
                reader.woken.set()

    async def _leave(self, company_id: int, reader: "_Reader", watcher: Watcher) -> None:
        reader.watchers.discard(watcher)
        if not reader.watchers and self._readers.get(company_id) is reader:
            del self._readers[company_id]
            await reader.stop()
        if not self._readers:
            await self._stop_listening()

    async def _stop_listening(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.cancel()
            await asyncio.wait([ear])
            if self._ear is None:
                self._listening.clear()


class _Reader:
    """Reads one company's changes, each once, and hands them to all who watch."""

    def __init__(self, database: Database, company_id: int) -> None:
        self.watchers: set[Watcher] = set()
        self.woken = asyncio.Event()
        self._database = database
        self._company_id = company_id
        self._invoices = SqlInvoiceStore(database)
        self._horizon = 0
        self._told: dict[UUID, int] = {}
        """The positions of what was told already, from the horizon on."""
        self._begun: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def add(self, person_id: int) -> Watcher:
        async def is_member() -> bool:
            return person_id in await self._members({person_id})

        watcher = Watcher(person_id, is_member)
        self.watchers.add(watcher)
        return watcher

    async def begun(self) -> None:
        """Be past all that was committed before the first one came."""
        if self._begun is None:
            self._begun = asyncio.create_task(self._begin())
        await asyncio.shield(self._begun)

    async def stop(self) -> None:
        tasks = [task for task in (self._begun, self._task) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self) -> None:
        async with self._database.reading() as connection:
            self._horizon = await outbox.horizon(connection, self._company_id)
        async for page in self._unread():
            self._told |= {each.id: each.position for each in page}
        self._task = asyncio.create_task(self._keep_reading())

    async def _keep_reading(self) -> None:
        while True:
            await self.woken.wait()
            self.woken.clear()
            try:
                await self._catch_up()
            except Exception as problem:  # nothing is lost: it is read again
                log.warning("Changes cannot be read, trying again: %s", type(problem).__name__)
                await asyncio.sleep(PAUSE)
                self.woken.set()

    async def _catch_up(self) -> None:
        """Tell all that was committed since the horizon, and move the horizon on."""
        async with self._database.reading() as connection:
            horizon = await outbox.horizon(connection, self._company_id)
        if horizon < self._horizon:
            # Another database, from a backup: what is new in it cannot be told.
            for watcher in self.watchers:
                watcher.end(FellBehind())
        async for page in self._unread():
            fresh = [each for each in page if each.id not in self._told]
            if fresh:
                await self._tell(fresh)
                self._told |= {each.id: each.position for each in fresh}
            if all(watcher.ended for watcher in self.watchers):
                break
        self._horizon = horizon
        self._told = {id: place for id, place in self._told.items() if place >= horizon}

    async def _unread(self) -> AsyncIterator[Sequence[outbox.Kept]]:
        """Page by page, holding no connection in between."""
        after = (self._horizon, outbox.NOTHING)
        while True:
            async with self._database.reading() as connection:
                page = await outbox.read(connection, self._company_id, after, PAGE)
            yield page
            if len(page) < PAGE:
                return
            after = (page[-1].position, page[-1].id)

    async def _tell(self, kept: Sequence[outbox.Kept]) -> None:
        """Load the invoices once for all who watch; those who left the company are told nothing."""
        company_id = self._company_id
        members = await self._members({watcher.person_id for watcher in self.watchers})
        invoices = await self._invoices.invoices(company_id, sorted({k.invoice_id for k in kept}))
        links = await self._invoices.links(company_id, sorted({k.link_id for k in kept}))
        changes = [
            InvoiceChange(k.kind, k.at, k.by, invoices[k.invoice_id], links[k.link_id])
            for k in kept
            if k.invoice_id in invoices and k.link_id in links
        ]
        for watcher in self.watchers:
            if watcher.person_id in members:
                watcher.offer(changes)
            else:
                watcher.end(StopAsyncIteration())

    async def _members(self, person_ids: set[int]) -> set[int]:
        query = select(MEMBERSHIPS.c.person_id).where(
            MEMBERSHIPS.c.company_id == self._company_id,
            MEMBERSHIPS.c.person_id.in_(sorted(person_ids)),
        )
        async with self._database.reading() as connection:
            return set((await connection.execute(query)).scalars())
