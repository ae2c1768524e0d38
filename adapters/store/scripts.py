"""Transactions of several statements, written once for both databases.

A script yields statements, and is sent back the rows of each. On SQLite it runs in one go, so that
whoever waits for it may be cancelled and leaves no writer behind (`adapters.store.in_the_loop`).
On PostgreSQL it takes a round trip for each statement: for what is rare.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

from adapters.store.engine import Database
from adapters.store.prepared import Prepared, Row, Send, told, use

T = TypeVar("T")
Script = Generator[Prepared, Sequence[Row], T]


async def run(database: Database, values: dict[str, Any], script: Callable[[], Script[T]]) -> T:
    """Run the whole script, or nothing of it: whatever it raises undoes what it did.

    All its statements are given these values, to which it may add some as it goes. It may be begun
    anew, after it was undone. Raises StoreUnavailable, and what the script raises.
    """
    engine = database.engine
    if engine.dialect.name == "sqlite":
        return await database.transact(values, lambda send: _in_one_go(script(), send))

    async def one_by_one(driver: Any) -> T:
        async with driver.transaction():
            running = script()
            try:
                statement = next(running)
                while True:
                    arguments = statement.arguments(values)
                    with told(engine.sync_engine, statement.text, arguments):
                        rows = await driver.fetch(statement.text, *arguments)
                    statement = running.send(rows)
            except StopIteration as end:
                done: T = end.value
                return done

    return await use(engine, one_by_one)


def _in_one_go(running: Script[T], send: Send) -> T:
    try:
        statement = next(running)
        while True:
            statement = running.send(send(statement))
    except StopIteration as end:
        done: T = end.value
        return done
