"""Waking those who watch, in all processes, soon after a change was committed on PostgreSQL."""

import asyncio
import logging

from sqlalchemy import ARRAY, Text, bindparam, func, literal_column, select

from adapters.store.engine import Database
from adapters.store.outbox import CHANNEL
from adapters.store.prepared import Prepared

PAUSE = 0.01
"""Seconds for which changes are gathered, and a reader is woken later."""

log = logging.getLogger(__name__)


class Waking:
    """Notifies beside the transactions, for all companies at once that changed meanwhile.

    PostgreSQL lets commits that notify follow one another, each with its own wait for the disk.
    What is lost here, such as by the end of the process, readers find out by themselves: see
    `adapters.store.wakeups`. On SQLite they always do.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._companies: set[int] = set()
        self._task: asyncio.Task[None] | None = None
        named = bindparam("companies", type_=ARRAY(Text))
        channel = literal_column(f"'{CHANNEL}'", Text)
        notifying = select(func.pg_notify(channel, func.unnest(named)))
        self._statement = Prepared(notifying, database.engine.dialect)

    def soon(self, company_id: int) -> None:
        """Wake who watches this company. Waits for nothing, and never fails."""
        if self._database.engine.dialect.name != "postgresql":
            return
        self._companies.add(company_id)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._notify())

    async def aclose(self) -> None:
        """Wait until all that was to be told has been told."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _notify(self) -> None:
        while self._companies:
            await asyncio.sleep(PAUSE)
            named = [str(each) for each in self._companies]
            self._companies.clear()
            try:
                await self._database.rows(self._statement, {"companies": named})
            except Exception as problem:  # nothing is lost: see the class
                log.warning("Nobody could be woken: %s", type(problem).__name__)
