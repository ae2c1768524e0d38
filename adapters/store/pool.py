"""The pool of connections: SQLAlchemy's own, with a figure and a short way more."""

import asyncio
from typing import Any

from sqlalchemy import AsyncAdaptedQueuePool, PoolProxiedConnection
from sqlalchemy.pool import ConnectionPoolEntry

KEPT_FOR_OTHERS = 4
"""Connections that those with a turn leave to those who connect without one."""


class CountingPool(AsyncAdaptedQueuePool):
    """Also knows how many requests wait for a connection.

    SQLAlchemy gives what comes back to whoever asks at that moment, however long others wait. Quick
    statements come in such numbers that these would wait for ever: so each has a turn.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.waiting = 0
        """How many have asked for a connection and have none yet."""
        self._turns = asyncio.Semaphore(max(1, self.size() - KEPT_FOR_OTHERS))

    def connect(self) -> PoolProxiedConnection:
        self.waiting += 1
        try:
            return super().connect()
        finally:
            self.waiting -= 1

    async def come(self) -> None:
        """Have a turn: who comes first goes first. Raises TimeoutError after the pool's time.

        Who has a turn calls `go`.
        """
        if not self._turns.locked():
            await self._turns.acquire()
            return
        self.waiting += 1
        try:
            async with asyncio.timeout(self._timeout):
                await self._turns.acquire()
        finally:
            self.waiting -= 1

    def go(self) -> None:
        self._turns.release()

    def at_hand(self) -> ConnectionPoolEntry | None:
        """One that lies ready and is sound, without waiting; None where there is none such.

        Who takes it calls `lay_back`. It has no proxy, which would cost as much as a quick
        statement does: so it must not be forgotten.
        """
        if not self.checkedin():
            return None
        entry = self._do_get()
        if self._is_sound(entry):
            return entry
        self._do_return_conn(entry)  # `connect` will mend it
        return None

    def lay_back(self, entry: ConnectionPoolEntry) -> None:
        """Let others have what was at hand. It may have been invalidated."""
        self._do_return_conn(entry)

    def _is_sound(self, entry: Any) -> bool:
        """Open, and not from before the pool lost its connections."""
        if entry.dbapi_connection is None or self._invalidate_time > entry.starttime:
            return False
        driver = entry.driver_connection
        return not (hasattr(driver, "is_closed") and driver.is_closed())
