"""Opening the database: SQLite as the embedded default, PostgreSQL in production."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import FromClause, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from adapters.store import in_the_loop
from adapters.store.patience import BUSY_SECONDS, WORKING, Patience, drop_the_lost, took_too_long
from adapters.store.pool import CountingPool
from adapters.store.prepared import Prepared, Row, Send, Values, fetch
from domain.ports import StoreUnavailable

T = TypeVar("T")
KEPT_OPEN: dict[str, Any] = {"pool_size": 12, "max_overflow": 0, "pool_use_lifo": True}
"""None more than are kept: to open one for a single statement costs more than the statement.

And few, the last used first: PostgreSQL works a fifth less for a process that has 12 of them than
for one with 20, and SQLite holds fewer pages, which each connection keeps for itself.
"""


@dataclass(frozen=True, slots=True)
class Database:
    """One engine, in the two ways it is used: reads see what is committed, writes commit whole.

    Either raises StoreUnavailable, from the driver's own error, where no connection can be had in
    time, the one there was is lost, or SQLite's only writer does not come to an end.
    """

    engine: AsyncEngine
    _turns: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False, repr=False)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection without a transaction: each statement sees what is committed."""
        async with _available(self.engine.connect()) as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    async def rows(self, statement: Prepared, values: Values) -> Sequence[Row]:
        """All rows of one statement, as the driver gives them: the shortest way to read."""
        if self.engine.dialect.name == "sqlite":
            return await in_the_loop.fetch(self.engine, statement, values)
        return await fetch(self.engine, statement, values)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end, rolled back by any exception."""
        async with self._turn(), _available(self.engine.begin()) as connection:
            yield connection

    async def written(self, statement: Prepared, values: Values) -> Sequence[Row]:
        """As `rows`, of a statement that writes: a transaction of its own."""
        if self.engine.dialect.name == "sqlite":
            return await self.transact(values, lambda send: send(statement))
        return await fetch(self.engine, statement, values)

    async def transact(self, values: Values, work: Callable[[Send], T]) -> T:
        """A whole transaction on SQLite; its statements have the same values."""
        async with self._turn():
            return await in_the_loop.transact(self.engine, values, work, next(self._numbers))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """SQLite's writers of this process one after the other, in the order they came.

        It has them look every now and then whether it is their turn, and who comes at the right
        moment goes first. Those of other processes are waited for in that way still.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                await self._turns.acquire()
        except TimeoutError as problem:
            raise StoreUnavailable from problem
        try:
            yield
        finally:
            self._turns.release()

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[Any]:
        """A connection to keep for long, the driver's own: it takes no place in the pool."""
        if self.engine.dialect.name == "sqlite":
            path, options = self.engine.dialect.create_connect_args(self.engine.url)
            sqlite = await _connect_sqlite(*path, **options)
            try:
                yield sqlite
            finally:
                await asyncio.shield(sqlite.close())
            return
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            driver = (await connection.get_raw_connection()).driver_connection
            await connection.run_sync(lambda sync: sync.detach())
            yield driver


@asynccontextmanager
async def _available(
    opening: AbstractAsyncContextManager[AsyncConnection],
) -> AsyncIterator[AsyncConnection]:
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(opening)
        except Exception as problem:  # of the driver, the network or the pool: all the same here
            raise StoreUnavailable from problem
        try:
            yield connection
            await stack.aclose()
        except TimeoutError as problem:  # of the driver: nothing else is waited for in here
            await connection.invalidate()
            raise StoreUnavailable from problem
        except DBAPIError as problem:
            if problem.connection_invalidated or took_too_long(problem.orig):
                raise StoreUnavailable from problem
            raise


def open_database(url: str, patience: Patience = WORKING) -> Database:
    """Make the engine; nothing is connected until the first statement.

    `url` is a SQLAlchemy URL with the driver aiosqlite or asyncpg.
    """
    if url.startswith("sqlite"):
        return Database(_sqlite(url, patience))
    engine = create_async_engine(
        url,
        poolclass=CountingPool,
        **KEPT_OPEN,
        pool_timeout=patience.place,
        pool_reset_on_return=None,  # what is begun here is also ended here
        hide_parameters=True,
        connect_args=patience.connecting_to_postgresql(),
    )
    drop_the_lost(engine)
    return Database(engine)


def _sqlite(url: str, patience: Patience) -> AsyncEngine:
    connecting = {
        "timeout": BUSY_SECONDS,
        "check_same_thread": False,  # one at a time: see `adapters.store.in_the_loop`
        "async_creator_fn": _connect_sqlite,
    }
    waiting: dict[str, Any] = {}
    if ":memory:" not in url:
        waiting = {"poolclass": CountingPool, "pool_timeout": patience.place, **KEPT_OPEN}
    engine = create_async_engine(
        url, connect_args=connecting, pool_reset_on_return=None, hide_parameters=True, **waiting
    )
    engine.dialect.statement_compiler = _Hinting
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


class _Hinting(SQLiteCompiler):
    """Writes what `with_hint` says, INDEXED BY for one; SQLAlchemy's own leaves it out."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


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
