"""Which revision of the schema a database is at, told without Alembic, which serving does without.

Alembic and what it brings take 9 MB of memory, and 0.2 s of each start.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, select
from sqlalchemy.sql import column, table

from adapters.store.engine import Database

SCRIPTS = Path(__file__).parents[2] / "migrations"
VERSION = table("alembic_version", column("version_num"))
"""Where Alembic keeps it: https://alembic.sqlalchemy.org/en/latest/tutorial.html."""


class CannotMigrate(Exception):
    """The database cannot be brought to the revision that was asked for."""


class DatabaseFromTheFuture(Exception):
    """The database was made by a newer version of this service."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database is at revision {revision}, which this version does not know: "
            "run the newer version of ERP Link that made it"
        )


def known() -> list[str]:
    """All revisions, the newest last: what the names of the migrations begin with."""
    return sorted(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("*_*.py"))


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision that this code knows."""
    async with database.reading() as connection:
        return await connection.run_sync(revision_of) == known()[-1]


async def require_known(database: Database) -> None:
    """Raises DatabaseFromTheFuture when the database is at a revision unknown to this code."""
    async with database.reading() as connection:
        await connection.run_sync(known_revision_of)


def revision_of(connection: Connection) -> str | None:
    """The revision; None for a database that has none yet."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    found: str | None = connection.execute(select(VERSION.c.version_num)).scalar()
    return found


def known_revision_of(connection: Connection) -> str | None:
    """As `revision_of`. Raises DatabaseFromTheFuture."""
    found = revision_of(connection)
    if found is not None and found not in known():
        raise DatabaseFromTheFuture(found)
    return found
