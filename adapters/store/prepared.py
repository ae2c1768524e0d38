"""Statements compiled once, and run on the driver's own connection from SQLAlchemy's pool.

To execute an expression by SQLAlchemy costs several times what the driver needs, and most of that
is the same each time: it is kept here, with the statement.
"""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import ClauseElement, Dialect, Engine
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only, greenlet_spawn

from adapters.store.patience import took_too_long
from domain.ports import StoreUnavailable

Values = Mapping[str, Any]
"""What the bind parameters of a statement stand for, by their names."""
Row = Sequence[Any]
"""What the driver gives: values in the order of the statement's columns."""


class Prepared:
    """A statement as the driver of one dialect takes it."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text: str = compiled.string
        self._fixed: Values = compiled.params
        written = compiled._bind_processors
        self._parameters = [(name, written.get(name)) for name in compiled.positiontup or ()]

    def arguments(self, values: Values) -> list[Any]:
        """The values in the order of the text; those that it was made with need not be given."""
        given = {**self._fixed, **values}
        return [write(given[name]) if write else given[name] for name, write in self._parameters]


async def fetch(engine: AsyncEngine, statement: Prepared, values: Values) -> Sequence[Row]:
    """All rows of a statement that stands by itself, outside of any transaction.

    Raises StoreUnavailable where no connection can be had in time, the one there was is lost, or
    the statement takes too long; else the driver's own errors.
    """
    arguments = statement.arguments(values)
    found: Sequence[Row] = await greenlet_spawn(
        _fetch, engine.sync_engine, statement.text, arguments
    )
    return found


def _fetch(engine: Engine, text: str, arguments: list[Any]) -> Sequence[Row]:
    try:
        connection = engine.pool.connect()
    except Exception as problem:  # of the driver, the network or the pool: all the same here
        raise StoreUnavailable from problem
    driver: Any = connection.driver_connection
    try:
        with _told(engine, text, arguments):
            found = await_only(_answer(engine.dialect, driver, text, arguments))
    except BaseException as problem:
        lost = isinstance(problem, OSError) or _is_closed(driver)
        if lost or not isinstance(problem, Exception):
            connection.invalidate(problem)
        else:
            connection.close()
        if lost or took_too_long(problem):
            raise StoreUnavailable from problem
        raise
    connection.close()
    return found


def _answer(
    dialect: Dialect, driver: Any, text: str, arguments: list[Any]
) -> Awaitable[Sequence[Row]]:
    if dialect.name == "sqlite":
        answer: Awaitable[Sequence[Row]] = driver.execute_fetchall(text, arguments)
    else:
        answer = driver.fetch(text, *arguments)
    return answer


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


@contextmanager
def _told(engine: Engine, text: str, arguments: list[Any]) -> Iterator[None]:
    """Have the engine's listeners hear of the statement, as if SQLAlchemy had sent it."""
    listeners: Any = engine.dispatch
    if not listeners.before_cursor_execute:
        yield
        return
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
