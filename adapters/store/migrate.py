"""Bringing a database's schema to the revision this code was written for."""

import re

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from adapters.store.engine import Database
from adapters.store.revision import SCRIPTS, CannotMigrate, known_revision_of

MIGRATION = 41_012_026
"""The number of the advisory lock under which one migrates: any, as long as it stays."""
CREATES_EXTENSION = re.compile(r"CREATE EXTENSION IF NOT EXISTS (\w+)")
FOR_SEARCHES = re.compile("synced_invoices_by_text|searched_invoices|invoice_texts")
"""What the migrations make for `adapters.store.search`, of which the models know nothing."""


class ExtensionMissing(CannotMigrate):
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
    CannotMigrate.
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
    except CommandError as problem:
        raise CannotMigrate(f"the database cannot be moved: {problem}") from problem


def is_in_the_models(name: str | None, kind: str, within: object) -> bool:
    """What the models are to be compared with: Alembic's `include_name`."""
    return name is None or FOR_SEARCHES.match(name) is None


def config(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS))
    settings.attributes["connection"] = connection
    return settings


def _move(connection: Connection, revision: str) -> None:
    known_revision_of(connection)
    if revision == "base":
        command.downgrade(config(connection), revision)
    else:
        command.upgrade(config(connection), revision)
