"""Bringing a database's schema to the revision this code was written for."""

import re
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from adapters.store.engine import Database

MIGRATION = 41_012_026
"""The number of the advisory lock under which one migrates: any, as long as it stays."""
SCRIPTS = Path(__file__).parents[2] / "migrations"
CREATES_EXTENSION = re.compile(r"CREATE EXTENSION IF NOT EXISTS (\w+)")
FOR_SEARCHES = re.compile("synced_invoices_by_text|searched_invoices|invoice_texts")
"""What the migrations make for `adapters.store.search`, of which the models know nothing."""


class DatabaseFromTheFuture(Exception):
    """The database was made by a newer version of this service."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database is at revision {revision}, which this version does not know: "
            "run the newer version of ERP Link that made it"
        )


class ExtensionMissing(Exception):
    """PostgreSQL would not make an extension that searches need."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"PostgreSQL would not make its extension {name} ({reason}), which searches need: "
            "install PostgreSQL's contrib package, or let someone who may run "
            f"`CREATE EXTENSION {name}` in this database; see docs/operating.md"
        )


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to a revision, in one transaction; does nothing when it is current.

    Raises DatabaseFromTheFuture when the database is at a revision unknown to this code, and
    ExtensionMissing.
    """
    try:
        async with database.writing() as connection:
            if connection.dialect.name == "postgresql":
                # Several processes may start at once. On SQLite a writer is alone anyway.
                await connection.execute(select(func.pg_advisory_xact_lock(MIGRATION)))
            await connection.run_sync(_move, revision)
    except DBAPIError as problem:
        extension = CREATES_EXTENSION.match(problem.statement or "")
        if extension is None:
            raise
        reason = str(problem.orig).partition("\n")[0].rpartition(">: ")[2]
        raise ExtensionMissing(extension[1], reason) from problem


def is_in_the_models(name: str | None, kind: str, within: object) -> bool:
    """What the models are to be compared with: Alembic's `include_name`."""
    return name is None or FOR_SEARCHES.match(name) is None


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision that this code knows."""
    async with database.reading() as connection:
        found = await connection.run_sync(_revision)
    return found == ScriptDirectory(str(SCRIPTS)).get_current_head()


async def require_known(database: Database) -> None:
    """Raises DatabaseFromTheFuture when the database is at a revision unknown to this code."""
    async with database.reading() as connection:
        await connection.run_sync(_known_revision)


def config(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS))
    settings.attributes["connection"] = connection
    return settings


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known_revision(connection: Connection) -> str | None:
    found = _revision(connection)
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseFromTheFuture(found)
    return found


def _move(connection: Connection, revision: str) -> None:
    _known_revision(connection)
    if revision == "base":
        command.downgrade(config(connection), revision)
    else:
        command.upgrade(config(connection), revision)
