"""`python -m migrations "What it does"`: propose the next revision, from the tables' classes."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from adapters.store.engine import open_database
from adapters.store.migrate import config, migrate
from adapters.store.revision import SCRIPTS


def propose(connection: Connection) -> None:
    number = len(list((SCRIPTS / "versions").glob("*.py"))) + 1
    command.revision(
        config(connection), message=sys.argv[1], autogenerate=True, rev_id=f"{number:04}"
    )


async def main() -> None:
    """Compare the classes with a scratch database at the newest revision."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite+aiosqlite:///{Path(folder) / 'scratch.sqlite'}")
        await migrate(database)
        async with database.writing() as connection:
            await connection.run_sync(propose)
        await database.engine.dispose()


asyncio.run(main())
