"""Letting the database's planner know what an import brings."""

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store.engine import Database

TABLES = (
    "projects, vendors, commitments, subcontractor_invoices, erp_links, "
    "invoice_line_items, erp_line_links"
)
MANY = 1000
"""So many changed invoices make what the planner knew worthless."""
LOCK = 0x0EB9_1142
"""ANALYZE keeps its locks to the end of the transaction: nobody else should begin one."""


@dataclass(slots=True)
class Statistics:
    """How much was written, and when the planner has to look again.

    PostgreSQL would go on with plans for the small tables that it began with: an import into an
    empty database then takes many times as long.
    """

    connection: AsyncConnection
    written: int = 0
    next_look: int = MANY

    async def wrote(self, invoices: int) -> None:
        self.written += invoices
        if self.written >= self.next_look and self.connection.dialect.name != "sqlite":
            self.next_look = 2 * self.written
            await _analyze_postgresql(self.connection)


async def refresh_statistics(database: Database) -> None:
    """Look at what is committed now, so that the list is fast at once."""
    async with database.writing() as connection:
        if connection.dialect.name != "sqlite":
            await _analyze_postgresql(connection)
        else:
            await connection.execute(text("PRAGMA analysis_limit = 1000"))
            await connection.execute(text("ANALYZE"))


async def _analyze_postgresql(connection: AsyncConnection) -> None:
    """Look, unless another import is just about it: nobody waits here."""
    if await connection.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        await connection.execute(text(f"ANALYZE {TABLES}"))
