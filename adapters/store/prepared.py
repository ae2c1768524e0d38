"""Statements compiled once, and run on the driver's own connection from SQLAlchemy's pool.

To execute an expression by SQLAlchemy costs several times what the driver needs, and most of that
is the same each time: it is kept here, with the statement.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from sqlalchemy import ClauseElement, Dialect, Engine, PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

from adapters.store.patience import took_too_long
from adapters.store.pool import CountingPool
from domain.ports import StoreUnavailable

T = TypeVar("T")
NOBODY = nullcontext()
Values = Mapping[str, Any]
"""What the bind parameters of a statement stand for, by their names."""
Row = Sequence[Any]
"""What the driver gives: values in the order of the statement's columns."""


class Prepared:
    """A statement as the driver of one dialect takes it."""

    def __init__(
        self, statement: ClauseElement, dialect: Dialect, *, is_quick: bool = True
    ) -> None:
        self.is_quick = is_quick
        """Whether it is worth trying to run it at once where that holds up all else: on SQLite."""
        compiled: Any = statement.compile(dialect=dialect)
        self.text: str = compiled.string
        self._fixed: Values = compiled.params
        written = compiled._bind_processors
        self._parameters = [(name, written.get(name)) for name in compiled.positiontup or ()]

    def arguments(self, values: Values) -> list[Any]:
        """The values in the order of the text; those that it was made with need not be given."""
        given = {**self._fixed, **values}
        return [write(given[name]) if write else given[name] for name, write in self._parameters]


Send = Callable[[Prepared], Sequence[Row]]
"""Sends a statement within a transaction, and gives back its rows."""


async def fetch(engine: AsyncEngine, statement: Prepared, values: Values) -> Sequence[Row]:
    """All rows of a statement that stands by itself, outside of any transaction, on PostgreSQL.

    Raises StoreUnavailable where no connection can be had in time, the one there was is lost, or
    the statement takes too long; else the driver's own errors.
    """
    arguments = statement.arguments(values)

    async def ask(driver: Any) -> Sequence[Row]:
        with told(engine.sync_engine, statement.text, arguments):
            rows: Sequence[Row] = await driver.fetch(statement.text, *arguments)
        return rows

    return await use(engine, ask)


async def use(engine: AsyncEngine, ask: Callable[[Any], Awaitable[T]]) -> T:
    """Have the driver's own connection do what is asked; it is the caller's alone meanwhile.

    Raises as `fetch` does.
    """
    pool = engine.pool
    if not isinstance(pool, CountingPool):
        return await _use(engine, ask, None)
    try:
        await pool.come()
    except TimeoutError as problem:
        raise StoreUnavailable from problem
    try:
        return await _use(engine, ask, pool)
    finally:
        pool.go()


async def _use(
    engine: AsyncEngine, ask: Callable[[Any], Awaitable[T]], pool: CountingPool | None
) -> T:
    """By a connection at hand, or else by one that is made or waited for."""
    entry = pool.at_hand() if pool else None
    held: Any = entry or await _connected(engine)
    try:
        return await ask(held.driver_connection)
    except BaseException as problem:
        lost = isinstance(problem, OSError) or _is_closed(held.driver_connection)
        if lost or not isinstance(problem, Exception):
            await greenlet_spawn(held.invalidate, problem)
        if lost or took_too_long(problem):
            raise StoreUnavailable from problem
        raise
    finally:
        if pool and entry:
            pool.lay_back(entry)
        else:
            await greenlet_spawn(held.close)


async def _connected(engine: AsyncEngine) -> PoolProxiedConnection:
    try:
        return await greenlet_spawn(engine.pool.connect)
    except Exception as problem:  # of the driver, the network or the pool: all the same here
        raise StoreUnavailable from problem


def _is_closed(driver: Any) -> bool:
    return hasattr(driver, "is_closed") and driver.is_closed()


@dataclass(slots=True)
class _Sent:
    """What those who listen to an engine are told of: a statement that went by the driver.

    As much of a Connection, and of an ExceptionContext, as listeners of ours look at.
    """

    dialect: Dialect
    info: dict[Any, Any] = field(default_factory=dict)
    original_exception: BaseException | None = None

    @property
    def connection(self) -> Self:
        return self


def told(engine: Engine, text: str, arguments: list[Any]) -> AbstractContextManager[None]:
    """Have the engine's listeners hear of the statement, as if SQLAlchemy had sent it."""
    listeners: Any = engine.dispatch
    return _telling(engine, text, arguments) if listeners.before_cursor_execute else NOBODY


@contextmanager
def _telling(engine: Engine, text: str, arguments: list[Any]) -> Iterator[None]:
    listeners: Any = engine.dispatch
    sent = _Sent(engine.dialect)
    told = (sent, None, text, tuple(arguments), None, False)
    listeners.before_cursor_execute(*told)
    try:
        yield
    except Exception as problem:
        sent.original_exception = problem
        engine.dialect.dispatch.handle_error(sent)
        raise
    listeners.after_cursor_execute(*told)
