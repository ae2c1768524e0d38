"""Letting the database's planner know what a big import has brought."""

from sqlalchemy import text

from adapters.store.engine import Database

TABLES = (
    "projects",
    "vendors",
    "commitments",
    "subcontractor_invoices",
    "erp_links",
    "invoice_line_items",
    "erp_line_links",
)


async def refresh_statistics(database: Database) -> None:
    """Without it, queries would be planned for the tables as they were before."""
    sqlite = database.engine.dialect.name == "sqlite"
    async with database.reading() as connection:
        await connection.execute(
            text("PRAGMA optimize" if sqlite else f"ANALYZE {', '.join(TABLES)}")
        )
