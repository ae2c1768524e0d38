"""How a process learns that changes were committed, by itself or by another process.

PostgreSQL notifies, over one connection that does nothing else; what it was not told of is found
within seconds. SQLite is asked, ten times a second, whether its file has changed. Either keeps on
trying when it fails.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from adapters.store.engine import Database
from adapters.store.outbox import CHANNEL

ASKED_EVERY = 0.1
"""Seconds between two looks at SQLite's file: what a change waits for at most."""
LOOKED_EVERY = 5.0
"""Seconds after which all who watch look by themselves: whoever made a change may have ended
before it could wake them. It also tells whether PostgreSQL is still there."""
ANSWERED_WITHIN = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds before a connection that was lost is made anew, and at most after many tries."""

Wake = Callable[[int | None], None]
"""Called with the company that has changes; with None: any may have."""

log = logging.getLogger(__name__)


async def keep_waking(database: Database, wake: Wake, listening: asyncio.Event) -> None:
    """Call `wake` for every change from the moment that `listening` is set, until cancelled.

    After a connection was lost, the first call is for all companies.
    """
    wait_for_changes = _notified if database.engine.dialect.name == "postgresql" else _asked
    pause = FIRST_PAUSE
    while True:
        try:
            async with database.apart() as driver:
                await wait_for_changes(driver, wake, listening)
        except Exception as problem:  # whatever ails the connection, a new one may do better
            pause = FIRST_PAUSE if listening.is_set() else min(2 * pause, LONGEST_PAUSE)
            log.warning("No changes are heard of, trying again: %s", type(problem).__name__)
        listening.clear()
        await asyncio.sleep(pause)


async def _notified(driver: Any, wake: Wake, listening: asyncio.Event) -> None:
    """Hear what PostgreSQL notifies, until the connection is lost."""
    lost = asyncio.Event()
    driver.add_termination_listener(lambda _: lost.set())
    async with asyncio.timeout(ANSWERED_WITHIN):
        await driver.add_listener(CHANNEL, lambda *notice: wake(int(notice[-1])))
    listening.set()
    wake(None)
    while not lost.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(lost.wait(), LOOKED_EVERY)
            break
        async with asyncio.timeout(ANSWERED_WITHIN):
            await driver.execute("SELECT 1")
        wake(None)
    raise ConnectionError


async def _asked(driver: Any, wake: Wake, listening: asyncio.Event) -> None:
    """Ask SQLite for the version of its file, which other connections change, ours never."""
    before = None
    while True:
        async with driver.execute("PRAGMA data_version") as cursor:
            version = await cursor.fetchone()
        if version != before:
            before = version
            listening.set()
            wake(None)
        await asyncio.sleep(ASKED_EVERY)
