"""SQLite's statements: quick ones are run by the event loop itself, all others by a thread.

To hand a statement to the thread of its connection costs more than most statements do. And amid
requests the thread gets its turn late: it gives Python's lock away at each row, and has it again
when the loop, or another such thread, lets go of it. So a page of fifty rows waited fifty times.

What is run by the loop holds up everything else: so it waits for no lock and for no disk's
write, and is broken off when it takes too many steps. It is then run again, by the thread.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.store.patience import BUSY_SECONDS
from adapters.store.pool import CountingPool
from adapters.store.prepared import Prepared, Row, Send, Values, told, use

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
STRETCH, STRETCHES = 1_000, 50
"""How many steps of SQLite's virtual machine the loop takes for one piece of work, and after how
many each it looks: 50,000 take 1 to 7 ms, and a page of a hundred rows takes some 5,000."""
NOT_AT_ONCE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT}
"""What it says of a lock that another has, and of what was broken off, as its primary codes:
https://www.sqlite.org/rescode.html"""
Settings = Mapping[str, tuple[int, int]]
"""SQLite's, each as it is in the loop, and as it is else."""
READING: Settings = {"busy_timeout": (0, BUSY_SECONDS * 1000)}
WRITING: Settings = {**READING, "wal_autocheckpoint": (0, 1000)}
ROUND, BY_THE_THREAD = 32, 2
"""So many of each round of transactions are left to the thread. The first writes the log back to
the database if it is due, and the second begins the log anew: both wait for the disk."""


async def fetch(engine: AsyncEngine, statement: Prepared, values: Values) -> Sequence[Row]:
    """All rows of a statement that stands by itself and only reads.

    Raises as `adapters.store.prepared.fetch` does.
    """
    arguments = statement.arguments(values)
    work = partial(_rows, engine.sync_engine, statement.text, arguments)
    at_once = READING if statement.is_quick else None
    return await use(engine, lambda driver: _run(engine, driver, work, at_once))


async def transact(
    engine: AsyncEngine, values: Values, work: Callable[[Send], T], number: int
) -> T:
    """A whole transaction, in one go; it may be tried twice, and is done once.

    `number` counts the transactions of a process. Whoever waits for it may be cancelled: it ends
    there, as a whole. Raises as `fetch` does, and what `work` raises; nothing is done then.
    """
    whole = partial(_transact, engine.sync_engine, values, work)
    at_once = WRITING if number % ROUND < ROUND - BY_THE_THREAD else None
    return await use(engine, lambda driver: _run(engine, driver, whole, at_once))


async def _run(engine: AsyncEngine, driver: Any, work: Work[T], at_once: Settings | None) -> T:
    connection: sqlite3.Connection = driver._conn
    # A database in memory has one connection, which its thread may be using for somebody else.
    if at_once and isinstance(engine.pool, CountingPool):
        try:
            with _at_once(connection, at_once):
                return work(connection)
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF not in NOT_AT_ONCE:
                raise
    run: Any = copy_context().run
    # What SQLAlchemy does too: aiosqlite has no way of its own to run a function there.
    answer: Awaitable[T] = driver._execute(run, work, connection)
    return await answer


@contextmanager
def _at_once(connection: sqlite3.Connection, settings: Settings) -> Iterator[None]:
    """Under these settings, and with an end after so many steps."""
    stretches = count(1)
    for name, (value, _) in settings.items():
        connection.execute(f"PRAGMA {name} = {value}")
    connection.set_progress_handler(lambda: next(stretches) == STRETCHES, STRETCH)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)
        for name, (_, value) in settings.items():
            connection.execute(f"PRAGMA {name} = {value}")


def _rows(
    engine: Engine, text: str, arguments: list[Any], connection: sqlite3.Connection
) -> Sequence[Row]:
    with told(engine, text, arguments):
        return connection.execute(text, arguments).fetchall()


def _transact(
    engine: Engine, values: Values, work: Callable[[Send], T], connection: sqlite3.Connection
) -> T:
    def send(statement: Prepared) -> Sequence[Row]:
        return _rows(engine, statement.text, statement.arguments(values), connection)

    try:
        try:
            _rows(engine, "BEGIN IMMEDIATE", [], connection)
            done = work(send)
        finally:
            # An end is not broken off: a COMMIT may be told to have failed after it was done.
            connection.set_progress_handler(None, 0)
        _rows(engine, "COMMIT", [], connection)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return done
