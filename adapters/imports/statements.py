"""Statements over many rows at once, on SQLite and on PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
Values = dict[str, Any]

AT_ONCE = 1000
"""How many keys one statement names at most; asyncpg allows for 32767 parameters."""


def chunks(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


async def add_missing(connection: AsyncConnection, table: Table, rows: Sequence[Values]) -> None:
    """Insert the rows that are not there yet, and leave the others as they are."""
    if rows:
        await connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


async def put(
    connection: AsyncConnection, table: Table, rows: Sequence[Values], keep: Sequence[str] = ()
) -> None:
    """Insert the rows, or overwrite all that they give of those that are there, but for `keep`."""
    if not rows:
        return
    key = table.primary_key.columns.keys()
    statement = _insert(connection, table)
    given = [name for name in rows[0] if name not in {*key, *keep}]
    overwrite = {name: statement.excluded[name] for name in given}
    if not overwrite:
        await connection.execute(statement.on_conflict_do_nothing(), rows)
        return
    await connection.execute(
        statement.on_conflict_do_update(index_elements=key, set_=overwrite), rows
    )


async def change(
    connection: AsyncConnection, table: Table, key: Sequence[str], rows: Sequence[Values]
) -> None:
    """Update each row that `key` names to the other values given."""
    if not rows:
        return
    others = [name for name in rows[0] if name not in key]
    statement = (
        update(table)
        .where(*(table.c[name] == bindparam(f"key_{name}") for name in key))
        .values({name: bindparam(f"new_{name}") for name in others})
    )
    parameters = [
        {f"key_{name}": row[name] for name in key} | {f"new_{name}": row[name] for name in others}
        for row in rows
    ]
    await connection.execute(statement, parameters)


def _insert(connection: AsyncConnection, table: Table) -> Any:
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
