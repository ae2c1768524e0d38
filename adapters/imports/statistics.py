"""Letting the database's planner know what an import brings."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store.engine import Database

TABLES = (
    "projects, vendors, commitments, subcontractor_invoices, erp_links, "
    "invoice_line_items, erp_line_links"
)
MANY = 1000
"""So many changed invoices make what the planner knew worthless."""


@dataclass(slots=True)
class Statistics:
    """How much was written, and when the planner has to look again.

    PostgreSQL would go on with plans for the small tables that it began with: an import into an
    empty database then takes ten times as long.
    """

    connection: AsyncConnection
    written: int = 0
    next_look: int = MANY

    async def wrote(self, invoices: int) -> None:
        self.written += invoices
        if self.written >= self.next_look and self.connection.dialect.name != "sqlite":
            self.next_look = 2 * self.written
            # The locks are kept until the end: do not queue behind another company's import.
            await self.connection.execute(text(f"ANALYZE (SKIP_LOCKED) {TABLES}"))


async def refresh_statistics(database: Database) -> None:
    """Look at what is committed now, so that the list is fast at once."""
    async with database.reading() as connection:
        if database.engine.dialect.name == "sqlite":
            await connection.execute(text("PRAGMA analysis_limit = 1000"))
            await connection.execute(text("ANALYZE"))
        else:
            await connection.execute(text(f"ANALYZE {TABLES}"))
