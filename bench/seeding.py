"""Rows into an empty database, fast, on both kinds: the drivers' own ways, indexes last."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import chain
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url
from sqlmodel import SQLModel

from adapters.store.engine import open_database
from adapters.store.migrate import migrate
from bench.book import Book
from bench.rows import Row, tables

BIG = ("subcontractor_invoices", "erp_links")
INDEXES = f"""
    SELECT indexname AS name, indexdef AS sql FROM pg_indexes
    WHERE tablename IN {BIG} AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
INDEXES_OF_SQLITE = f"""
    SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN {BIG} AND sql > ''
"""


async def seed(url: str, book: Book) -> None:
    """Migrate the empty database and fill it."""
    database = open_database(url)
    try:
        await migrate(database)
    finally:
        await database.engine.dispose()
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _fill_sqlite(address, book)
    else:
        await _fill_postgresql(address, book)


def _fill_sqlite(address: URL, book: Book) -> None:
    with closing(sqlite3.connect(str(address.database), isolation_level=None)) as connection:
        connection.execute("BEGIN")
        indexes = connection.execute(INDEXES_OF_SQLITE).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for table, rows in tables(book):
            columns, values = _taken(address, table, rows)
            places = ", ".join("?" * len(columns))
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
            connection.executemany(insert, values)
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


async def _fill_postgresql(address: URL, book: Book) -> None:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
            indexes = await connection.fetch(INDEXES)
            for index in indexes:
                await connection.execute(f"DROP INDEX {index['name']}")
            for table, rows in tables(book):
                columns, values = _taken(address, table, rows)
                await connection.copy_records_to_table(table, records=values, columns=columns)
            for index in indexes:
                await connection.execute(index["sql"])
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _taken(
    address: URL, table: str, rows: Iterator[Row]
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The columns, and the rows' values as the driver takes them."""
    first = next(rows)
    columns = [*first]
    takes = [_taker(address, table, column) for column in columns]
    every: Iterable[Row] = chain([first], rows)
    return columns, (
        tuple(
            value if take is None or value is None else take(value)
            for take, value in zip(takes, row.values(), strict=True)
        )
        for row in every
    )


def _taker(address: URL, table: str, column: str) -> Callable[[Any], Any] | None:
    """What SQLAlchemy makes of a value of this column on its way to the driver."""
    dialect = address.get_dialect()()
    kind = SQLModel.metadata.tables[table].c[column].type
    return kind.dialect_impl(dialect).bind_processor(dialect)
