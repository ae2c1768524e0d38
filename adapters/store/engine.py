"""Opening the database: SQLite as the embedded default, PostgreSQL in production."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

BUSY_SECONDS = 15
"""How long a SQLite writer waits for the one before it."""
PLANNING = {"plan_cache_mode": "force_custom_plan"}
"""PostgreSQL plans each statement for its values. From the sixth time on it would rather use one
plan for all, and then it cannot know how rare a text is: a search reads the company's whole list.
"""


@dataclass(frozen=True, slots=True)
class Database:
    """One engine, in the two ways it is used: reads see what is committed, writes commit whole."""

    engine: AsyncEngine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection without a transaction: each statement sees what is committed."""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end, rolled back by any exception."""
        async with self.engine.begin() as connection:
            yield connection


def open_database(url: str) -> Database:
    """Make the engine; nothing is connected until the first statement.

    `url` is a SQLAlchemy URL with the driver aiosqlite or asyncpg.
    """
    if not url.startswith("sqlite"):
        return Database(
            create_async_engine(
                url,
                pool_size=10,
                max_overflow=10,
                pool_timeout=5,
                hide_parameters=True,
                connect_args={"server_settings": PLANNING},
            )
        )
    connecting = {"timeout": BUSY_SECONDS, "async_creator_fn": _connect_sqlite}
    engine = create_async_engine(url, connect_args=connecting, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return Database(engine)


async def _connect_sqlite(*path: Any, **options: Any) -> aiosqlite.Connection:
    connection = aiosqlite.connect(*path, **options)
    connection._thread.daemon = True  # as SQLAlchemy does it: no thread keeps a process alive
    try:
        return await connection
    except BaseException:
        # The driver's thread tells the loop of its end: let it do so while there is a loop.
        await asyncio.to_thread(connection._thread.join)
        raise


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver's own BEGIN is deferred, so that a transaction that reads before it writes can
    # fail half-way with "database is locked". Ours begin as writers: see _begin_immediate.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    # Ask for the option: SQLite itself says SERIALIZABLE of an autocommit connection too.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
